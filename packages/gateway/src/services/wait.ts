/** `?wait=` of services: what counts as reached and as failed. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { isAwsFailure, type Outcome, until, type Verdict, type WaitTimeout } from '../http/waiting.ts'
import { historyOf, lastFailure } from './deployments.ts'
import { clusterOf, findService } from './get.ts'
import type { ChangedService } from './update.ts'

type Waited = Outcome & { seen: Service | undefined }

/**
 * `STABLE` follows the deployment that the call made: one that ECS rolls back has failed, however steady the service is after it.
 * Of a call that made none: running is desired, nothing pending.
 */
export async function untilStable(
  account: Account,
  { service, deploymentId }: ChangedService,
  timeout: WaitTimeout,
): Promise<Waited> {
  let past: Verdict | undefined
  const lookBack = async (seen: Service | undefined) => {
    const isGone =
      deploymentId !== undefined &&
      seen?.status === 'ACTIVE' &&
      !seen.deployments?.some(({ id }) => id === deploymentId)
    past = isGone ? await fromHistory(account, seen, deploymentId) : undefined
  }
  const judge = (seen: Service | undefined): Verdict => {
    if (seen?.status !== 'ACTIVE') return { ended: 'failed', reason: 'the service was deleted meanwhile' }
    return past ?? (deploymentId ? deploymentVerdict(seen, deploymentId) : countVerdict(seen))
  }
  const waited = await untilService(account, service, timeout, judge, lookBack)
  const { seen, outcome, reason } = waited
  if (outcome === 'reached' || deploymentId === undefined || seen?.status !== 'ACTIVE') return waited
  return { ...waited, reason: await withFailure(account, seen, deploymentId, reason) }
}

/** How many tasks failed says nothing of why: the last one's own words do. A look that AWS refuses is gone without. */
async function withFailure(account: Account, service: Service, deploymentId: string, reason: string): Promise<string> {
  try {
    const failure = await withCallContext({ priority: 'step', caller: 'wait' }, () =>
      lastFailure(account, service, deploymentId),
    )
    return failure ? `${reason.replace(/\.$/, '')}; the last that failed is ${failure}` : reason
  } catch (error) {
    if (!isAwsFailure(error)) throw error
    return reason
  }
}

/** A deployment can have come to its end, and another one taken over, between two looks. */
async function fromHistory(account: Account, service: Service, deploymentId: string): Promise<Verdict | undefined> {
  const { status, statusReason } = (await historyOf(account, service, deploymentId)) ?? {}
  if (status === 'SUCCESSFUL') return { ended: 'reached', reason: `the deployment ${deploymentId} was completed` }
  return statusReason ? { ended: 'failed', reason: statusReason } : undefined
}

/** `INACTIVE`: drained and gone. */
export function untilInactive(account: Account, service: Service, timeout: WaitTimeout): Promise<Waited> {
  return untilService(account, service, timeout, (seen) =>
    !seen || seen.status === 'INACTIVE'
      ? { ended: 'reached', reason: 'the service is INACTIVE' }
      : {
          waitingFor: `the service is ${seen.status}, with ${seen.runningCount} running and ${seen.pendingCount} pending tasks`,
        },
  )
}

function untilService(
  account: Account,
  service: Service,
  timeout: WaitTimeout,
  judge: (seen: Service | undefined) => Verdict,
  onLooked?: (seen: Service | undefined) => Promise<void>,
): Promise<Waited> {
  const look = async () => {
    const seen = await findService(account, clusterOf(service), service.serviceName!)
    await onLooked?.(seen)
    return seen
  }
  return until(() => withCallContext({ priority: 'step', caller: 'wait' }, look), judge, timeout, service)
}

function deploymentVerdict(service: Service, id: string): Verdict {
  const deployment = service.deployments?.find((candidate) => candidate.id === id)
  if (deployment?.rolloutState === 'FAILED')
    return { ended: 'failed', reason: deployment.rolloutStateReason ?? `the deployment ${id} failed` }
  if (deployment?.status !== 'PRIMARY') {
    // When ECS rolls back, the deployment that takes over says so.
    const successor = service.deployments?.find((candidate) => candidate.status === 'PRIMARY')
    const rollback = /rolling back|rolled back/.test(successor?.rolloutStateReason ?? '')
    return {
      ended: 'failed',
      reason: rollback
        ? successor!.rolloutStateReason!
        : `the deployment ${id} was superseded${successor?.id ? ` by ${successor.id}` : ''}`,
    }
  }
  if (deployment.rolloutState === 'COMPLETED')
    return { ended: 'reached', reason: deployment.rolloutStateReason ?? `the deployment ${id} is completed` }
  const failed = deployment.failedTasks ? `, ${deployment.failedTasks} failed` : ''
  return {
    waitingFor: `deployment ${id}: ${deployment.runningCount} of ${deployment.desiredCount} tasks run, ${deployment.pendingCount} are pending${failed}`,
  }
}

function countVerdict({ runningCount, desiredCount, pendingCount }: Service): Verdict {
  const counts = `${runningCount} of ${desiredCount} tasks run, ${pendingCount} are pending`
  return runningCount === desiredCount && pendingCount === 0
    ? { ended: 'reached', reason: counts }
    : { waitingFor: counts }
}
