/** The sentence of a task. An ordered table has a sentence for each case, and the first row that applies gives it. */
import type { Task } from '../resources.ts'
import { duration } from './duration.ts'
import type { Sentence } from './service.ts'

export type TaskState = 'stopped' | 'failed' | 'stopping' | 'unhealthy' | 'running' | 'starting' | 'unknown'

type Row = [
  state: TaskState,
  applies: (task: Task) => boolean,
  text: (task: Task) => string,
  since: (task: Task) => string | undefined,
]

/**
 * Whether ECS or a person stopped the task. Its containers then end by SIGTERM, or by SIGKILL after the stop timeout.
 */
const wasStopped = ({ stopCode = '' }: Task) => stopCode.endsWith('Initiated')
const failedExit = (task: Task) =>
  task.containers.find(
    ({ exitCode = 0 }) => exitCode !== 0 && !(wasStopped(task) && (exitCode === 143 || exitCode === 137)),
  )
const isAt = (status: string) => (task: Task) => task.lastStatus === status
const createdAtOf = ({ createdAt }: Task) => createdAt
const stoppedAtOf = ({ stoppedAt }: Task) => stoppedAt

/** Whether a deployment or a smaller count made the task unnecessary. A failed health check has another reason. */
const wasReplaced = ({ stoppedReason = '' }: Task) => stoppedReason.startsWith('Scaling activity initiated by')

/** A service can scale in a task at the moment in which its health check failed. */
const failedHealthCheck = (task: Task) =>
  /health check/i.test(task.stoppedReason ?? '') ||
  (wasReplaced(task) && !failedExit(task) && task.healthStatus === 'UNHEALTHY')

/** By status: the step that ECS takes. A task keeps the status RUNNING until ECS begins to stop it. */
const stoppingSteps: Readonly<Record<string, string>> = {
  DEACTIVATING: 'Stopping: ECS removes it from its target groups',
  STOPPING: 'Stopping: its containers are being stopped',
  DEPROVISIONING: 'Stopping: ECS removes its network',
}

const rows: readonly Row[] = [
  [
    'failed',
    (task) => isAt('STOPPED')(task) && failedHealthCheck(task),
    () => 'Stopped: its health check failed',
    stoppedAtOf,
  ],
  [
    'failed',
    (task) => isAt('STOPPED')(task) && failedExit(task) !== undefined,
    (task) => `Stopped: the container ${failedExit(task)!.name} exited with code ${failedExit(task)!.exitCode}`,
    stoppedAtOf,
  ],
  [
    'stopped',
    (task) => isAt('STOPPED')(task) && wasReplaced(task),
    () => 'Stopped: its service needs it no longer',
    stoppedAtOf,
  ],
  [
    'stopped',
    (task) => isAt('STOPPED')(task) && task.stopCode === 'UserInitiated',
    () => 'Stopped by a request',
    stoppedAtOf,
  ],
  [
    'failed',
    (task) => isAt('STOPPED')(task) && task.stopCode === 'TaskFailedToStart',
    () => 'Stopped before it started',
    stoppedAtOf,
  ],
  ['stopped', isAt('STOPPED'), () => 'Stopped', stoppedAtOf],
  ['stopped', isAt('DELETED'), () => 'Deleted', stoppedAtOf],
  [
    'stopping',
    ({ lastStatus, desiredStatus }) =>
      desiredStatus === 'STOPPED' || /^(DEACTIVATING|STOPPING|DEPROVISIONING)$/.test(lastStatus),
    ({ lastStatus }) => stoppingSteps[lastStatus] ?? 'Stopping',
    ({ stoppingAt }) => stoppingAt,
  ],
  [
    'unhealthy',
    (task) => isAt('RUNNING')(task) && task.healthStatus === 'UNHEALTHY',
    () => 'Running, but its health check fails',
    ({ startedAt }) => startedAt,
  ],
  ['running', isAt('RUNNING'), () => 'Running', ({ startedAt }) => startedAt],
  ['starting', isAt('PROVISIONING'), () => 'Starting: ECS prepares its network', createdAtOf],
  [
    'starting',
    (task) => isAt('PENDING')(task) && task.pullStartedAt !== undefined && task.pullStoppedAt === undefined,
    () => 'Starting: it is pulling its image',
    ({ pullStartedAt }) => pullStartedAt,
  ],
  ['starting', isAt('PENDING'), () => 'Starting: its containers are created', createdAtOf],
  ['starting', isAt('ACTIVATING'), () => 'Starting: it is being registered with its target groups', createdAtOf],
  ['unknown', () => true, ({ lastStatus }) => `ECS reports: ${lastStatus}`, () => undefined],
]

/** Whether a container of the task ran. ECS sets no `startedAt` when a container ends before all have started. */
export function hasRun({ startedAt, containers }: Task): boolean {
  return startedAt !== undefined || containers.some(({ exitCode }) => exitCode !== undefined)
}

/** @param now milliseconds since 1970 */
export function taskSentence(task: Task, now: number): Sentence<TaskState> {
  const [state, , text, sinceOf] = rows.find(([, applies]) => applies(task))!
  const since = sinceOf(task)
  const time = duration(now - Date.parse(since ?? ''))
  const when = time && (task.stoppedAt === undefined ? ` (${time})` : `, ${time} ago`)
  return { state, text: `${text(task)}${when}${state === 'unknown' ? '' : '.'}`, detail: task.stoppedReason, since }
}
