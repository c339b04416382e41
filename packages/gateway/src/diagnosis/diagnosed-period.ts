/**
 * The deployments and the time whose failures a diagnosis names: the deployment that ECS brings the service to, and a
 * failed one that no later deployment has replaced. Failures of other deployments say nothing about the present tasks.
 */
import type { Service, ServiceEvent, Task } from '@aws-sdk/client-ecs'
import { primaryDeployment } from '../services/primary-deployment.ts'
import { findFailedDeployment } from './failed-deployment.ts'

export interface DiagnosedPeriod {
  /** Undefined for a service without deployments of ECS, such as one of the controller EXTERNAL. */
  deployments: ReadonlySet<string> | undefined
  /** Milliseconds. 0 when no event and no deployment names an earlier state. */
  since: number
}

const steady = /has reached a steady state/
const ended = /\(deployment (ecs-svc\/\d+)\) deployment (?:completed|failed)/

/**
 * Failures before the service was last steady are history. A rollback makes the service steady, and the failures of the
 * deployment that was rolled back are not history.
 */
export function diagnosedPeriod(service: Service): DiagnosedPeriod {
  const failed = findFailedDeployment(service, Date.now())
  const primary = primaryDeployment(service)
  const ids = new Set([primary?.id, failed?.id].filter((id) => id !== undefined))
  const newest = failed ? service.deployments?.find(({ id }) => id === failed.id) : primary
  const before = failed?.event.createdAt ?? Number.POSITIVE_INFINITY
  const endOfEarlier = service.events?.find(
    (event) => (event.createdAt ?? 0) < before && isEndOfEarlier(event, newest?.id ?? failed?.id),
  )
  return {
    deployments: ids.size > 0 ? ids : undefined,
    since: Math.max(endOfEarlier?.createdAt?.getTime() ?? 0, newest?.createdAt?.getTime() ?? 0),
  }
}

/** @param id of the newest deployment */
function isEndOfEarlier({ message = '' }: ServiceEvent, id: string | undefined): boolean {
  const deployment = ended.exec(message)?.[1]
  return steady.test(message) || (deployment !== undefined && deployment !== id)
}

/** ECS gives a task of a service the id of its deployment as `startedBy`. */
export function isDiagnosed({ startedBy = '', stoppedAt }: Task, { deployments, since }: DiagnosedPeriod): boolean {
  return (stoppedAt?.getTime() ?? 0) >= since && (deployments?.has(startedBy) ?? true)
}
