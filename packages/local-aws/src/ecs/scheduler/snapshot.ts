/** Builds the scheduler state, from which `decide` decides, from stored records. */
import { shortName } from '@ecs-api/ecs-model'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { stopCauseOf } from '../tasks/stop-reasons.ts'
import { healthOf } from '../tasks/task-changes.ts'
import { containersOf } from '../tasks/task-spec.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { DeploymentState, ServiceState, TaskState } from './scheduler-state.ts'
import { serviceEvents } from './service-events.ts'
import type { Timing } from './timing.ts'

/** The service in the form that `decide` needs. */
export function serviceState(service: ServiceRecord, timing: Timing): ServiceState {
  const { deploymentConfiguration, engineState } = service
  const { backgroundMs, ...delays } = timing
  return {
    name: service.serviceName,
    status: service.status === 'DRAINING' ? 'DRAINING' : 'ACTIVE',
    drainsUntil: (engineState.drainingSince ?? 0) + backgroundMs,
    desiredCount: service.desiredCount,
    minimumHealthyPercent: deploymentConfiguration.minimumHealthyPercent,
    maximumPercent: deploymentConfiguration.maximumPercent,
    circuitBreaker: circuitBreakerOf(service),
    deployments: engineState.deployments.map(deploymentState),
    ...(engineState.lastCompleted && { lastCompleted: engineState.lastCompleted }),
    conditions: engineState.conditions,
    ...(!runsOnFargate(service) && { cannotPlace: serviceEvents.noContainerInstances(service.serviceName) }),
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
  engineState,
  capacityProviderStrategy = [],
}: DeploymentRecord): DeploymentState {
  return {
    id,
    rollout: rolloutState,
    rollingBack: engineState.rollingBack,
    failedTasks,
    startFailures: engineState.startFailures,
    ...(engineState.lastFailureAt !== undefined && { lastFailureAt: engineState.lastFailureAt }),
    strategy: capacityProviderStrategy.map(({ capacityProvider = '', base = 0, weight = 0 }) => ({
      capacityProvider,
      base,
      weight,
    })),
  }
}

/** The task in the form that `decide` needs. ECS's times are in seconds, the scheduler's in milliseconds. */
export function taskState(ecsState: EcsState, task: TaskRecord): TaskState {
  const { engineState } = task
  const health = healthOf(containersOf(ecsState, task), task.containers)
  return {
    id: shortName(task.taskArn),
    deployment: engineState.deployment ?? '',
    phase: phaseOf(task),
    shouldRun: task.desiredStatus === 'RUNNING',
    ...(health && { health }),
    createdAt: task.createdAt * 1000,
    ...(task.startedAt !== undefined && { startedAt: task.startedAt * 1000 }),
    ...(task.desiredStatus === 'STOPPED' && {
      stopCause: stopCauseOf(task),
      stoppingSince: (task.stoppingAt ?? 0) * 1000,
    }),
    ...(engineState.protectedUntil !== undefined && { protectedUntil: engineState.protectedUntil }),
    ...(task.capacityProviderName && { capacityProvider: task.capacityProviderName }),
    ...(engineState.countedAs && { countedAs: engineState.countedAs }),
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
