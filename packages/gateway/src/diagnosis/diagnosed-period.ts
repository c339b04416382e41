/**
 * Selects the failures that a diagnosis of a service reports: recent failures of the service's primary deployment, and
 * of a failed deployment that no later deployment has replaced. Failures of other deployments do not concern the
 * present tasks.
 */
import type { Service, ServiceEvent, Task } from '@aws-sdk/client-ecs'
import { primaryDeployment } from '../services/primary-deployment.ts'
import { findFailedDeployment } from './failed-deployment.ts'
import { findReplacedTasks } from './replaced-tasks.ts'

export interface DiagnosedPeriod {
  /** The ids of the deployments. Undefined for a service without them, such as one with the controller EXTERNAL. */
  deployments: ReadonlySet<string> | undefined
  /** The start of the period, in milliseconds since 1970; 0 when neither an event nor a deployment limits it. */
  startsAt: number
}

const steadyPattern = /has reached a steady state/
const deploymentEndPattern = /\(deployment (ecs-svc\/\d+)\) deployment (?:completed|failed)/

/**
 * Returns the period from the last steady state of the service, or from the end of an earlier deployment. Two kinds of
 * steady states do not start the period: one after a rollback, so that the period includes the failures of the
 * deployment that was rolled back, and one between two tasks that ended by themselves.
 */
export function diagnosedPeriod(service: Service): DiagnosedPeriod {
  const failed = findFailedDeployment(service, Date.now())
  const primary = primaryDeployment(service)
  const ids = new Set([primary?.id, failed?.id].filter((id) => id !== undefined))
  const newest = failed ? service.deployments?.find(({ id }) => id === failed.id) : primary
  const before = failed?.event.createdAt ?? Number.POSITIVE_INFINITY
  const startEvent = service.events?.find(
    (event) => (event.createdAt ?? 0) < before && isSteadyOrEarlierEnd(event, newest?.id ?? failed?.id),
  )
  const replaced = findReplacedTasks(service, Date.now())
  return {
    deployments: ids.size > 0 ? ids : undefined,
    startsAt:
      replaced?.countedSince ?? Math.max(startEvent?.createdAt?.getTime() ?? 0, newest?.createdAt?.getTime() ?? 0),
  }
}

/** Whether the event reports a steady state, or the end of another deployment than the newest. */
function isSteadyOrEarlierEnd({ message = '' }: ServiceEvent, newestDeploymentId: string | undefined): boolean {
  const deployment = deploymentEndPattern.exec(message)?.[1]
  return steadyPattern.test(message) || (deployment !== undefined && deployment !== newestDeploymentId)
}

/** Whether the task stopped in the period and is of one of its deployments, whose id ECS stores in `startedBy`. */
export function isInPeriod({ startedBy = '', stoppedAt }: Task, { deployments, startsAt }: DiagnosedPeriod): boolean {
  return (stoppedAt?.getTime() ?? 0) >= startsAt && (deployments?.has(startedBy) ?? true)
}
