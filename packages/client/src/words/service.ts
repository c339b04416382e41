/**
 * The sentence of a service, from counts and states alone: one ordered table, whose first row that applies says it.
 * Causes, urgency and `waitingFor` come from the gateway; `waitingFor` is shown as it is, in `detail`.
 */
import type { Service, ServiceDeployment } from '../resources.ts'
import { duration } from './duration.ts'

export type ServiceState =
  | 'deleted'
  | 'draining'
  | 'unknown'
  | 'rollback-failed'
  | 'rolling-back'
  | 'waiting'
  | 'deploying'
  | 'failing'
  | 'stopping-deployment'
  | 'down'
  | 'short'
  | 'rolled-back'
  | 'failed'
  | 'surplus'
  | 'scaled-to-zero'
  | 'steady'

export interface Sentence<State extends string> {
  state: State
  text: string
  /** The present step or its reason, in the words of the gateway or of ECS. */
  detail: string | undefined
  /** When the state began (ISO 8601), where that is known. */
  since: string | undefined
}

interface Seen {
  service: Service
  /** The newest deployment. */
  newest: ServiceDeployment | undefined
  primary: Service['deployments'][number] | undefined
  now: number
}

interface Row {
  state: ServiceState
  applies: (seen: Seen) => boolean
  since?: (seen: Seen) => string | undefined
  /** @param ago the time since `since`, in brackets and with a space; empty where it is not known */
  text: (seen: Seen, ago: string) => string
  detail?: (seen: Seen) => string | undefined
}

const dayMs = 86_400_000
const known =
  /^(PENDING|IN_PROGRESS|SUCCESSFUL|STOP_REQUESTED|STOPPED|ROLLBACK_(REQUESTED|IN_PROGRESS|SUCCESSFUL|FAILED))$/

const is = (status: RegExp) => (seen: Seen) => status.test(seen.newest?.status ?? '')
const began = ({ newest, primary }: Seen) => newest?.startedAt ?? newest?.createdAt ?? primary?.createdAt
const ended = ({ newest }: Seen) => newest?.finishedAt ?? newest?.stoppedAt ?? newest?.updatedAt
const reason = ({ newest }: Seen) => newest?.statusReason
const running = ({ service: { runningCount, desiredCount } }: Seen) =>
  `${runningCount} of ${desiredCount} ${desiredCount === 1 ? 'task' : 'tasks'} running`
const pauseHook = ({ newest }: Seen) => newest?.lifecycleHookDetails?.find(({ status }) => status === 'AWAITING_ACTION')
const isRecent = (at: string | undefined, now: number) => at !== undefined && now - Date.parse(at) < dayMs

/** `web:8`: the definition of the deployment, while the service has it. */
function targetOf({ service, newest, primary }: Seen): string | undefined {
  const number = newest?.targetServiceRevision.arn.split('/').at(-1)
  if (newest === undefined) return primary?.taskDefinition
  return service.deployments.find(({ id }) => id === `ecs-svc/${number}`)?.taskDefinition
}

const deploymentOf = (seen: Seen) => {
  const target = targetOf(seen)
  return target ? `The deployment of ${target}` : 'The last deployment'
}

/** ECS counts the tasks of a deployment that failed one after the other. */
const failedTasks = ({ newest, primary }: Seen) =>
  (newest === undefined ? primary?.rolloutState : newest.status) === 'IN_PROGRESS' ? (primary?.failedTasks ?? 0) : 0

function progressText(seen: Seen, ago: string): string {
  const target = seen.newest?.targetServiceRevision
  const [now, wanted, pending] = target
    ? [target.runningTaskCount, target.requestedTaskCount, target.pendingTaskCount]
    : [seen.primary?.runningCount, seen.primary?.desiredCount, seen.primary?.pendingCount]
  const waiting = pending ? `, ${pending} ${pending === 1 ? 'is' : 'are'} starting` : ''
  const failed = failedTasks(seen) > 0 ? `, ${failedTasks(seen)} failed` : ''
  const counts = `${now} of ${wanted} new tasks are running${waiting}${failed}`
  return `Deploying ${targetOf(seen) ?? 'a new revision'}: ${counts}${ago}.`
}

const rows: readonly Row[] = [
  { state: 'deleted', applies: ({ service }) => service.status === 'INACTIVE', text: () => 'Deleted.' },
  {
    state: 'draining',
    applies: ({ service }) => service.status === 'DRAINING',
    text: ({ service }) => `Being deleted: ${service.runningCount} tasks are still running.`,
  },
  {
    state: 'unknown',
    applies: ({ service }) => service.status !== 'ACTIVE',
    text: ({ service }) => `ECS reports: ${service.status}`,
  },
  {
    state: 'unknown',
    applies: ({ newest }) => newest !== undefined && !known.test(newest.status),
    text: ({ newest }) => `ECS reports: ${newest!.status}`,
    detail: reason,
  },
  {
    state: 'rollback-failed',
    applies: is(/^ROLLBACK_FAILED$/),
    since: ended,
    text: (seen, ago) => `${deploymentOf(seen)} failed, and so did its rollback${ago}.`,
    detail: reason,
  },
  {
    state: 'rolling-back',
    applies: is(/^ROLLBACK_(REQUESTED|IN_PROGRESS)$/),
    since: ({ newest }) => newest?.rollback?.startedAt,
    text: (seen, ago) => `${deploymentOf(seen)} failed; ECS is rolling back${ago}.`,
    detail: (seen) => seen.newest?.rollback?.reason ?? reason(seen),
  },
  {
    state: 'stopping-deployment',
    applies: is(/^STOP_REQUESTED$/),
    since: began,
    text: (seen) => `${deploymentOf(seen)} is being stopped.`,
    detail: reason,
  },
  {
    state: 'waiting',
    applies: (seen) => is(/^IN_PROGRESS$/)(seen) && pauseHook(seen) !== undefined,
    since: began,
    text: ({ newest }, ago) => {
      const stage = newest?.lifecycleStage?.toLowerCase().replaceAll('_', ' ')
      return `Waiting for you at the PAUSE hook${stage ? ` (${stage})` : ''}; deploying${ago}.`
    },
  },
  { state: 'failing', applies: (seen) => failedTasks(seen) > 0, since: began, text: progressText },
  { state: 'deploying', applies: is(/^(PENDING|IN_PROGRESS)$/), since: began, text: progressText },
  {
    state: 'deploying',
    applies: ({ newest, primary }) => newest === undefined && primary?.rolloutState === 'IN_PROGRESS',
    since: began,
    text: progressText,
  },
  {
    state: 'down',
    applies: ({ service }) => service.runningCount === 0 && service.desiredCount > 0,
    text: (seen) => `No task is running: ${running(seen)}${pendingText(seen)}.`,
  },
  {
    state: 'short',
    applies: ({ service }) => service.runningCount < service.desiredCount,
    text: (seen) => `${running(seen)}${pendingText(seen)}.`,
  },
  {
    state: 'rolled-back',
    applies: (seen) => is(/^ROLLBACK_SUCCESSFUL$/)(seen) && isRecent(ended(seen), seen.now),
    since: ended,
    text: (seen, ago) => `${deploymentOf(seen)} failed; ECS rolled back to ${seen.service.taskDefinition}${ago}.`,
    detail: reason,
  },
  {
    state: 'failed',
    applies: (seen) =>
      (is(/^STOPPED$/)(seen) && isRecent(ended(seen), seen.now)) ||
      (seen.newest === undefined && seen.primary?.rolloutState === 'FAILED'),
    since: (seen) => ended(seen) ?? seen.primary?.updatedAt,
    text: (seen, ago) => `${deploymentOf(seen)} did not finish${ago}; ${running(seen)}.`,
    detail: (seen) => reason(seen) ?? seen.primary?.rolloutStateReason,
  },
  {
    state: 'surplus',
    applies: ({ service }) => service.runningCount + service.pendingCount > service.desiredCount,
    text: (seen) => `${running(seen)}: ECS stops the others.`,
  },
  { state: 'scaled-to-zero', applies: ({ service }) => service.desiredCount === 0, text: () => 'Scaled to 0 tasks.' },
  {
    state: 'steady',
    applies: () => true,
    since: steadyAt,
    text: (seen) => {
      const time = duration(seen.now - Date.parse(steadyAt(seen) ?? ''))
      return `${running(seen)}, steady${time && ` for ${time}`}.`
    },
  },
]

/** The end of the deployment, or the event after a later change of the count. */
function steadyAt({ newest, primary, service: { events = [] } }: Seen): string | undefined {
  const at = newest?.finishedAt ?? primary?.updatedAt
  const event = events.find(({ message }) => /has reached a steady state/.test(message))?.createdAt
  if (at === undefined || event === undefined) return at ?? event
  return Date.parse(event) > Date.parse(at) ? event : at
}

function pendingText({ service: { pendingCount } }: Seen): string {
  return pendingCount > 0 ? `, ${pendingCount} starting` : ''
}

/**
 * @param deployments the deployments of the service, newest first; without them the service's own list is used
 * @param now milliseconds since 1970
 */
export function sentence(
  service: Service,
  deployments: readonly ServiceDeployment[],
  now: number,
): Sentence<ServiceState> {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY')
  const seen: Seen = { service, newest: deployments[0], primary, now }
  const row = rows.find(({ applies }) => applies(seen))!
  const since = row.since?.(seen)
  const time = duration(now - Date.parse(since ?? ''))
  return {
    state: row.state,
    text: row.text(seen, time && ` (${time})`),
    detail: row.detail ? row.detail(seen) : deployments[0]?.waitingFor,
    since,
  }
}
