/** The release that a deployment starts from: the running one, or the one that failed after it. */
import type { Release, Service } from '@ecs-api/client'
import { duration } from '@ecs-api/client/words'
import { useState } from 'react'
import { SelectField } from '../forms/fields.tsx'
import { useReleases } from '../live/queries.ts'
import { useReleaseChanges } from '../live/release-changes.ts'
import { contentOfRelease } from '../parts/release-change.ts'
import { useNow } from '../parts/time.tsx'

interface Start {
  releases: readonly Release[]
  /** The newest release, if it has failed with a definition that does not run. */
  failed: Release | undefined
  /** The task definition of the chosen release. */
  definitionName: string
  /** The task definition of the failed release, if it is chosen. */
  failedDefinition: string | undefined
  choose: (release: string) => void
}

export function useStart(account: string, service: Service): Start {
  const releases = useReleases(account, service.cluster, service.name).data ?? []
  const [chosen, setChosen] = useState('')
  const failed = failedRelease(releases, service.taskDefinition)
  const failedDefinition = chosen !== '' && failed?.taskDefinition ? failed.taskDefinition : undefined
  return {
    releases,
    failed,
    definitionName: failedDefinition ?? service.taskDefinition ?? '',
    failedDefinition,
    choose: setChosen,
  }
}

/**
 * The newest release, if it has failed. The release that a rollback has made after it does not count.
 * @param releases newest first
 */
function failedRelease(releases: readonly Release[], runningDefinition: string | undefined): Release | undefined {
  const newest = releases.find(({ restoredFrom }) => restoredFrom === null)
  const hasFailed = newest?.outcome === 'failed' || newest?.outcome === 'rolled-back'
  return hasFailed && newest.taskDefinition !== null && newest.taskDefinition !== runningDefinition ? newest : undefined
}

export function StartField({
  account,
  start: { releases, failed, failedDefinition },
  disabled,
  onChange,
}: {
  account: string
  start: Start
  disabled: boolean
  onChange: (release: string) => void
}) {
  const now = useNow()
  const changeOf = useReleaseChanges(account, failed ? releases : [])
  const running = releases.find(({ isCurrent }) => isCurrent)
  if (!failed || !running) return null
  const textOf = (release: Release, state: string) =>
    `Release ${release.release} (${state}): ${contentOfRelease(release, changeOf(release))}`
  const failedFor = duration(Math.max(0, now - Date.parse(failed.createdAt)))
  return (
    <SelectField
      id="start"
      label="Start from"
      value={failedDefinition === undefined ? '' : String(failed.release)}
      disabled={disabled}
      options={[
        ['', textOf(running, 'running')],
        [String(failed.release), textOf(failed, `failed, deployed ${failedFor} ago`)],
      ]}
      onChange={onChange}
    />
  )
}
