/** The deployment of a service that failed and that no later one has replaced, by the events of the service. */
import type { Service, ServiceEvent } from '@aws-sdk/client-ecs'
import { isDeploying, primaryDeployment } from '../services/primary-deployment.ts'

export interface FailedDeployment {
  id: string
  /** The event that says so. */
  event: ServiceEvent
  /** The task definition that ECS rolled back to; undefined where it did not roll back. */
  rolledBackTo: string | undefined
}

const ended = /\(deployment (ecs-svc\/\d+)\) deployment (completed|failed)/
const rollingBack = /rolling back to deployment (ecs-svc\/\d+)/
/** As in the sentence of a service (`client/words`): a rollback of yesterday is history. */
const maxAgeMs = 86_400_000

/**
 * Undefined while a deployment is in progress, unless it is the rollback. ECS completes the deployment that it rolls
 * back to a second time, which does not replace the failed one.
 */
export function findFailedDeployment(service: Service, now: number): FailedDeployment | undefined {
  const completed = new Set<string>()
  let target: string | undefined
  // The newest first.
  for (const event of service.events ?? []) {
    const { message = '', createdAt } = event
    if (now - (createdAt?.getTime() ?? 0) > maxAgeMs) return undefined
    target = rollingBack.exec(message)?.[1] ?? target
    const [, deployment = '', end] = ended.exec(message) ?? []
    if (end === 'completed') completed.add(deployment)
    if (end !== 'failed') continue
    const primary = primaryDeployment(service)
    const isReplaced = [...completed].some((id) => id !== target)
    const isReplacedSoon = isDeploying(service) && primary?.id !== target && primary?.id !== deployment
    if (isReplaced || isReplacedSoon) return undefined
    return { id: deployment, event, rolledBackTo: target === undefined ? undefined : definitionOf(service, target) }
  }
  return undefined
}

function definitionOf({ deployments = [], taskDefinition }: Service, id: string): string | undefined {
  return deployments.find((deployment) => deployment.id === id)?.taskDefinition ?? taskDefinition
}
