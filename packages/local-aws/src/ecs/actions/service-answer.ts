/** Services in the form of ECS's responses. */
import type { Deployment, Service, Tag } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { EcsState, ReadView } from '../records/state.ts'
import { isFinished, revisionArn } from '../scheduler/deployments.ts'

interface ServiceAnswerOptions {
  /** The service's tags, where the response shows them. Undefined leaves the member out. */
  tags?: Wire<Tag>[] | undefined
  /** The desired count of the PRIMARY deployment, where the response shows another number than the service's. */
  requestedCount?: number
}

/** A service in the form of ECS's responses: with its counts, deployments and events. */
export function serviceAnswer(
  service: ServiceRecord,
  ecsState: EcsState,
  readView: ReadView = ecsState,
  { tags, requestedCount = service.desiredCount }: ServiceAnswerOptions = {},
): Wire<Service> {
  const { engineState, tags: _, ...shown } = service
  const deployments = engineState.deployments.map((deployment) =>
    deploymentAnswer(deployment, requestedCount, readView),
  )
  const serviceDeployment = ecsState.serviceDeployments.get(
    engineState.deployments[0]?.engineState.serviceDeployment ?? '',
  )
  return {
    ...shown,
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
 * The response of DeleteService lacks the revisions, and the members of the deployment configuration that were added to
 * ECS late (as recorded).
 */
export function deletionAnswer(service: ServiceRecord, ecsState: EcsState): Wire<Service> {
  const { currentServiceRevisions: _, deploymentConfiguration, ...shown } = serviceAnswer(service, ecsState)
  const { bakeTimeInMinutes: __, deploymentCircuitBreaker: breaker, ...configuration } = deploymentConfiguration ?? {}
  const deploymentCircuitBreaker = breaker && { enable: breaker.enable, rollback: breaker.rollback }
  return {
    ...shown,
    deploymentConfiguration: { ...configuration, ...(deploymentCircuitBreaker && { deploymentCircuitBreaker }) },
  }
}

/**
 * A deployment that is being replaced desires as many tasks as it still has. A deployment of a deleted service desires
 * none.
 */
function deploymentAnswer(
  { engineState: _, ...deployment }: DeploymentRecord,
  requestedCount: number,
  readView: ReadView,
): Wire<Deployment> {
  const runningCount = readView.tasks.count('runningOf', deployment.id)
  const pendingCount = readView.tasks.count('pendingOf', deployment.id)
  const desiredCounts = { PRIMARY: requestedCount, ACTIVE: runningCount + pendingCount, DRAINING: 0 }
  return { ...deployment, desiredCount: desiredCounts[deployment.status], runningCount, pendingCount }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
