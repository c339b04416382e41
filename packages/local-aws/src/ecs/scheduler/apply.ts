/**
 * Applies the actions that `decide` returns to the tables. All changes are made synchronously, so they are one
 * transaction (storage.ts): after a crash either all of them are stored or none.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { newTask } from '../tasks/new-task.ts'
import { resolvedPlatformVersion } from '../tasks/platform-version.ts'
import { stopCauses } from '../tasks/stop-reasons.ts'
import { stopWithCause, withChange } from '../tasks/task-changes.ts'
import { definitionOf } from '../tasks/task-spec.ts'
import { tagsOfServiceTask } from '../tasks/task-tags.ts'
import type { Action } from './decision.ts'
import { circuitBreakerAnswer, revisionArn, rollBack, updateServiceDeployment } from './deployments.ts'
import { serviceEvents } from './service-events.ts'
import { addEvents } from './service-history.ts'

export interface ApplyDeps {
  ecsState: EcsState
  clock: Clock
  ids: Ids
  runtime: Pick<Runtime, 'name' | 'exec'>
}

export interface ApplyResult {
  /** ARNs of the tasks whose task run must be woken: they are new, or their desired status has changed. */
  tasksToWake: string[]
  /** When the service must be reconciled again even if nothing changes, in milliseconds since 1970. */
  nextRunAt?: number
}

/**
 * Applies `actions` to the service in their order.
 * @throws Error when the service, a deployment or a rollback target that an action names does not exist: a defect of
 * the engine.
 */
export function apply(deps: ApplyDeps, serviceArn: string, actions: readonly Action[]): ApplyResult {
  const { ecsState, clock } = deps
  const result: ApplyResult = { tasksToWake: [] }
  const eventMessages: string[] = []
  let service = serviceOf(ecsState, serviceArn)
  const before = service
  const cluster = shortName(service.clusterArn)
  const taskArn = (id: string) =>
    `arn:${ecsState.partition}:ecs:${ecsState.region}:${ecsState.account}:task/${cluster}/${id}`

  for (const action of actions) {
    switch (action.do) {
      case 'start': {
        const tasks = action.capacityProviders.map((provider) => startTask(deps, service, action.deployment, provider))
        for (const task of tasks) ecsState.tasks.set(task.taskArn, task)
        result.tasksToWake.push(...tasks.map((task) => task.taskArn))
        eventMessages.push(serviceEvents.startedTasks(service.serviceName, tasks.map(idOf), action.replacingUnhealthy))
        startServiceDeployment(ecsState, clock, service)
        break
      }
      case 'stop': {
        const task = ecsState.tasks.get(taskArn(action.task))
        if (!task) break
        const cause =
          action.reason === 'unhealthy' ? stopCauses.unhealthy() : stopCauses.scaling(task.engineState.deployment ?? '')
        ecsState.tasks.set(task.taskArn, withChange(task, stopWithCause(task, cause, clock.now())))
        result.tasksToWake.push(task.taskArn)
        break
      }
      case 'mark-counted': {
        // ECS does not show this member, so the task keeps its version.
        const task = ecsState.tasks.get(taskArn(action.task))
        if (task)
          ecsState.tasks.set(task.taskArn, {
            ...task,
            engineState: { ...task.engineState, countedAs: action.countedAs },
          })
        break
      }
      case 'count': {
        const { failedTasks, startFailures, lastFailureAt } = action
        service = withDeployment(service, action.deployment, ({ engineState, ...deployment }) => ({
          ...deployment,
          failedTasks,
          engineState: { ...engineState, startFailures, ...(lastFailureAt !== undefined && { lastFailureAt }) },
        }))
        break
      }
      case 'complete':
        service = complete(deps, service, action.deployment)
        break
      case 'fail':
        service = fail(deps, service, action.deployment)
        break
      case 'roll-back':
        service = failAndRollBack(deps, service, action)
        break
      case 'retire':
        service = {
          ...service,
          engineState: {
            ...service.engineState,
            deployments: service.engineState.deployments.filter(({ id }) => id !== action.deployment),
          },
        }
        break
      case 'end-service':
        service = endService(deps, service)
        break
      case 'set-conditions':
        service = { ...service, engineState: { ...service.engineState, conditions: action.conditions } }
        break
      case 'event':
        eventMessages.push(action.message)
        break
      case 'reconcile-again':
        result.nextRunAt = action.at
        break
    }
  }
  if (service !== before) ecsState.services.set(serviceArn, service)
  addEvents(deps, serviceArn, eventMessages)
  return result
}

function serviceOf(ecsState: EcsState, arn: string): ServiceRecord {
  const service = ecsState.services.get(arn)
  if (!service) throw new Error(`the service ${arn} does not exist any more, although it was reconciled`)
  return service
}

const idOf = ({ taskArn }: TaskRecord) => shortName(taskArn)

function startTask(
  deps: ApplyDeps,
  service: ServiceRecord,
  id: string,
  capacityProvider: string | undefined,
): TaskRecord {
  const deployment = service.engineState.deployments.find((candidate) => candidate.id === id)
  if (!deployment) throw new Error(`${service.serviceName} has no deployment ${id}`)
  const definition = definitionOf(deps.ecsState, { taskDefinitionArn: deployment.taskDefinition })
  return newTask(deps, {
    clusterArn: service.clusterArn,
    definition,
    group: `service:${service.serviceName}`,
    startedBy: id,
    service: service.serviceArn,
    deployment: id,
    capacityProvider,
    platformVersion: resolvedPlatformVersion(deployment.platformVersion, definition),
    network: deployment.networkConfiguration?.awsvpcConfiguration ?? { subnets: [] },
    tags: tagsOfServiceTask(service, definition),
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    withoutEffect: [],
  })
}

function withDeployment(
  service: ServiceRecord,
  id: string,
  change: (deployment: DeploymentRecord) => DeploymentRecord,
): ServiceRecord {
  const deployments = service.engineState.deployments.map((deployment) =>
    deployment.id === id ? change(deployment) : deployment,
  )
  return { ...service, engineState: { ...service.engineState, deployments } }
}

/** A service deployment starts (PENDING → IN_PROGRESS) when the first task of its rollout starts. */
function startServiceDeployment(ecsState: EcsState, clock: Clock, { engineState }: ServiceRecord): void {
  const arn = engineState.deployments[0]?.engineState.serviceDeployment ?? ''
  if (ecsState.serviceDeployments.get(arn)?.status === 'PENDING')
    updateServiceDeployment(ecsState, clock, arn, { status: 'IN_PROGRESS', startedAt: clock.now() / 1000 })
}

function complete({ ecsState, clock }: ApplyDeps, service: ServiceRecord, id: string): ServiceRecord {
  const deployment = service.engineState.deployments.find((candidate) => candidate.id === id)
  if (!deployment) return service
  const { rollingBack, serviceDeployment: arn } = deployment.engineState
  const serviceDeployment = ecsState.serviceDeployments.get(arn)
  updateServiceDeployment(ecsState, clock, arn, {
    status: rollingBack ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL',
    ...(serviceDeployment?.startedAt === undefined && { startedAt: clock.now() / 1000 }),
    ...(!rollingBack && {
      deploymentCircuitBreaker: circuitBreakerAnswer(service, deployment.failedTasks, 'MONITORING_COMPLETE'),
    }),
  })
  const completed = withDeployment(service, id, (deployment) => ({
    ...deployment,
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${id} completed.`,
    updatedAt: clock.now() / 1000,
    engineState: { ...deployment.engineState, rollingBack: false },
  }))
  return { ...completed, engineState: { ...completed.engineState, lastCompleted: id } }
}

/**
 * Ends a deleted service without tasks: INACTIVE, with its last deployment completed and without events (as recorded
 * from ECS).
 */
function endService(deps: ApplyDeps, service: ServiceRecord): ServiceRecord {
  const [last] = service.engineState.deployments
  const { engineState, ...ended } = last?.rolloutState === 'IN_PROGRESS' ? complete(deps, service, last.id) : service
  deps.ecsState.serviceEvents.delete(service.serviceArn)
  return {
    ...ended,
    status: 'INACTIVE',
    engineState: {
      ...engineState,
      deployments: engineState.deployments.slice(0, 1),
      conditions: [],
      inactiveSince: deps.clock.now(),
    },
  }
}

const CIRCUIT_BREAKER_REASON = 'ECS deployment circuit breaker: tasks failed to start.'

function fail({ ecsState, clock }: ApplyDeps, service: ServiceRecord, id: string): ServiceRecord {
  const deployment = service.engineState.deployments.find((candidate) => candidate.id === id)
  if (!deployment) return service
  const rollback = service.deploymentConfiguration.deploymentCircuitBreaker?.rollback
  updateServiceDeployment(ecsState, clock, deployment.engineState.serviceDeployment, {
    deploymentCircuitBreaker: circuitBreakerAnswer(service, deployment.failedTasks, 'TRIGGERED'),
    ...(rollback
      ? { status: 'ROLLBACK_FAILED', statusReason: 'No rollback candidate was found to run the rollback.' }
      : {
          status: 'STOPPED',
          stoppedAt: clock.now() / 1000,
          statusReason: 'Service deployment stopped because the circuit breaker threshold was exceeded.',
        }),
  })
  return withDeployment(service, id, (deployment) => ({
    ...deployment,
    rolloutState: 'FAILED',
    rolloutStateReason: CIRCUIT_BREAKER_REASON,
    updatedAt: clock.now() / 1000,
  }))
}

function failAndRollBack(
  { ecsState, clock }: ApplyDeps,
  service: ServiceRecord,
  { failedDeployment, targetDeployment }: { failedDeployment: string; targetDeployment: string },
): ServiceRecord {
  const failed = service.engineState.deployments.find(({ id }) => id === failedDeployment)
  if (!failed) return service
  const reason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.'
  updateServiceDeployment(ecsState, clock, failed.engineState.serviceDeployment, {
    status: 'ROLLBACK_IN_PROGRESS',
    statusReason: reason,
    rollback: {
      reason,
      startedAt: clock.now() / 1000,
      serviceRevisionArn: revisionArn(ecsState, service, targetDeployment),
    },
    deploymentCircuitBreaker: circuitBreakerAnswer(service, failed.failedTasks, 'TRIGGERED'),
  })
  const failedService = withDeployment(service, failedDeployment, (deployment) => ({
    ...deployment,
    rolloutState: 'FAILED',
    rolloutStateReason: CIRCUIT_BREAKER_REASON,
  }))
  return rollBack(
    { ecsState, clock },
    failedService,
    targetDeployment,
    `ECS deployment circuit breaker: rolling back to deploymentId ${targetDeployment}.`,
  )
}
