/** Finds the deployment that the first try of a repeated rollback created. The response to the first try was lost. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog, ReleaseSummary } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import { BadRequest, Conflict, Forbidden } from '../problems/problem.ts'
import type { ChangedService } from '../services/update.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
import { chooseRelease, deploysAnything, newestFirst, planRollback } from './plan.ts'
import type { RollbackTarget } from './rollback-body.ts'

interface RepeatedRollback {
  account: Account
  caller: Pick<Caller, 'mayUseFamily'>
  target: RollbackTarget
  firstTryAt: Date
}

/**
 * Finds a release after the first try whose content is the content that the request restores. Other releases may be of
 * other clients, which can have deployed the service since the first try.
 */
export async function findEarlierRollback(
  request: RepeatedRollback,
  current: Service,
  releaseLog: ReleaseLog,
): Promise<ChangedService | undefined> {
  const { account, caller, firstTryAt } = request
  const collected = await collectReleases(account, current, releaseLog)
  const isAfterFirstTry = ({ created_at }: ReleaseSummary) => Date.parse(created_at) >= firstTryAt.getTime()
  const releasesSince = collected.releases.filter(isAfterFirstTry)
  if (releasesSince.length === 0) return undefined
  const releasesBefore = collected.releases.filter((release) => !isAfterFirstTry(release))
  for (const restored of await possibleTargets(request, { ...collected, releases: releasesBefore }, releaseLog)) {
    for (const release of releasesSince) {
      const asCurrent: CollectedReleases = { ...collected, currentArn: release.revision }
      const plan = await unlessRejected(() =>
        planRollback(account, caller, asCurrent, { release: restored.number ?? 0 }, releaseLog),
      )
      if (plan && !deploysAnything(plan))
        return {
          service: current,
          deploymentId: release.revision.replace(/^.*\//, 'ecs-svc/'),
          restoredRelease: restored.number ?? undefined,
        }
    }
  }
  return undefined
}

/**
 * The releases that the first try can have restored. Without a body it restored the newest stable release that differs
 * from the current one. Which one was current is no longer known: it is the newest stable release, or the newest of
 * those that differ from it.
 */
async function possibleTargets(
  { account, caller, target }: RepeatedRollback,
  collected: CollectedReleases,
  releaseLog: ReleaseLog,
): Promise<ReleaseSummary[]> {
  if (target !== 'newest stable') {
    const release = await unlessRejected(() => chooseRelease(collected, target, releaseLog))
    return release ? [release] : []
  }
  const [newest] = newestFirst(collected.releases.filter(({ outcome }) => outcome === 'stable'))
  if (newest === undefined) return []
  const asCurrent: CollectedReleases = { ...collected, currentArn: newest.revision }
  const plan = await unlessRejected(() => planRollback(account, caller, asCurrent, 'newest stable', releaseLog))
  return plan ? [newest, plan.release] : [newest]
}

/** Undefined when the plan is rejected: then the first try cannot have carried it out either. */
async function unlessRejected<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BadRequest || error instanceof Conflict || error instanceof Forbidden) return undefined
    throw error
  }
}
