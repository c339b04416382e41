/** `?wait=` of services: the conditions under which a wait succeeds or fails. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { readUnlessUnsupported } from '../http/unavailable-parts.ts'
import { isAwsFailure, pollUntil, type WaitOutcome, type WaitTimeout, type WaitVerdict } from '../http/waiting.ts'
import { describeLastFailure, findDeploymentBrief } from './deployments.ts'
import { clusterOf, findService } from './get.ts'
import { primaryDeployment } from './primary-deployment.ts'
import type { ChangedService } from './update.ts'
import { stepOfListedDeployment } from './waiting-for.ts'

/** The outcome, and the last description of the service. */
type ServiceWaitResult = WaitOutcome & { lastSeen: Service | undefined }

/**
 * Waits for the deployment that a change started. The wait fails when ECS rolls the deployment back, although the
 * service is steady afterwards. After a change that started no deployment, the wait ends when all desired tasks run and
 * none is pending.
 */
export async function waitUntilStable(
  account: Account,
  { service, deploymentId }: ChangedService,
  timeout: WaitTimeout,
): Promise<ServiceWaitResult> {
  // Between two polls the deployment can end and another one can begin. The service then no longer shows the ended one.
  let endedVerdict: WaitVerdict | undefined
  const onPoll = async (seen: Service | undefined) => {
    const hasEnded =
      deploymentId !== undefined &&
      seen?.status === 'ACTIVE' &&
      !seen.deployments?.some(({ id }) => id === deploymentId)
    endedVerdict = hasEnded ? await endedDeploymentVerdict(account, seen, deploymentId) : undefined
  }
  const verdictOn = (seen: Service | undefined): WaitVerdict => {
    if (seen?.status !== 'ACTIVE') return { ended: 'failed', reason: 'the service was deleted during the wait' }
    return endedVerdict ?? (deploymentId ? deploymentVerdict(seen, deploymentId) : countVerdict(seen))
  }
  const waited = await waitForService(account, service, timeout, verdictOn, onPoll)
  const { lastSeen, outcome, reason } = waited
  if (outcome === 'reached' || deploymentId === undefined || lastSeen?.status !== 'ACTIVE') return waited
  return { ...waited, reason: await withLastFailure(account, lastSeen, deploymentId, reason) }
}

/** Adds the reason of the deployment's last failed task. The reason stays as it is when AWS throttles or fails. */
async function withLastFailure(
  account: Account,
  service: Service,
  deploymentId: string,
  reason: string,
): Promise<string> {
  try {
    const failure = await withCallContext({ priority: 'readAfterWrite', caller: 'wait' }, () =>
      describeLastFailure(account, service, deploymentId),
    )
    return failure ? `${reason.replace(/\.$/, '')}; last failure: ${failure}` : reason
  } catch (error) {
    if (!isAwsFailure(error)) throw error
    return reason
  }
}

/** The verdict on a deployment that the service no longer shows; undefined when ECS does not say how it ended. */
async function endedDeploymentVerdict(
  account: Account,
  service: Service,
  deploymentId: string,
): Promise<WaitVerdict | undefined> {
  const brief = await readUnlessUnsupported('deployment', [], () => findDeploymentBrief(account, service, deploymentId))
  const { status, statusReason } = brief ?? {}
  if (status === 'SUCCESSFUL') return { ended: 'reached', reason: `the deployment ${deploymentId} was completed` }
  return statusReason ? { ended: 'failed', reason: statusReason } : undefined
}

/** Waits until ECS has drained and deleted the service. */
export function waitUntilInactive(
  account: Account,
  service: Service,
  timeout: WaitTimeout,
): Promise<ServiceWaitResult> {
  return waitForService(account, service, timeout, (seen) =>
    !seen || seen.status === 'INACTIVE'
      ? { ended: 'reached', reason: 'the service is INACTIVE' }
      : {
          waitingFor:
            `the service is ${seen.status}, with ${seen.runningCount} running and ` +
            `${seen.pendingCount} pending tasks`,
        },
  )
}

function waitForService(
  account: Account,
  service: Service,
  timeout: WaitTimeout,
  verdictOn: (seen: Service | undefined) => WaitVerdict,
  onPoll?: (seen: Service | undefined) => Promise<void>,
): Promise<ServiceWaitResult> {
  const poll = async () => {
    const seen = await findService(account, clusterOf(service), service.serviceName!)
    await onPoll?.(seen)
    return seen
  }
  return pollUntil(
    () => withCallContext({ priority: 'readAfterWrite', caller: 'wait' }, poll),
    verdictOn,
    timeout,
    service,
  )
}

function deploymentVerdict(service: Service, id: string): WaitVerdict {
  const deployment = service.deployments?.find((candidate) => candidate.id === id)
  if (deployment?.rolloutState === 'FAILED')
    return { ended: 'failed', reason: deployment.rolloutStateReason ?? `the deployment ${id} failed` }
  if (deployment?.status !== 'PRIMARY') return { ended: 'failed', reason: supersededReason(service, id) }
  if (deployment.rolloutState === 'COMPLETED')
    return { ended: 'reached', reason: deployment.rolloutStateReason ?? `the deployment ${id} is completed` }
  return { waitingFor: `deployment ${id}: ${stepOfListedDeployment(service, deployment).text}` }
}

/** When ECS rolls back, the new primary deployment has the reason. */
function supersededReason(service: Service, id: string): string {
  const successor = primaryDeployment(service)
  const { rolloutStateReason = '' } = successor ?? {}
  if (/rolling back|rolled back/.test(rolloutStateReason)) return rolloutStateReason
  return `the deployment ${id} was superseded${successor?.id ? ` by ${successor.id}` : ''}`
}

function countVerdict({ runningCount, desiredCount, pendingCount }: Service): WaitVerdict {
  const counts = `${runningCount} of ${desiredCount} tasks run, ${pendingCount} are pending`
  return runningCount === desiredCount && pendingCount === 0
    ? { ended: 'reached', reason: counts }
    : { waitingFor: counts }
}
