/** The release that a rollback dialog proposes. It never proposes a failed release; a person can choose one. */
import type { Release } from '@ecs-api/client'

/**
 * The newest stable release that differs from the running one; undefined when there is none. After a rollback it is
 * older than the restored release, because the person has left the releases in between on purpose.
 */
export function rollbackTarget(releases: readonly Release[]): Release | undefined {
  const current = releases.find(({ isCurrent }) => isCurrent)
  const limit = current?.restoredFrom ?? Number.POSITIVE_INFINITY
  return releases.find(
    (release) => release.outcome === 'stable' && release.release < limit && !hasRunningContent(release, current),
  )
}

/**
 * Whether the running release has the same content: a restart creates a release equal to the previous one, and a
 * rollback creates one equal to the restored one.
 */
function hasRunningContent(release: Release, current: Release | undefined): boolean {
  if (release.isCurrent || !current) return release.isCurrent
  const contentOf = ({ taskDefinition, images }: Release) => JSON.stringify([taskDefinition, images])
  return current.restoredFrom === release.release || contentOf(release) === contentOf(current)
}

/** Why `rollbackTarget` has no release to propose. */
export function noTargetReason(releases: readonly Release[]): string {
  const current = releases.find(({ isCurrent }) => isCurrent)
  if (releases.every(({ isCurrent }) => isCurrent)) return 'There is no other release to roll back to.'
  if (current?.restoredFrom)
    return `Release ${current.restoredFrom} was restored, and no release before it was stable. Choose one.`
  return current?.outcome === 'stable'
    ? `Release ${current.release}, the last stable one, runs already.`
    : 'No other release was stable. Choose one.'
}
