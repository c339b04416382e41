/** The result of a change in the audit log. ECS carries out a deployment after the request, and it may still fail. */
import type { AuditEntry, ServiceDeployment } from '@ecs-api/client'
import { deployedService } from './change-sentence.tsx'
import { ExternalText } from './external-text.tsx'

/** The times of the entries are the gateway's and those of the deployments are ECS's. */
const maxClockDifferenceMs = 5000

/** The time between the deployment's beginning and the request; 0 for a deployment that began during the request. */
function distanceMs({ at, finishedAt }: AuditEntry, { createdAt }: ServiceDeployment): number {
  const began = Date.parse(createdAt)
  return Math.max(0, Date.parse(at) - began, began - Date.parse(finishedAt ?? at))
}

/**
 * The deployment that the request of an entry has caused: no other request of the service was closer to its beginning.
 * @param entries the deploying entries of the service
 */
export function deploymentOfEntry(
  entry: AuditEntry,
  entries: readonly AuditEntry[],
  deployments: readonly ServiceDeployment[],
): ServiceDeployment | undefined {
  return deployments.find((deployment) => {
    const distance = distanceMs(entry, deployment)
    return distance < maxClockDifferenceMs && entries.every((other) => distance <= distanceMs(other, deployment))
  })
}

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

/** @param deployment the deployment that the request has caused; undefined where it is not known */
export function AuditResult({ entry, deployment }: { entry: AuditEntry; deployment?: ServiceDeployment | undefined }) {
  const { status, code } = entry
  if (code !== null)
    return (
      <a className="bad" href={`/docs/problems/${encodeURIComponent(code)}`}>
        <ExternalText text={code} />
      </a>
    )
  if (status === null) return 'in progress'
  if (!deployment) return deployedService(entry) ? 'accepted' : 'done'
  const result = resultOf(deployment)
  return result.startsWith('failed') ? <span className="bad">{result}</span> : result
}
