/** Services in the form of ECS's responses. */
import type { Deployment, Service, Tag } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { EcsTables, ReadView } from '../records/ecs-tables.ts'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import { isFinished, revisionArn } from '../scheduler/deployments.ts'

interface ServiceInResponseOptions {
  /** The tables that the task counts are read from. By default the newest. */
  taskCountsFrom?: ReadView
  /** The service's tags, where the response shows them. Undefined leaves the member out. */
  tags?: AwsJson<Tag>[] | undefined
  /** The desired count of the PRIMARY deployment, where the response shows another number than the service's. */
  primaryDesiredCount?: number
}

/** A service in the form of ECS's responses: with its counts, deployments and events. */
export function serviceInResponse(
  service: ServiceRecord,
  ecsTables: EcsTables,
  { taskCountsFrom = ecsTables, tags, primaryDesiredCount = service.desiredCount }: ServiceInResponseOptions = {},
): AwsJson<Service> {
  const { internal, tags: _, ...shownMembers } = service
  const deployments = internal.deployments.map((deployment) =>
    deploymentInResponse(deployment, primaryDesiredCount, taskCountsFrom),
  )
  const serviceDeployment = ecsTables.serviceDeployments.get(internal.deployments[0]?.internal.serviceDeployment ?? '')
  return {
    ...shownMembers,
    runningCount: sum(deployments.map(({ runningCount = 0 }) => runningCount)),
    pendingCount: sum(deployments.map(({ pendingCount = 0 }) => pendingCount)),
    deployments,
    events: ecsTables.serviceEvents.get(service.serviceArn)?.events ?? [],
    ...(serviceDeployment &&
      !isFinished(serviceDeployment) &&
      serviceDeployment.status !== 'PENDING' && { currentServiceDeployment: serviceDeployment.serviceDeploymentArn }),
    currentServiceRevisions: deployments.map(({ id = '', desiredCount, runningCount, pendingCount }) => ({
      arn: revisionArn(ecsTables, service, id),
      requestedTaskCount: desiredCount,
      runningTaskCount: runningCount,
      pendingTaskCount: pendingCount,
    })),
    ...(tags && { tags }),
  }
}

/**
 * A service in the response of DeleteService. It lacks the revisions, and members of the deployment configuration that
 * ECS got late (as recorded).
 */
export function deletedServiceInResponse(service: ServiceRecord, ecsTables: EcsTables): AwsJson<Service> {
  const { currentServiceRevisions: _, deploymentConfiguration, ...shownMembers } = serviceInResponse(service, ecsTables)
  const { bakeTimeInMinutes: __, deploymentCircuitBreaker: breaker, ...configuration } = deploymentConfiguration ?? {}
  const deploymentCircuitBreaker = breaker && { enable: breaker.enable, rollback: breaker.rollback }
  return {
    ...shownMembers,
    deploymentConfiguration: { ...configuration, ...(deploymentCircuitBreaker && { deploymentCircuitBreaker }) },
  }
}

/**
 * The desired count of a deployment that is being replaced (ACTIVE) is the number of tasks that it still has. A
 * deployment of a deleted service (DRAINING) desires none.
 */
function deploymentInResponse(
  { internal: _, ...deployment }: DeploymentRecord,
  requestedCount: number,
  { tasks }: ReadView,
): AwsJson<Deployment> {
  const runningCount = tasks.countByIndex('runningOf', deployment.id)
  const pendingCount = tasks.countByIndex('pendingOf', deployment.id)
  const desiredCounts = { PRIMARY: requestedCount, ACTIVE: runningCount + pendingCount, DRAINING: 0 }
  return { ...deployment, desiredCount: desiredCounts[deployment.status], runningCount, pendingCount }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
