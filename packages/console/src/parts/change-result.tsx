/** The result of a change in the audit log. ECS carries out a deployment after the request, and it may still fail. */
import type { AuditEntry, ServiceDeployment } from '@ecs-api/client'
import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { deployedService } from './change-words.ts'
import { ExternalText } from './external-text.tsx'

const results: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'done',
  STOP_REQUESTED: 'being stopped',
  STOPPED: 'stopped',
  ROLLBACK_REQUESTED: 'failed, rolling back',
  ROLLBACK_IN_PROGRESS: 'failed, rolling back',
  ROLLBACK_SUCCESSFUL: 'failed, rolled back',
  ROLLBACK_FAILED: 'failed',
}

function resultOf({ status, statusReason = '' }: ServiceDeployment): string {
  if (status === 'STOPPED' && /circuit breaker|alarm/i.test(statusReason)) return 'failed'
  return results[status] ?? 'in progress'
}

/**
 * The words of the column Result.
 * @param deployment the deployment that the request has caused; undefined where it is not known
 */
export function auditResult(entry: AuditEntry, deployment: ServiceDeployment | undefined): string {
  if (entry.code !== null) return entry.code
  if (entry.status === null) return 'in progress'
  if (!deployment) return deployedService(entry) ? 'accepted' : 'done'
  return resultOf(deployment)
}

export function AuditResult({ entry, deployment }: { entry: AuditEntry; deployment: ServiceDeployment | undefined }) {
  const result = auditResult(entry, deployment)
  if (entry.code !== null)
    return (
      <a className="bad" href={`/docs/problems/${encodeURIComponent(entry.code)}`}>
        <ExternalText text={result} />
      </a>
    )
  const words = result.startsWith('failed') ? <span className="bad">{result}</span> : result
  const service = deployment && deployedService(entry)
  if (!deployment || !service) return words
  const { account, cluster, name } = service
  return <Link href={paths.deployment(account, cluster, name, deployment.id)}>{words}</Link>
}
