/** The sentence of a deployment. `waitingFor` comes from the gateway and is shown as it is. */
import type { Release, ServiceDeployment } from '../resources.ts'
import { duration } from './duration.ts'

/** The deployment failed when there was no earlier release to roll back to. ECS then reports ROLLBACK_FAILED, too. */
export const hadNoRollbackTarget = ({ status, statusReason = '' }: ServiceDeployment) =>
  status === 'ROLLBACK_FAILED' && statusReason.startsWith('No rollback candidate was found')

/** Whether a person has to continue the deployment, at a PAUSE hook. */
export const isPaused = ({ status, lifecycleHookDetails }: ServiceDeployment) =>
  status === 'IN_PROGRESS' && (lifecycleHookDetails ?? []).some((hook) => hook.status === 'AWAITING_ACTION')

/** The outcome of a release in words. After a failure ECS may have rolled the service back, but not to this release. */
export function outcomeText(outcome: Release['outcome']): string {
  if (outcome === 'rolled-back') return 'failed'
  return outcome === 'under-way' ? 'in progress' : outcome
}

/** @param now milliseconds since 1970 */
export function deploymentSentence(deployment: ServiceDeployment, now: number): string {
  const { status, statusReason, targetServiceRevision: target, waitingFor, createdAt, finishedAt } = deployment
  // A service that is scaled to 0 has no counts.
  const counts = target.requestedTaskCount
    ? `: ${target.runningTaskCount} of ${target.requestedTaskCount} new tasks are running`
    : ''
  const because = statusReason ? `: ${statusReason}` : '.'
  const took = duration(Date.parse(finishedAt ?? '') - Date.parse(createdAt))
  switch (status) {
    case 'PENDING':
      return `The deployment is pending${waitingFor ? `: ${waitingFor}` : ''}.`
    case 'IN_PROGRESS':
      // At a PAUSE hook the gateway's text is the whole sentence.
      if (waitingFor?.startsWith('Waiting')) return `${waitingFor}.`
      return `Deploying for ${duration(now - Date.parse(createdAt))}${counts}${waitingFor ? `${counts ? ';' : ':'} ${waitingFor}` : ''}.`
    case 'SUCCESSFUL':
      // No counts: ECS's counts are the present ones, not those at the end of this deployment.
      return `Deployed${took && ` in ${took}`}.`
    case 'STOP_REQUESTED':
      return `The deployment is being stopped${because}`
    case 'STOPPED':
      return `The deployment was stopped${because}`
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return `The deployment failed and is being rolled back${because}`
    case 'ROLLBACK_SUCCESSFUL':
      return `The deployment failed; ECS rolled it back${because}`
    case 'ROLLBACK_FAILED':
      return `The deployment failed; ECS could not roll it back${because}`
    default:
      return `ECS reports: ${status}${because}`
  }
}
