/** Builds the scheduler state, from which `decideActions` decides, from stored records. */
import { shortName } from '@ecs-api/ecs-model'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { classifyStop } from '../tasks/stop-reasons.ts'
import { taskHealthOf } from '../tasks/task-changes.ts'
import { containersWithOverrides } from '../tasks/task-spec.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { DeploymentState, ServiceState, TaskState } from './scheduler-state.ts'
import { serviceEventTexts } from './service-events.ts'
import type { Timing } from './timing.ts'

/** The service's part of the scheduler state. */
export function serviceState(service: ServiceRecord, timing: Timing): ServiceState {
  const { deploymentConfiguration, internal } = service
  const { delayedWorkMs, ...delays } = timing
  return {
    name: service.serviceName,
    status: service.status === 'DRAINING' ? 'DRAINING' : 'ACTIVE',
    drainsUntil: (internal.drainingSince ?? 0) + delayedWorkMs,
    desiredCount: service.desiredCount,
    minimumHealthyPercent: deploymentConfiguration.minimumHealthyPercent,
    maximumPercent: deploymentConfiguration.maximumPercent,
    circuitBreaker: circuitBreakerOf(service),
    deployments: internal.deployments.map(deploymentState),
    ...(internal.lastCompleted && { lastCompleted: internal.lastCompleted }),
    conditions: internal.conditions,
    ...(!runsOnFargate(service) && { cannotPlace: serviceEventTexts.noContainerInstances(service.serviceName) }),
    ...delays,
  }
}

/** The engine has no container instances, so only services on Fargate run tasks. */
function runsOnFargate({ launchType, capacityProviderStrategy = [] }: ServiceRecord): boolean {
  return capacityProviderStrategy.length > 0 || launchType === 'FARGATE'
}

/** The service's circuit breaker with ECS's defaults. */
export function circuitBreakerOf({
  deploymentConfiguration: { deploymentCircuitBreaker: breaker },
}: ServiceRecord): CircuitBreaker {
  return {
    enable: breaker?.enable ?? false,
    rollback: breaker?.rollback ?? false,
    resetOnHealthyTask: breaker?.resetOnHealthyTask ?? true,
    threshold: {
      type: breaker?.thresholdConfiguration?.type ?? 'BOUNDED_PERCENT',
      value: breaker?.thresholdConfiguration?.value ?? 50,
    },
  }
}

function deploymentState({
  id,
  rolloutState,
  failedTasks,
  internal,
  capacityProviderStrategy = [],
}: DeploymentRecord): DeploymentState {
  return {
    id,
    rollout: rolloutState,
    rollingBack: internal.rollingBack,
    failedTasks,
    startFailures: internal.startFailures,
    ...(internal.lastFailureAt !== undefined && { lastFailureAt: internal.lastFailureAt }),
    strategy: capacityProviderStrategy.map(({ capacityProvider = '', base = 0, weight = 0 }) => ({
      capacityProvider,
      base,
      weight,
    })),
  }
}

/** The task's part of the scheduler state. ECS's times are in seconds, the scheduler's in milliseconds. */
export function taskState(ecsTables: EcsTables, task: TaskRecord): TaskState {
  const { internal } = task
  const health = taskHealthOf(containersWithOverrides(ecsTables, task), task.containers)
  return {
    id: shortName(task.taskArn),
    deployment: internal.deployment ?? '',
    phase: phaseOf(task),
    shouldRun: task.desiredStatus === 'RUNNING',
    ...(health && { health }),
    createdAt: task.createdAt * 1000,
    ...(task.startedAt !== undefined && { startedAt: task.startedAt * 1000 }),
    ...(task.desiredStatus === 'STOPPED' && {
      stopCause: classifyStop(task),
      stoppingSince: (task.stoppingAt ?? 0) * 1000,
    }),
    ...(internal.protectedUntil !== undefined && { protectedUntil: internal.protectedUntil }),
    ...(task.capacityProviderName && { capacityProvider: task.capacityProviderName }),
    ...(internal.countedAs && { countedAs: internal.countedAs }),
  }
}

/** The scheduler's phase for a task status. */
export function phaseOf({ lastStatus }: TaskRecord): TaskState['phase'] {
  switch (lastStatus) {
    case 'PROVISIONING':
    case 'PENDING':
    case 'ACTIVATING':
      return 'starting'
    case 'RUNNING':
      return 'running'
    case 'DEACTIVATING':
    case 'STOPPING':
    case 'DEPROVISIONING':
      return 'stopping'
    case 'STOPPED':
      return 'stopped'
  }
}
