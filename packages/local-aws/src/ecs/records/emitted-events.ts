/**
 * The events that ECS emits to EventBridge when a task or a service has changed (ECS Developer Guide, "Amazon ECS task
 * state change events", "… service action events", "… service deployment state change events"). They are computed from
 * the record before and after, so that no event is emitted without a change.
 */
import type { Clock } from '../../clock.ts'
import { taskInEvent } from '../tasks/task-answer.ts'
import type { DeploymentRecord, ServiceRecord } from './service-record.ts'
import type { TaskRecord } from './task-record.ts'

interface EcsEvent {
  source: 'aws.ecs'
  'detail-type': 'ECS Task State Change' | 'ECS Service Action' | 'ECS Deployment State Change'
  resources: string[]
  detail: object
}

/** The receiver of events. */
export interface EventSink {
  /** Whether the receiver could want an event of this account and Region. Otherwise the event is not built. */
  listens: (account: string, region: string) => boolean
  emit: (account: string, region: string, event: EcsEvent) => void
}

export interface AccountRegion {
  account: string
  region: string
}

/**
 * Emits an event for each new version of a task. Changes of tags and of the engine's own state are not new versions.
 */
export function emitTaskEvent(
  { listens, emit }: EventSink,
  clock: Clock,
  { account, region }: AccountRegion,
  before: TaskRecord | undefined,
  task: TaskRecord,
): void {
  if (before?.version === task.version || !listens(account, region)) return
  const detail = withDates({ ...taskInEvent(task), updatedAt: clock.now() / 1000 })
  emit(account, region, {
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    resources: [task.taskArn],
    detail,
  })
}

/** Emits an event for each deployment whose rollout state has changed, and for each condition that has begun. */
export function emitServiceEvents(
  { listens, emit }: EventSink,
  clock: Clock,
  { account, region }: AccountRegion,
  before: ServiceRecord | undefined,
  service: ServiceRecord,
): void {
  if (!listens(account, region)) return
  const resources = [service.serviceArn]
  const changed = service.engineState.deployments.filter(({ id, rolloutState }) => stateOf(before, id) !== rolloutState)
  // Older deployments first: when a deployment fails, the rollback to another one comes after it.
  for (const deployment of changed.reverse())
    emit(account, region, {
      source: 'aws.ecs',
      'detail-type': 'ECS Deployment State Change',
      resources,
      detail: ofDeployment(deployment),
    })
  for (const [eventType, eventName] of actionsIn(
    before?.engineState.conditions ?? [],
    service.engineState.conditions,
  )) {
    const detail = { eventType, eventName, clusterArn: service.clusterArn, createdAt: iso(clock.now() / 1000) }
    emit(account, region, { source: 'aws.ecs', 'detail-type': 'ECS Service Action', resources, detail })
  }
}

function stateOf(service: ServiceRecord | undefined, id: string): string | undefined {
  return service?.engineState.deployments.find((deployment) => deployment.id === id)?.rolloutState
}

function ofDeployment({ id, rolloutState, rolloutStateReason, updatedAt }: DeploymentRecord): object {
  return {
    eventType: rolloutState === 'FAILED' ? 'ERROR' : 'INFO',
    eventName: `SERVICE_DEPLOYMENT_${rolloutState}`,
    deploymentId: id,
    updatedAt: iso(updatedAt),
    reason: rolloutStateReason,
  }
}

/** The events for conditions that the service has now and did not have before. */
function actionsIn(before: readonly string[], now: readonly string[]): [type: string, name: string][] {
  return now
    .filter((key) => !before.includes(key))
    .flatMap((key): [string, string][] => {
      if (key === 'steady') return [['INFO', 'SERVICE_STEADY_STATE']]
      return key.startsWith('throttled:') ? [['WARN', 'SERVICE_TASK_START_IMPAIRED']] : []
    })
}

/** Times in events are ISO 8601 texts, not seconds as in AWS JSON. */
function withDates(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, dated(name, inner)]))
}

function dated(name: string, value: unknown): unknown {
  if (typeof value === 'number' && name.endsWith('At')) return iso(value)
  if (Array.isArray(value)) return value.map((item: unknown) => dated('', item))
  return typeof value === 'object' && value !== null ? withDates(value) : value
}

/** AWS omits trailing zeros of the fraction, and the whole fraction when it is zero. */
function iso(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString().replace(/\.?0+Z$/, 'Z')
}
