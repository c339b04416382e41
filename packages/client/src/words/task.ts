/** The sentence of a task. An ordered table has a sentence for each case, and the first row that applies gives it. */
import type { Task } from '../resources.ts'
import { duration } from './duration.ts'
import type { Sentence } from './service.ts'

export type TaskState = 'stopped' | 'failed' | 'stopping' | 'unhealthy' | 'running' | 'starting' | 'unknown'

type Row = [
  state: TaskState,
  /** ECS's `lastStatus`; undefined for any. */
  status: string | undefined,
  applies: (task: Task) => boolean,
  text: string | ((task: Task) => string),
  /** The member with the time when the state began. */
  since: 'createdAt' | 'startedAt' | 'stoppingAt' | 'stoppedAt' | undefined,
]

/**
 * Whether ECS or a person stopped the task. Its containers then end by SIGTERM, or by SIGKILL after the stop timeout.
 */
const wasStopped = ({ stopCode = '' }: Task) => stopCode.endsWith('Initiated')
const failedExit = (task: Task) =>
  task.containers.find(
    ({ exitCode = 0 }) => exitCode !== 0 && !(wasStopped(task) && (exitCode === 143 || exitCode === 137)),
  )
const always = () => true

/** Whether a deployment or a smaller count made the task unnecessary. A failed health check has another reason. */
const wasReplaced = ({ stoppedReason = '' }: Task) => stoppedReason.startsWith('Scaling activity initiated by')

/** A service can scale in a task at the moment in which its health check failed. */
const failedHealthCheck = (task: Task) =>
  /health check/i.test(task.stoppedReason ?? '') ||
  (wasReplaced(task) && !failedExit(task) && task.healthStatus === 'UNHEALTHY')

const rows: readonly Row[] = [
  ['failed', 'STOPPED', failedHealthCheck, 'Stopped: its health check failed', 'stoppedAt'],
  [
    'failed',
    'STOPPED',
    (task) => failedExit(task) !== undefined,
    (task) => `Stopped: ${failedExit(task)!.name} exited with code ${failedExit(task)!.exitCode}`,
    'stoppedAt',
  ],
  ['stopped', 'STOPPED', wasReplaced, 'Stopped: its service needs it no longer', 'stoppedAt'],
  ['stopped', 'STOPPED', ({ stopCode }) => stopCode === 'UserInitiated', 'Stopped by a request', 'stoppedAt'],
  ['failed', 'STOPPED', ({ stopCode }) => stopCode === 'TaskFailedToStart', 'Stopped before it started', 'stoppedAt'],
  ['stopped', 'STOPPED', always, 'Stopped', 'stoppedAt'],
  ['stopped', 'DELETED', always, 'Deleted', 'stoppedAt'],
  ['stopping', 'DEACTIVATING', always, 'Stopping: ECS removes it from its target groups', 'stoppingAt'],
  ['stopping', 'STOPPING', always, 'Stopping: its containers are being stopped', 'stoppingAt'],
  ['stopping', 'DEPROVISIONING', always, 'Stopping: ECS removes its network', 'stoppingAt'],
  // A task keeps the status RUNNING until ECS begins to stop it.
  ['stopping', undefined, ({ desiredStatus }) => desiredStatus === 'STOPPED', 'Stopping', 'stoppingAt'],
  [
    'unhealthy',
    'RUNNING',
    ({ healthStatus }) => healthStatus === 'UNHEALTHY',
    'Running, but its health check fails',
    'startedAt',
  ],
  ['running', 'RUNNING', always, 'Running', 'startedAt'],
  ['starting', 'PROVISIONING', always, 'Starting: ECS prepares its network', 'createdAt'],
  [
    'starting',
    'PENDING',
    ({ pullStartedAt, pullStoppedAt }) => pullStartedAt !== undefined && pullStoppedAt === undefined,
    'Starting: it is pulling its image',
    'createdAt',
  ],
  ['starting', 'PENDING', always, 'Starting: its containers are created', 'createdAt'],
  ['starting', 'ACTIVATING', always, 'Starting: it is being registered with its target groups', 'createdAt'],
  ['unknown', undefined, always, ({ lastStatus }) => `ECS reports: ${lastStatus}`, undefined],
]

/** Whether a container of the task ran. ECS sets no `startedAt` when a container ends before all have started. */
export function hasRun({ startedAt, containers }: Task): boolean {
  return startedAt !== undefined || containers.some(({ exitCode }) => exitCode !== undefined)
}

/** @param now milliseconds since 1970 */
export function taskSentence(task: Task, now: number): Sentence<TaskState> {
  const [state, , , text, sinceMember] = rows.find(
    ([, status, applies]) => (status === undefined || status === task.lastStatus) && applies(task),
  )!
  const since = sinceMember && task[sinceMember]
  const time = duration(now - Date.parse(since ?? ''))
  const sentence = `${typeof text === 'string' ? text : text(task)}${state === 'unknown' ? '' : '.'}`
  const timed = task.stoppedAt ? sentence.replace(/\.$/, `, ${time} ago.`) : sentence.replace(/^\w+/, `$& for ${time}`)
  return { state, text: time ? timed : sentence, detail: task.stoppedReason, since }
}
