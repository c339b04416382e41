/** The release that a rollback begins with. A release that failed is restored only where a person chooses it. */
import type { Release } from '@ecs-api/client'

/** The newest stable release that differs from the one that runs; undefined when there is none. */
export function rollbackTarget(releases: readonly Release[]): Release | undefined {
  const current = releases.find(({ isCurrent }) => isCurrent)
  return releases.find((release) => release.outcome === 'stable' && !runsAlready(release, current))
}

/** A restart makes a release that equals the one before, and a rollback one that equals the restored one. */
function runsAlready(release: Release, current: Release | undefined): boolean {
  if (release.isCurrent || !current) return release.isCurrent
  const contentOf = ({ taskDefinition, images }: Release) => JSON.stringify([taskDefinition, images])
  return current.restoredFrom === release.release || contentOf(release) === contentOf(current)
}

/** Why no release is chosen. */
export function whyNoTarget(releases: readonly Release[]): string {
  const current = releases.find(({ isCurrent }) => isCurrent)
  if (releases.every(({ isCurrent }) => isCurrent)) return 'There is no other release to roll back to.'
  return current?.outcome === 'stable'
    ? `Release ${current.release}, the last stable one, runs already.`
    : 'No other release was stable. Choose one.'
}
