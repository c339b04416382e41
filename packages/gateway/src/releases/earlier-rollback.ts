/** Finds the deployment that the first try of a repeated rollback created. Its response was lost. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseHead, ReleaseLog } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import { BadRequest, Conflict, Forbidden } from '../problems/problem.ts'
import type { ChangedService } from '../services/update.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
import { chooseRelease, newest, planRollback } from './plan.ts'
import type { RollbackTarget } from './rollback-body.ts'

interface RepeatedRollback {
  account: Account
  caller: Pick<Caller, 'mayUseFamily'>
  target: RollbackTarget
  firstTryAt: Date
}

/**
 * Another client may have deployed the service since the first try. A release is therefore the request's own only when
 * its content is the content that the request restores.
 */
export async function findEarlierRollback(
  { account, caller, target, firstTryAt }: RepeatedRollback,
  current: Service,
  releaseLog: ReleaseLog,
): Promise<ChangedService | undefined> {
  const collected = await collectReleases(account, current, releaseLog)
  const isSince = ({ created_at }: ReleaseHead) => Date.parse(created_at) >= firstTryAt.getTime()
  const since = collected.releases.filter(isSince)
  if (since.length === 0) return undefined
  const before = collected.releases.filter((release) => !isSince(release))
  for (const restored of await releasesMeant({ ...collected, releases: before }, target, releaseLog)) {
    for (const release of since) {
      const asCurrent = { ...collected, current: release.revision }
      const plan = await unlessRejected(() =>
        planRollback(account, caller, asCurrent, { release: restored.number ?? 0 }, releaseLog),
      )
      if (plan && !plan.register && Object.keys(plan.update).length === 0)
        return {
          service: current,
          deploymentId: release.revision.replace(/^.*\//, 'ecs-svc/'),
          restoredFrom: restored.number ?? undefined,
        }
    }
  }
  return undefined
}

/**
 * The releases that the first try can have restored. Without a body it took the newest stable release but the one
 * that ran then, and which one ran is no longer known: it took one of the two newest.
 */
async function releasesMeant(
  collected: CollectedReleases,
  target: RollbackTarget,
  releaseLog: ReleaseLog,
): Promise<ReleaseHead[]> {
  if (target !== 'newest stable') {
    const release = await unlessRejected(() => chooseRelease(collected, target, releaseLog))
    return release ? [release] : []
  }
  const stable = collected.releases.filter(({ outcome }) => outcome === 'stable')
  const first = newest(stable)
  const second = newest(stable.filter((release) => release !== first))
  return [first, second].filter((release) => release !== undefined)
}

/** A plan that is rejected now was no plan of the first try either. */
async function unlessRejected<T>(plan: () => Promise<T>): Promise<T | undefined> {
  try {
    return await plan()
  } catch (error) {
    if (error instanceof BadRequest || error instanceof Conflict || error instanceof Forbidden) return undefined
    throw error
  }
}
