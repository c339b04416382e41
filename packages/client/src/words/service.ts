/**
 * The sentence of a service, from its counts and states alone. An ordered table has a sentence for each case, and the
 * first row that applies gives it. `waitingFor` comes from the gateway and is shown unchanged, in `detail`; a pause has
 * it in `text`.
 */
import type { Service, ServiceDeployment } from '../resources.ts'
import { hadNoRollbackTarget, isPaused } from './deployment.ts'
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
  | 'unstable'
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
  /** The current step or its reason, in the words of the gateway or of ECS. */
  detail: string | undefined
  /** When the state began (ISO 8601), where that is known. */
  since: string | undefined
}

interface Facts {
  service: Service
  /** The newest deployment of `…/deployments`. */
  newest: ServiceDeployment | undefined
  /** The entry of `Service.deployments` with the status PRIMARY. */
  primary: Service['deployments'][number] | undefined
  now: number
}

interface Row {
  state: ServiceState
  applies: (facts: Facts) => boolean
  since?: (facts: Facts) => string | undefined
  /** @param time the time since `since`, such as `5 min`; empty where it is not known */
  text: (facts: Facts, time: string) => string
  detail?: (facts: Facts) => string | undefined
}

const dayMs = 86_400_000
const knownStatus =
  /^(PENDING|IN_PROGRESS|SUCCESSFUL|STOP_REQUESTED|STOPPED|ROLLBACK_(REQUESTED|IN_PROGRESS|SUCCESSFUL|FAILED))$/

const hasStatus = (status: RegExp) => (facts: Facts) => status.test(facts.newest?.status ?? '')
const startTime = ({ newest, primary }: Facts) => newest?.startedAt ?? newest?.createdAt ?? primary?.createdAt
const endTime = ({ newest }: Facts) => newest?.finishedAt ?? newest?.stoppedAt ?? newest?.updatedAt
const statusReason = ({ newest }: Facts) => newest?.statusReason
const runningText = ({ service: { runningCount, desiredCount } }: Facts) =>
  `${runningCount} of ${desiredCount} ${desiredCount === 1 ? 'task' : 'tasks'} running`
const isRecent = (at: string | undefined, now: number) => at !== undefined && now - Date.parse(at) < dayMs

/** The task definition of the newest deployment, such as `web:8`; undefined when the service no longer lists it. */
function targetDefinitionOf({ service, newest, primary }: Facts): string | undefined {
  if (newest === undefined) return primary?.taskDefinition
  return service.deployments.find(({ id }) => id === deploymentIdOf(newest.targetServiceRevision.arn))?.taskDefinition
}

/** The id of the deployment of a service revision. */
const deploymentIdOf = (revisionArn: string) => `ecs-svc/${revisionArn.split('/').at(-1)}`

const deploymentSubject = (facts: Facts) => {
  const target = targetDefinitionOf(facts)
  return target ? `The deployment of ${target}` : 'The last deployment'
}

/** The number of the deployment's tasks that failed one after the other, as ECS counts them. */
const failedTaskCount = ({ newest, primary }: Facts) =>
  (newest === undefined ? primary?.rolloutState : newest.status) === 'IN_PROGRESS' ? (primary?.failedTasks ?? 0) : 0

/** `The deployment of web:8 failed 5 min ago` */
const failedText = (facts: Facts, time: string) => `${deploymentSubject(facts)} failed${time && ` ${time} ago`}`

function progressText(facts: Facts, time: string): string {
  const target = facts.newest?.targetServiceRevision
  // The service is read more often than its deployments, and has the counts of the failed tasks.
  const isPrimary = target !== undefined && facts.primary?.id === deploymentIdOf(target.arn)
  const [started, requested, pending] =
    target && !isPrimary
      ? [target.runningTaskCount, target.requestedTaskCount, target.pendingTaskCount]
      : [facts.primary?.runningCount, facts.primary?.desiredCount, facts.primary?.pendingCount]
  const waiting = pending ? `, ${pending} ${pending === 1 ? 'is' : 'are'} starting` : ''
  const failed = failedTaskCount(facts) > 0 ? `, ${failedTaskCount(facts)} failed` : ''
  const counts = requested ? `: ${started} of ${requested} new tasks are running${waiting}${failed}` : ''
  return `Deploying ${targetDefinitionOf(facts) ?? 'a new revision'}${time && ` for ${time}`}${counts}.`
}

const rows: readonly Row[] = [
  { state: 'deleted', applies: ({ service }) => service.status === 'INACTIVE', text: () => 'Deleted.' },
  {
    state: 'draining',
    applies: ({ service }) => service.status === 'DRAINING',
    text: ({ service }) =>
      `Being deleted: ${service.runningCount || 'the last'} ${service.runningCount === 1 ? 'task is' : 'tasks are'} stopping.`,
  },
  {
    state: 'unknown',
    applies: ({ service }) => service.status !== 'ACTIVE',
    text: ({ service }) => `ECS reports: ${service.status}`,
  },
  {
    state: 'unknown',
    applies: ({ newest }) => newest !== undefined && !knownStatus.test(newest.status),
    text: ({ newest }) => `ECS reports: ${newest!.status}`,
    detail: statusReason,
  },
  {
    state: 'rollback-failed',
    applies: hasStatus(/^ROLLBACK_FAILED$/),
    since: endTime,
    text: (facts, time) =>
      `${failedText(facts, time)}; ${
        hadNoRollbackTarget(facts.newest!) ? 'there is no earlier release' : 'ECS could not roll it back'
      }.`,
    detail: statusReason,
  },
  {
    state: 'rolling-back',
    applies: hasStatus(/^ROLLBACK_(REQUESTED|IN_PROGRESS)$/),
    since: ({ newest }) => newest?.rollback?.startedAt,
    text: (facts, time) => `${failedText(facts, time)}; ECS is rolling back.`,
    detail: (facts) => facts.newest?.rollback?.reason ?? statusReason(facts),
  },
  {
    state: 'stopping-deployment',
    applies: hasStatus(/^STOP_REQUESTED$/),
    since: startTime,
    text: (facts) => `${deploymentSubject(facts)} is being stopped.`,
    detail: statusReason,
  },
  {
    state: 'waiting',
    applies: ({ newest }) => newest !== undefined && isPaused(newest),
    since: ({ newest }) => newest?.waitingSince,
    text: ({ newest }) => `${newest?.waitingFor}.`,
    detail: () => undefined,
  },
  { state: 'failing', applies: (facts) => failedTaskCount(facts) > 0, since: startTime, text: progressText },
  { state: 'deploying', applies: hasStatus(/^(PENDING|IN_PROGRESS)$/), since: startTime, text: progressText },
  {
    state: 'deploying',
    applies: ({ newest, primary }) => newest === undefined && primary?.rolloutState === 'IN_PROGRESS',
    since: startTime,
    text: progressText,
  },
  {
    state: 'unstable',
    applies: (facts) => replacedTaskCount(facts) > 0,
    text: (facts) => `${runningText(facts)}, and tasks keep ending: ${replacedTaskCount(facts)} in the last 10 min.`,
  },
  {
    state: 'down',
    applies: ({ service }) => service.runningCount === 0 && service.desiredCount > 0,
    text: (facts) => `No task is running: ${runningText(facts)}${pendingText(facts)}.`,
  },
  {
    state: 'short',
    applies: ({ service }) => service.runningCount < service.desiredCount,
    text: (facts) => `${runningText(facts)}${pendingText(facts)}.`,
  },
  {
    state: 'rolled-back',
    applies: (facts) => hasStatus(/^ROLLBACK_SUCCESSFUL$/)(facts) && isRecent(endTime(facts), facts.now),
    since: endTime,
    text: (facts, time) => `${failedText(facts, time)}; ECS rolled back to ${facts.service.taskDefinition}.`,
    detail: statusReason,
  },
  {
    state: 'failed',
    applies: (facts) =>
      (hasStatus(/^STOPPED$/)(facts) && isRecent(endTime(facts), facts.now)) ||
      (facts.newest === undefined && facts.primary?.rolloutState === 'FAILED'),
    since: (facts) => endTime(facts) ?? facts.primary?.updatedAt,
    text: (facts, time) =>
      `${deploymentSubject(facts)} did not finish${time && ` (${time} ago)`}; ${runningText(facts)}.`,
    detail: (facts) => statusReason(facts) ?? facts.primary?.rolloutStateReason,
  },
  {
    state: 'surplus',
    applies: ({ service }) => service.runningCount + service.pendingCount > service.desiredCount,
    text: (facts) => `${runningText(facts)}: ECS stops the others.`,
  },
  { state: 'scaled-to-zero', applies: ({ service }) => service.desiredCount === 0, text: () => 'Scaled to 0 tasks.' },
  {
    state: 'steady',
    applies: () => true,
    since: steadyAt,
    text: (facts, time) => `${runningText(facts)}, steady${time && ` for ${time}`}.`,
  },
]

/**
 * The number of tasks that ended by themselves, by the events of their replacements since the deployment. It is 0 below
 * three, when a scale-out can have started them, and when no task is desired.
 */
function replacedTaskCount({ newest, primary, now, service: { desiredCount, events = [] } }: Facts): number {
  const completed = events.find(({ message }) => message.includes(`${primary?.id}) deployment completed`))
  // The event comes first, because a list of services has no deployments: so the list and the page of a service count
  // alike.
  const deployedAt = Date.parse(completed?.createdAt ?? newest?.finishedAt ?? primary?.createdAt ?? '') || 0
  let count = 0
  for (const { createdAt, message } of events) {
    const [, started, stopped] = / has (?:started (\d+)|stopped (\d+) running) tasks/.exec(message) ?? []
    if (Date.parse(createdAt) > Math.max(now - 600_000, deployedAt)) count += +(started ?? -(stopped ?? 0))
  }
  return desiredCount && count > Math.max(2, desiredCount) ? count : 0
}

/**
 * When the service became steady: at the end of its deployment, or at a later event of a steady state. After a change
 * of the count that event comes late, so until then the last start or stop of tasks counts.
 */
function steadyAt({ newest, primary, service: { events = [] } }: Facts): string | undefined {
  const at = newest?.finishedAt ?? primary?.updatedAt
  const event = events.find(({ message }) => /has (started|stopped|reached a steady) /.test(message))?.createdAt
  return at && event && at > event ? at : (event ?? at)
}

function pendingText({ service: { pendingCount } }: Facts): string {
  return pendingCount > 0 ? `, ${pendingCount} starting` : ''
}

/** Whether the deployments were read before the service, and lack a deployment that has begun since. */
const isOutdated = (newest: ServiceDeployment | undefined, primary: Facts['primary']) =>
  // Times of the API sort as texts.
  (primary?.createdAt ?? '') > (newest?.finishedAt ?? newest?.stoppedAt ?? '~')

/**
 * @param deployments the deployments of the service, newest first; without them the service's own list is used
 * @param now milliseconds since 1970
 */
export function serviceSentence(
  service: Service,
  deployments: readonly ServiceDeployment[],
  now: number,
): Sentence<ServiceState> {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY')
  const newest = isOutdated(deployments[0], primary) ? undefined : deployments[0]
  const facts: Facts = { service, newest, primary, now }
  const row = rows.find(({ applies }) => applies(facts))!
  const since = row.since?.(facts)
  return {
    state: row.state,
    text: row.text(facts, duration(now - Date.parse(since ?? ''))),
    detail: row.detail ? row.detail(facts) : newest?.waitingFor,
    since,
  }
}
