import type { Release, TaskDefinition } from '@ecs-api/client'
import { changeOfRelease, releaseBefore } from '../parts/release-change.ts'
import { queryClient, taskDefinitionQuery } from './queries.ts'
import { useReadEach } from './read-each.ts'

/**
 * Reads the task definitions of each release whose definition differs from that of the release before.
 * @param releases newest first
 * @returns how a release differs from the one before; undefined while it is not known
 */
export function useReleaseChanges(
  account: string,
  releases: readonly Release[],
): (release: Release | undefined) => string | undefined {
  const names = new Set(
    releases.flatMap((release) => {
      const before = release.restoredFrom === null ? releaseBefore(release, releases) : undefined
      if (!before || before.taskDefinition === release.taskDefinition) return []
      return [before.taskDefinition, release.taskDefinition].filter((name) => typeof name === 'string')
    }),
  )
  const definitions = useReadEach<TaskDefinition>([...names], (name) =>
    queryClient.fetchQuery(taskDefinitionQuery(account, name)),
  )
  return (release) => release && changeOfRelease(release, releases, (name) => definitions.resultOf(name)?.value)
}
