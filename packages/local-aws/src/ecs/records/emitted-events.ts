/**
 * The events that ECS emits to EventBridge when a task or a service has changed (ECS Developer Guide, "Amazon ECS task
 * state change events", "… service action events", "… service deployment state change events"). Events are computed
 * from the record before the change and the record after it, so that no event is emitted without a change.
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
  wantsEvents: (account: string, region: string) => boolean
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
  { wantsEvents, emit }: EventSink,
  clock: Clock,
  { account, region }: AccountRegion,
  before: TaskRecord | undefined,
  task: TaskRecord,
): void {
  if (before?.version === task.version || !wantsEvents(account, region)) return
  const detail = withIsoTimes({ ...taskInEvent(task), updatedAt: clock.now() / 1000 })
  emit(account, region, {
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    resources: [task.taskArn],
    detail,
  })
}

/** Emits an event for each deployment whose rollout state has changed, and for each condition that begins to hold. */
export function emitServiceEvents(
  { wantsEvents, emit }: EventSink,
  clock: Clock,
  { account, region }: AccountRegion,
  before: ServiceRecord | undefined,
  service: ServiceRecord,
): void {
  if (!wantsEvents(account, region)) return
  const resources = [service.serviceArn]
  const changed = service.internal.deployments.filter(
    ({ id, rolloutState }) => rolloutStateOf(before, id) !== rolloutState,
  )
  // Older deployments first: the failure of a deployment comes before the rollback to another deployment.
  for (const deployment of changed.reverse())
    emit(account, region, {
      source: 'aws.ecs',
      'detail-type': 'ECS Deployment State Change',
      resources,
      detail: deploymentDetail(deployment),
    })
  for (const [eventType, eventName] of serviceActions(before?.internal.conditions ?? [], service.internal.conditions)) {
    const detail = { eventType, eventName, clusterArn: service.clusterArn, createdAt: isoTime(clock.now() / 1000) }
    emit(account, region, { source: 'aws.ecs', 'detail-type': 'ECS Service Action', resources, detail })
  }
}

function rolloutStateOf(service: ServiceRecord | undefined, id: string): string | undefined {
  return service?.internal.deployments.find((deployment) => deployment.id === id)?.rolloutState
}

function deploymentDetail({ id, rolloutState, rolloutStateReason, updatedAt }: DeploymentRecord): object {
  return {
    eventType: rolloutState === 'FAILED' ? 'ERROR' : 'INFO',
    eventName: `SERVICE_DEPLOYMENT_${rolloutState}`,
    deploymentId: id,
    updatedAt: isoTime(updatedAt),
    reason: rolloutStateReason,
  }
}

/** The events for conditions that the service has now and did not have before. */
function serviceActions(before: readonly string[], now: readonly string[]): [type: string, name: string][] {
  return now
    .filter((key) => !before.includes(key))
    .flatMap((key): [string, string][] => {
      if (key === 'steady') return [['INFO', 'SERVICE_STEADY_STATE']]
      return key.startsWith('throttled:') ? [['WARN', 'SERVICE_TASK_START_IMPAIRED']] : []
    })
}

/** Replaces the times in the value: in events they are ISO 8601 texts, while the API's are seconds. */
function withIsoTimes(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withIsoTime(name, inner)]))
}

function withIsoTime(name: string, value: unknown): unknown {
  if (typeof value === 'number' && name.endsWith('At')) return isoTime(value)
  if (Array.isArray(value)) return value.map((item: unknown) => withIsoTime('', item))
  return typeof value === 'object' && value !== null ? withIsoTimes(value) : value
}

/** AWS omits trailing zeros of the fraction, and the whole fraction when it is zero. */
function isoTime(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString().replace(/\.?0+Z$/, 'Z')
}
