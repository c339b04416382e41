/**
 * What ECS tells EventBridge when a task or a service has changed (ECS Developer Guide, "Amazon ECS task state change events", "… service action events",
 * "… service deployment state change events"): made from the records before and after, so that no change is told that was not made.
 */
import type { Clock } from '../clock.ts'
import type { DeploymentRecord, ServiceRecord } from './records/service-record.ts'
import type { TaskRecord } from './records/task-record.ts'
import { taskInEvent } from './tasks/task-answer.ts'

interface EcsEvent {
  source: 'aws.ecs'
  'detail-type': 'ECS Task State Change' | 'ECS Service Action' | 'ECS Deployment State Change'
  resources: string[]
  detail: object
}

/** Where events go, if anybody wants them. */
export interface EventSink {
  /** Whether anybody could want one: else it is not made. */
  listens: (account: string, region: string) => boolean
  emit: (account: string, region: string, event: EcsEvent) => void
}

export interface Scope {
  account: string
  region: string
}

/** The new version of a task. What only the engine keeps of it, and its tags, are no new version. */
export function emitTaskEvent(
  { listens, emit }: EventSink,
  clock: Clock,
  { account, region }: Scope,
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

export function emitServiceEvents(
  { listens, emit }: EventSink,
  clock: Clock,
  { account, region }: Scope,
  before: ServiceRecord | undefined,
  service: ServiceRecord,
): void {
  if (!listens(account, region)) return
  const resources = [service.serviceArn]
  const changed = service.engine.deployments.filter(({ id, rolloutState }) => stateOf(before, id) !== rolloutState)
  // The older ones first: one fails, and then another is rolled back to.
  for (const deployment of changed.reverse())
    emit(account, region, {
      source: 'aws.ecs',
      'detail-type': 'ECS Deployment State Change',
      resources,
      detail: ofDeployment(deployment),
    })
  for (const [eventType, eventName] of actionsIn(before?.engine.conditions ?? [], service.engine.conditions)) {
    const detail = { eventType, eventName, clusterArn: service.clusterArn, createdAt: iso(clock.now() / 1000) }
    emit(account, region, { source: 'aws.ecs', 'detail-type': 'ECS Service Action', resources, detail })
  }
}

function stateOf(service: ServiceRecord | undefined, id: string): string | undefined {
  return service?.engine.deployments.find((deployment) => deployment.id === id)?.rolloutState
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

/** What the service was found to be and was not before. */
function actionsIn(before: readonly string[], now: readonly string[]): [type: string, name: string][] {
  return now
    .filter((key) => !before.includes(key))
    .flatMap((key): [string, string][] => {
      if (key === 'steady') return [['INFO', 'SERVICE_STEADY_STATE']]
      return key.startsWith('throttled:') ? [['WARN', 'SERVICE_TASK_START_IMPAIRED']] : []
    })
}

/** In events times are written as text, not in seconds as in AWS JSON. */
function withDates(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, dated(name, inner)]))
}

function dated(name: string, value: unknown): unknown {
  if (typeof value === 'number' && name.endsWith('At')) return iso(value)
  if (Array.isArray(value)) return value.map((item: unknown) => dated('', item))
  return typeof value === 'object' && value !== null ? withDates(value) : value
}

/** AWS cuts the zeros at the end of a fraction, and a fraction of zeros altogether. */
function iso(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString().replace(/\.?0+Z$/, 'Z')
}
