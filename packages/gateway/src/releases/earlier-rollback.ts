/** Finds the deployment that the first try of a repeated rollback created. The response to the first try was lost. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog, ReleaseSummary } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import { BadRequest, Conflict, Forbidden } from '../problems/problem.ts'
import type { ChangedService } from '../services/update.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
import { chooseRelease, deploysAnything, planRollback, sortNewestFirst } from './plan.ts'
import type { RollbackTarget } from './rollback-body.ts'

interface RepeatedRollback {
  account: Account
  caller: Pick<Caller, 'mayUseFamily'>
  target: RollbackTarget
  firstTryAt: Date
}

/**
 * Finds a release since the first try that has the content which the request restores. Releases with other content were
 * deployed by other clients.
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
        // All collected releases have a number; 0 is the number of none.
        planRollback(account, caller, asCurrent, { release: restored.number ?? 0 }, releaseLog),
      )
      if (plan && !deploysAnything(plan))
        return {
          service: current,
          // ECS gives the deployment the id of its service revision.
          deploymentId: release.revision.replace(/^.*\//, 'ecs-svc/'),
          restoredRelease: restored.number ?? undefined,
        }
    }
  }
  return undefined
}

/**
 * The releases that the first try can have restored. Without a body, it restored the newest stable release that
 * differed from the current one. Which release was current is not known any more. If the newest stable one was not
 * current, it was restored; else the newest stable one that differs from it.
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
  const [newest] = sortNewestFirst(collected.releases.filter(({ outcome }) => outcome === 'stable'))
  if (newest === undefined) return []
  const asCurrent: CollectedReleases = { ...collected, currentArn: newest.revision }
  const plan = await unlessRejected(() => planRollback(account, caller, asCurrent, 'newest stable', releaseLog))
  return plan ? [newest, plan.release] : [newest]
}

/** The result of `work`; undefined when it is rejected: then the first try was rejected, too. */
async function unlessRejected<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BadRequest || error instanceof Conflict || error instanceof Forbidden) return undefined
    throw error
  }
}
