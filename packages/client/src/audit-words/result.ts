/** The result of a change in the audit log. ECS carries out a deployment after the request, and it may still fail. */
import type { AuditEntry, ServiceDeployment } from '../resources.ts'
import { deployedService } from './change-sentence.ts'

const resultsByStatus: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'deployed',
  STOP_REQUESTED: 'being stopped',
  STOPPED: 'stopped',
  ROLLBACK_REQUESTED: 'failed, rolling back',
  ROLLBACK_IN_PROGRESS: 'failed, rolling back',
  ROLLBACK_SUCCESSFUL: 'failed, rolled back',
  ROLLBACK_FAILED: 'failed',
}

/** The result of a deployment in a few words, such as `failed, rolled back`. */
export function deploymentResult({ status, statusReason = '' }: ServiceDeployment): string {
  if (status === 'STOPPED' && /circuit breaker|alarm/i.test(statusReason)) return 'failed'
  return resultsByStatus[status] ?? 'in progress'
}

/**
 * The words of the column Result: the problem code of a rejected request, or words such as `done`.
 * @param deployment the deployment that the request has caused; undefined where it is not known
 */
export function auditResult(entry: AuditEntry, deployment?: ServiceDeployment): string {
  if (entry.code !== null) return entry.code
  if (entry.status === null) return 'in progress'
  if (!deployment) return deployedService(entry) ? 'accepted' : 'done'
  return deploymentResult(deployment)
}
