/**
 * Finds the cause of a stopped task. The checks are made in this order: the reason of a container, the reason of the
 * task, a stop by a user, the exit code of a container. An exit code comes last because it is the least specific: a
 * container that fails its health check is killed and has an exit code, too.
 *
 * A service can scale in a task that fails by itself at the same moment. Then the failure is the cause.
 */
import type { StoppedContainer } from '../logs/last-lines.ts'
import type { TaskResource } from '../tasks/schema.ts'
import type { Cause } from './cause.ts'
import { causeOfText } from './causes.ts'
import type { Evidence, Finding } from './diagnosis.ts'
import { unknownCause } from './event-causes.ts'
import { exitCause, stopCodeCause } from './exit-causes.ts'
import { reasonCauses } from './reason-causes.ts'

interface ContainerFacts {
  name?: string
  exitCode?: number
  reason?: string
  healthStatus?: string
}

/** The members of a task that its diagnosis needs, in the API's shape. */
export interface TaskFacts {
  id: string
  taskDefinition?: string
  createdAt?: string
  startedAt?: string
  stoppingAt?: string
  executionStoppedAt?: string
  stopCode?: string
  stoppedReason?: string
  stoppedAt?: string
  group?: string
  containers?: ContainerFacts[]
}

export function asTaskFacts(task: TaskResource): TaskFacts {
  return task as unknown as TaskFacts
}

/**
 * Returns the cause with its evidence.
 * @param path the task's path in this API
 */
export function findStopCause(task: TaskFacts, path: string): Finding {
  const { stoppedReason = '', stopCode, containers = [] } = task
  const cause = causeOf(task)
  const isEndedByEcs = isStopByEcs(task) && !endedByItself(task)
  const failed = containers.filter(
    ({ reason, exitCode }) => reason || (exitCode && !(isEndedByEcs && isSignal(exitCode))),
  )
  const decisiveContainer =
    failed.find(({ reason }) => reason) ?? failed[0] ?? containers.find((each) => each.exitCode === 0)
  // When ECS gives a reason why it stopped the task, the exit codes of the containers are only a consequence.
  const isCausedByContainer =
    decisiveContainer?.reason !== undefined || endedByItself(task) || !causeOfText(stoppedReason, reasonCauses)
  const subject =
    decisiveContainer && isCausedByContainer && cause.severity !== 'expected'
      ? ` (container ${containerText(decisiveContainer)})`
      : ''
  // When a container did not start, ECS repeats its reason as the reason of the task.
  const isRepeatedReason = stopCode !== undefined && failed.some(({ reason }) => reason === stoppedReason)
  const reasonOfTask = isRepeatedReason ? undefined : stoppedReason
  // A task that had failed when its service scaled it in has the reason of the scaling, which explains nothing.
  const isReasonOfScaling = cause.code !== 'ScaledIn' && causeOfText(stoppedReason, reasonCauses)?.code === 'ScaledIn'
  const textOfTask = [stopCode, reasonOfTask].filter(Boolean).join(': ') || 'no reason was given'
  const unhealthy = containers.filter(({ healthStatus }) => healthStatus === 'UNHEALTHY')
  const evidence: Evidence[] = [
    ...failed.map((container) => evidenceOf(task, `container ${containerText(container)}`, 'container', path)),
    ...(isReasonOfScaling ? unhealthy.filter((container) => !failed.includes(container)) : []).map(({ name }) =>
      evidenceOf(task, `container ${name}: UNHEALTHY`, 'task', path),
    ),
    ...(isReasonOfScaling && failed.length + unhealthy.length > 0 ? [] : [evidenceOf(task, textOfTask, 'task', path)]),
  ]
  const exited = [...failed, ...unhealthy, ...containers].find(({ exitCode }) => exitCode)
  const loggedContainer =
    exited && cause.severity !== 'expected' ? { loggedContainer: { ...stoppedContainer(task, exited), path } } : {}
  const healthCheck = {
    taskDefinition: task.taskDefinition ?? '',
    unhealthyContainers: unhealthy.flatMap(({ name }) => name ?? []),
  }
  return { cause, summary: `${cause.title}${subject}.`, evidence, ...loggedContainer, healthCheck }
}

/** Whether the service stopped the task, such as after a failed health check. A stop by a person does not count. */
const isStopByEcs = ({ stopCode }: TaskFacts) => stopCode === 'ServiceSchedulerInitiated'
/** Exit code 143 is SIGTERM and 137 is SIGKILL: a requested stop ends most programs with one of them. */
const isSignal = (exitCode: number) => exitCode === 143 || exitCode === 137

/**
 * Whether a container failed before ECS stopped the task: the task never counted as running, or it had ended already.
 */
function endedByItself({ startedAt, stoppingAt = '', executionStoppedAt = '', containers = [] }: TaskFacts): boolean {
  if (!containers.some(({ exitCode = 0 }) => exitCode !== 0 && !isSignal(exitCode))) return false
  return startedAt === undefined || Date.parse(executionStoppedAt) < Date.parse(stoppingAt)
}

function stoppedContainer(task: TaskFacts, { name = '' }: ContainerFacts): StoppedContainer {
  const { id, taskDefinition = '', createdAt = 0, stoppedAt = 0 } = task
  return {
    task: id,
    taskDefinition,
    container: name,
    createdAt: new Date(createdAt).getTime(),
    stoppedAt: new Date(stoppedAt).getTime(),
  }
}

function causeOf(task: TaskFacts): Cause {
  const { stopCode, stoppedReason = '', containers = [] } = task
  const reasons = [...containers.map(({ reason = '' }) => reason), stoppedReason].filter(Boolean)
  for (const reason of reasons) {
    const cause = causeOfText(reason, reasonCauses)
    if (cause?.code === 'ScaledIn') return failureBeforeScaleIn(task) ?? cause
    if (cause) return cause
  }
  const causeOfStopCode = stopCodeCause(stopCode)
  if (causeOfStopCode) return causeOfStopCode
  if (reasons.some((reason) => !genericReason.test(reason))) return unknownCause
  const exits = containers.flatMap(({ exitCode }) => exitCode ?? [])
  const exitCode = exits.find((code) => code !== 0) ?? exits[0]
  return exitCode === undefined ? unknownCause : exitCause(exitCode)
}

/** Returns why the task had already failed when its service scaled it in; undefined when it had not failed. */
function failureBeforeScaleIn(task: TaskFacts): Cause | undefined {
  const { containers = [] } = task
  const exit = containers.find(({ exitCode = 0 }) => exitCode !== 0 && !isSignal(exitCode))?.exitCode
  if (exit !== undefined && endedByItself(task)) return exitCause(exit)
  const isUnhealthy = containers.some(({ healthStatus }) => healthStatus === 'UNHEALTHY')
  return isUnhealthy ? causeOfText('failed container health checks', reasonCauses) : undefined
}

/** Wordings that only say that the task stopped. */
const genericReason = /^(?:Essential container in task exited|Task stopped by|Container exited)/i

function containerText({ name, exitCode, reason }: ContainerFacts): string {
  return `${name}: ${[exitCode !== undefined && `exit code ${exitCode}`, reason].filter(Boolean).join(', ')}`
}

function evidenceOf({ stoppedAt }: TaskFacts, text: string, kind: Evidence['kind'], resource: string): Evidence {
  return { kind, ...(stoppedAt !== undefined && { at: stoppedAt }), text, resource }
}
