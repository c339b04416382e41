/**
 * Applies the actions that `decideActions` returns to the tables. All changes are made synchronously, so they are one
 * transaction (storage.ts): after a crash either all of them are stored or none.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { newTask } from '../tasks/new-task.ts'
import { resolvedPlatformVersion } from '../tasks/platform-version.ts'
import { stopCauses } from '../tasks/stop-reasons.ts'
import { stopWithCause, withChange } from '../tasks/task-changes.ts'
import { definitionOf } from '../tasks/task-spec.ts'
import { tagsOfServiceTask } from '../tasks/task-tags.ts'
import type { Action } from './decision.ts'
import { circuitBreakerInResponse, revisionArn, rollBack, updateServiceDeployment } from './deployments.ts'
import { serviceEventTexts } from './service-events.ts'
import { addEvents } from './service-history.ts'

export interface ApplyActionsDeps {
  ecsTables: EcsTables
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
export function applyActions(deps: ApplyActionsDeps, serviceArn: string, actions: readonly Action[]): ApplyResult {
  const { ecsTables, clock } = deps
  const result: ApplyResult = { tasksToWake: [] }
  const eventMessages: string[] = []
  let service = getService(ecsTables, serviceArn)
  const serviceBefore = service
  const clusterName = shortName(service.clusterArn)
  const taskArnOf = (id: string) =>
    `arn:${ecsTables.partition}:ecs:${ecsTables.region}:${ecsTables.account}:task/${clusterName}/${id}`

  for (const action of actions) {
    switch (action.do) {
      case 'start': {
        const tasks = action.capacityProviders.map((provider) => startTask(deps, service, action.deployment, provider))
        for (const task of tasks) ecsTables.tasks.set(task.taskArn, task)
        result.tasksToWake.push(...tasks.map((task) => task.taskArn))
        eventMessages.push(
          serviceEventTexts.startedTasks(service.serviceName, tasks.map(taskIdOf), action.replacingUnhealthy),
        )
        startServiceDeployment(ecsTables, clock, service)
        break
      }
      case 'stop': {
        const task = ecsTables.tasks.get(taskArnOf(action.task))
        if (!task) break
        const cause =
          action.reason === 'unhealthy' ? stopCauses.unhealthy() : stopCauses.scaling(task.internal.deployment ?? '')
        ecsTables.tasks.set(task.taskArn, withChange(task, stopWithCause(task, cause, clock.now())))
        result.tasksToWake.push(task.taskArn)
        break
      }
      case 'mark-counted': {
        // ECS does not show `countedAs`, so the task keeps its version.
        const task = ecsTables.tasks.get(taskArnOf(action.task))
        if (task)
          ecsTables.tasks.set(task.taskArn, {
            ...task,
            internal: { ...task.internal, countedAs: action.countedAs },
          })
        break
      }
      case 'count': {
        const { failedTasks, startFailures, lastFailureAt } = action
        service = withChangedDeployment(service, action.deployment, ({ internal, ...deployment }) => ({
          ...deployment,
          failedTasks,
          internal: { ...internal, startFailures, ...(lastFailureAt !== undefined && { lastFailureAt }) },
        }))
        break
      }
      case 'complete':
        service = completeDeployment(deps, service, action.deployment)
        break
      case 'fail':
        service = failDeployment(deps, service, action.deployment)
        break
      case 'roll-back':
        service = failAndRollBack(deps, service, action)
        break
      case 'retire':
        service = {
          ...service,
          internal: {
            ...service.internal,
            deployments: service.internal.deployments.filter(({ id }) => id !== action.deployment),
          },
        }
        break
      case 'end-service':
        service = endService(deps, service)
        break
      case 'set-conditions':
        service = { ...service, internal: { ...service.internal, conditions: action.conditions } }
        break
      case 'event':
        eventMessages.push(action.message)
        break
      case 'reconcile-again':
        result.nextRunAt = action.at
        break
    }
  }
  if (service !== serviceBefore) ecsTables.services.set(serviceArn, service)
  addEvents(deps, serviceArn, eventMessages)
  return result
}

function getService(ecsTables: EcsTables, arn: string): ServiceRecord {
  const service = ecsTables.services.get(arn)
  if (!service) throw new Error(`the service ${arn} does not exist any more, although it was reconciled`)
  return service
}

const taskIdOf = ({ taskArn }: TaskRecord) => shortName(taskArn)

function startTask(
  deps: ApplyActionsDeps,
  service: ServiceRecord,
  id: string,
  capacityProvider: string | undefined,
): TaskRecord {
  const deployment = service.internal.deployments.find((candidate) => candidate.id === id)
  if (!deployment) throw new Error(`${service.serviceName} has no deployment ${id}`)
  const definition = definitionOf(deps.ecsTables, { taskDefinitionArn: deployment.taskDefinition })
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

function withChangedDeployment(
  service: ServiceRecord,
  id: string,
  change: (deployment: DeploymentRecord) => DeploymentRecord,
): ServiceRecord {
  const deployments = service.internal.deployments.map((deployment) =>
    deployment.id === id ? change(deployment) : deployment,
  )
  return { ...service, internal: { ...service.internal, deployments } }
}

/** A service deployment starts (PENDING → IN_PROGRESS) when the first task of its rollout starts. */
function startServiceDeployment(ecsTables: EcsTables, clock: Clock, { internal }: ServiceRecord): void {
  const arn = internal.deployments[0]?.internal.serviceDeployment ?? ''
  if (ecsTables.serviceDeployments.get(arn)?.status === 'PENDING')
    updateServiceDeployment(ecsTables, clock, arn, { status: 'IN_PROGRESS', startedAt: clock.now() / 1000 })
}

function completeDeployment({ ecsTables, clock }: ApplyActionsDeps, service: ServiceRecord, id: string): ServiceRecord {
  const deployment = service.internal.deployments.find((candidate) => candidate.id === id)
  if (!deployment) return service
  const { rollingBack, serviceDeployment: arn } = deployment.internal
  const serviceDeployment = ecsTables.serviceDeployments.get(arn)
  updateServiceDeployment(ecsTables, clock, arn, {
    status: rollingBack ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL',
    ...(serviceDeployment?.startedAt === undefined && { startedAt: clock.now() / 1000 }),
    ...(!rollingBack && {
      deploymentCircuitBreaker: circuitBreakerInResponse(service, deployment.failedTasks, 'MONITORING_COMPLETE'),
    }),
  })
  const completed = withChangedDeployment(service, id, (deployment) => ({
    ...deployment,
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${id} completed.`,
    updatedAt: clock.now() / 1000,
    internal: { ...deployment.internal, rollingBack: false },
  }))
  return { ...completed, internal: { ...completed.internal, lastCompleted: id } }
}

/**
 * Ends a deleted service without tasks: INACTIVE, with its last deployment completed and without events (as recorded
 * from ECS).
 */
function endService(deps: ApplyActionsDeps, service: ServiceRecord): ServiceRecord {
  const [last] = service.internal.deployments
  const { internal, ...ended } =
    last?.rolloutState === 'IN_PROGRESS' ? completeDeployment(deps, service, last.id) : service
  deps.ecsTables.serviceEvents.delete(service.serviceArn)
  return {
    ...ended,
    status: 'INACTIVE',
    internal: {
      ...internal,
      deployments: internal.deployments.slice(0, 1),
      conditions: [],
      inactiveSince: deps.clock.now(),
    },
  }
}

const CIRCUIT_BREAKER_REASON = 'ECS deployment circuit breaker: tasks failed to start.'

function failDeployment({ ecsTables, clock }: ApplyActionsDeps, service: ServiceRecord, id: string): ServiceRecord {
  const deployment = service.internal.deployments.find((candidate) => candidate.id === id)
  if (!deployment) return service
  const rollback = service.deploymentConfiguration.deploymentCircuitBreaker?.rollback
  updateServiceDeployment(ecsTables, clock, deployment.internal.serviceDeployment, {
    deploymentCircuitBreaker: circuitBreakerInResponse(service, deployment.failedTasks, 'TRIGGERED'),
    ...(rollback
      ? { status: 'ROLLBACK_FAILED', statusReason: 'No rollback candidate was found to run the rollback.' }
      : {
          status: 'STOPPED',
          stoppedAt: clock.now() / 1000,
          statusReason: 'Service deployment stopped because the circuit breaker threshold was exceeded.',
        }),
  })
  return withChangedDeployment(service, id, (deployment) => ({
    ...deployment,
    rolloutState: 'FAILED',
    rolloutStateReason: CIRCUIT_BREAKER_REASON,
    updatedAt: clock.now() / 1000,
  }))
}

function failAndRollBack(
  { ecsTables, clock }: ApplyActionsDeps,
  service: ServiceRecord,
  { failedDeployment, targetDeployment }: { failedDeployment: string; targetDeployment: string },
): ServiceRecord {
  const failed = service.internal.deployments.find(({ id }) => id === failedDeployment)
  if (!failed) return service
  const reason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.'
  updateServiceDeployment(ecsTables, clock, failed.internal.serviceDeployment, {
    status: 'ROLLBACK_IN_PROGRESS',
    statusReason: reason,
    rollback: {
      reason,
      startedAt: clock.now() / 1000,
      serviceRevisionArn: revisionArn(ecsTables, service, targetDeployment),
    },
    deploymentCircuitBreaker: circuitBreakerInResponse(service, failed.failedTasks, 'TRIGGERED'),
  })
  const failedService = withChangedDeployment(service, failedDeployment, (deployment) => ({
    ...deployment,
    rolloutState: 'FAILED',
    rolloutStateReason: CIRCUIT_BREAKER_REASON,
  }))
  return rollBack(
    { ecsTables, clock },
    failedService,
    targetDeployment,
    `ECS deployment circuit breaker: rolling back to deploymentId ${targetDeployment}.`,
  )
}
