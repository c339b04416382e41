/** Services in the form of ECS's responses. */
import type { Deployment, Service, Tag } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { EcsState, ReadView } from '../records/state.ts'
import { isFinished, revisionArn } from '../scheduler/deployments.ts'

interface ServiceAnswerOptions {
  /** The state that the task counts are read from. By default the newest. */
  taskCountsFrom?: ReadView
  /** The service's tags, where the response shows them. Undefined leaves the member out. */
  tags?: AwsJson<Tag>[] | undefined
  /** The desired count of the PRIMARY deployment, where the response shows another number than the service's. */
  requestedCount?: number
}

/** A service in the form of ECS's responses: with its counts, deployments and events. */
export function serviceAnswer(
  service: ServiceRecord,
  ecsState: EcsState,
  { taskCountsFrom = ecsState, tags, requestedCount = service.desiredCount }: ServiceAnswerOptions = {},
): AwsJson<Service> {
  const { engineState, tags: _, ...shownMembers } = service
  const deployments = engineState.deployments.map((deployment) =>
    deploymentAnswer(deployment, requestedCount, taskCountsFrom),
  )
  const serviceDeployment = ecsState.serviceDeployments.get(
    engineState.deployments[0]?.engineState.serviceDeployment ?? '',
  )
  return {
    ...shownMembers,
    runningCount: sum(deployments.map(({ runningCount = 0 }) => runningCount)),
    pendingCount: sum(deployments.map(({ pendingCount = 0 }) => pendingCount)),
    deployments,
    events: ecsState.serviceEvents.get(service.serviceArn)?.events ?? [],
    ...(serviceDeployment &&
      !isFinished(serviceDeployment) &&
      serviceDeployment.status !== 'PENDING' && { currentServiceDeployment: serviceDeployment.serviceDeploymentArn }),
    currentServiceRevisions: deployments.map(({ id = '', desiredCount, runningCount, pendingCount }) => ({
      arn: revisionArn(ecsState, service, id),
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
export function deletionAnswer(service: ServiceRecord, ecsState: EcsState): AwsJson<Service> {
  const { currentServiceRevisions: _, deploymentConfiguration, ...shownMembers } = serviceAnswer(service, ecsState)
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
function deploymentAnswer(
  { engineState: _, ...deployment }: DeploymentRecord,
  requestedCount: number,
  { tasks }: ReadView,
): AwsJson<Deployment> {
  const runningCount = tasks.count('runningOf', deployment.id)
  const pendingCount = tasks.count('pendingOf', deployment.id)
  const desiredCounts = { PRIMARY: requestedCount, ACTIVE: runningCount + pendingCount, DRAINING: 0 }
  return { ...deployment, desiredCount: desiredCounts[deployment.status], runningCount, pendingCount }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
