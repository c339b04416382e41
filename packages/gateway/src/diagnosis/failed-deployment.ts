/** Finds the deployment of a service that failed and that no later deployment has replaced, in the service's events. */
import type { Service, ServiceEvent } from '@aws-sdk/client-ecs'
import { isDeploying, primaryDeployment } from '../services/primary-deployment.ts'

export interface FailedDeployment {
  id: string
  /** The event that reports the failure. */
  event: ServiceEvent
  /** The task definition that ECS rolled back to; undefined where it did not roll back. */
  rolledBackTo: string | undefined
}

const deploymentEndPattern = /\(deployment (ecs-svc\/\d+)\) deployment (completed|failed)/
const rollbackPattern = /rolling back to deployment (ecs-svc\/\d+)/
/** An older failure is not reported. The console and the CLI use the same limit (`client/words`). */
const maxAgeMs = 86_400_000

/**
 * Returns the failed deployment. Undefined when a later deployment has completed or is in progress. The rollback does
 * not count as a later deployment, although ECS reports the deployment to which it rolls back as completed again.
 */
export function findFailedDeployment(service: Service, now: number): FailedDeployment | undefined {
  const completed = new Set<string>()
  let rollbackTarget: string | undefined
  // Events are sorted newest first.
  for (const event of service.events ?? []) {
    const { message = '', createdAt } = event
    if (now - (createdAt?.getTime() ?? 0) > maxAgeMs) return undefined
    rollbackTarget = rollbackPattern.exec(message)?.[1] ?? rollbackTarget
    const [, deployment = '', end] = deploymentEndPattern.exec(message) ?? []
    if (end === 'completed') completed.add(deployment)
    if (end !== 'failed') continue
    const primary = primaryDeployment(service)
    const isReplaced = [...completed].some((id) => id !== rollbackTarget)
    const isBeingReplaced = isDeploying(service) && primary?.id !== rollbackTarget && primary?.id !== deployment
    if (isReplaced || isBeingReplaced) return undefined
    const rolledBackTo = rollbackTarget === undefined ? undefined : definitionOf(service, rollbackTarget)
    return { id: deployment, event, rolledBackTo }
  }
  return undefined
}

function definitionOf({ deployments = [], taskDefinition }: Service, id: string): string | undefined {
  return deployments.find((deployment) => deployment.id === id)?.taskDefinition ?? taskDefinition
}
