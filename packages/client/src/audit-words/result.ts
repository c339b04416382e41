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

/** The words of the column Result: the problem code of a rejected request, or words such as `failed, rolled back`. */
export function auditResult(entry: AuditEntry): string {
  const { code, status, deployment } = entry
  if (code !== null) return code
  if (status === null) return 'in progress'
  // An entry that an older gateway wrote names no deployment, so the end is not known.
  if (!deployment) return deployedService(entry) ? 'accepted' : 'done'
  const { outcome, reason } = deployment
  const failed = /stopped by user/.test(reason ?? '') ? 'stopped' : 'failed'
  switch (outcome) {
    case 'stable':
      return 'deployed'
    case 'under-way':
      return 'in progress'
    case 'failed':
      return failed
    case 'rolled-back':
      return `${failed}, rolled back`
    case 'superseded':
      return 'ended by a later change'
    default:
      return `its end is not known: ${reason}`
  }
}
