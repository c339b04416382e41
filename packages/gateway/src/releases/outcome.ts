/** The outcome of a release, by the status of its deployment. */
import type { Deployment, ServiceDeploymentBrief } from '@aws-sdk/client-ecs'
import type { ReleaseOutcome } from '../history/release-log.ts'

/** @param isReplaced whether the service has a newer deployment */
export function outcomeOfBrief(
  { status, statusReason = '' }: ServiceDeploymentBrief,
  { isReplaced }: { isReplaced: boolean },
): ReleaseOutcome {
  switch (status) {
    case 'SUCCESSFUL':
      return 'stable'
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
    case 'ROLLBACK_SUCCESSFUL':
      return 'rolled-back'
    case 'ROLLBACK_FAILED':
      return 'failed'
    case 'STOPPED':
      return isReplaced && !/circuit breaker|alarm|stopped by user/i.test(statusReason) ? 'superseded' : 'failed'
    default:
      // PENDING, IN_PROGRESS, STOP_REQUESTED, and a status that is newer than this program.
      return 'under-way'
  }
}

/** The outcome of a deployment that ECS shows only in the description of the service. */
export function outcomeOfDeployment({ status, rolloutState }: Deployment): ReleaseOutcome {
  if (rolloutState === 'COMPLETED') return 'stable'
  if (rolloutState === 'FAILED') return 'failed'
  return status === 'PRIMARY' || rolloutState === 'IN_PROGRESS' ? 'under-way' : 'superseded'
}
