/**
 * The stages of a task's life, with the times that ECS knows. ECS also sets the end time of a stage that failed. Only
 * the stop reasons tell a failure from a success.
 */
import type { Task } from '@ecs-api/client'
import { taskSentence } from '@ecs-api/client/words'
import type { Step } from '../parts/track.tsx'

/** ECS's names of errors, "Amazon ECS stopped tasks error messages" in its guide, by the stage that they end. */
const errorsOf = {
  prepared: /ResourceInitializationError|network interface|^Capacity is unavailable/im,
  pulled: /CannotPull(ECR)?Container(Error)?|CannotPullImageManifestError/i,
  started: /Cannot(Start|Create|Inspect|CreateVolume)\w*Error|ContainerRuntime(Timeout)?Error|DockerTimeoutError/i,
} as const

export function lifeOf(task: Task, now: number): Step[] {
  const isOver = task.stoppingAt !== undefined || task.stoppedAt !== undefined
  const hasFailed = taskSentence(task, now).state === 'failed'
  const reasons = [task.stoppedReason, ...task.containers.map(({ reason }) => reason)].join('\n')
  const failedAt = isOver && task.startedAt === undefined ? failedStage(task, reasons) : undefined
  const stages: { id: string; label: string; at: string | undefined; isReached: boolean }[] = [
    { id: 'created', label: 'created', at: task.createdAt, isReached: true },
    {
      id: 'prepared',
      label: 'network and secrets ready',
      at: task.pullStartedAt,
      // ECS shows the time of a pull only after it.
      isReached: (task.pullStartedAt ?? task.startedAt) !== undefined || task.lastStatus === 'PENDING',
    },
    {
      id: 'pulled',
      label: 'image pulled',
      at: task.pullStoppedAt,
      isReached: task.startedAt !== undefined || isPulled(task),
    },
    { id: 'started', label: 'running', at: task.startedAt, isReached: task.startedAt !== undefined },
  ]
  const failing = stages.findIndex(({ id }) => id === failedAt)
  const unreached = stages.findIndex(({ isReached }) => !isReached)
  // Without an error of a known name the first stage without a time is the one that it did not reach.
  const end = failing >= 0 ? failing : unreached >= 0 ? unreached : stages.length
  const starting = stages.map(({ label, at }, i): Step => {
    if (i < end) return { label, at, state: 'done' }
    if (!isOver) return { label, state: i === end ? 'current' : 'next' }
    if (i === end && (failing >= 0 || hasFailed)) return { label: failureOf[i]!, at, state: 'failed' }
    return { label, state: 'never' }
  })
  return [...starting, ...(isOver ? endOf(task, hasFailed && task.startedAt !== undefined) : [])]
}

/** When a stop interrupts a pull, ECS sets `pullStoppedAt`, too. */
function isPulled({ pullStoppedAt, stoppingAt }: Task): boolean {
  if (pullStoppedAt === undefined) return false
  return stoppingAt === undefined || Date.parse(pullStoppedAt) < Date.parse(stoppingAt)
}

/** By their place among the stages. */
const failureOf = ['not created', 'network or secrets not ready', 'image not pulled', 'not started']

function failedStage({ stopCode, pullStartedAt, pullStoppedAt }: Task, reasons: string): string | undefined {
  const named = Object.entries(errorsOf).find(([, names]) => names.test(reasons))?.[0]
  if (named !== undefined || stopCode !== 'TaskFailedToStart') return named
  return pullStartedAt === undefined ? 'prepared' : pullStoppedAt === undefined ? 'pulled' : 'started'
}

function endOf(task: Task, hasFailed: boolean): Step[] {
  const { stoppingAt, stoppedAt } = task
  const stopped: Step = { label: 'stopped', at: stoppedAt, state: stoppedAt === undefined ? 'current' : 'done' }
  if (!hasFailed) return [{ label: 'stopping', at: stoppingAt ?? stoppedAt, state: 'done' }, stopped]
  const exit = task.containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
  const label = /health check/i.test(task.stoppedReason ?? '')
    ? 'health check failed'
    : exit
      ? `${exit.name} exited with code ${exit.exitCode}`
      : 'failed'
  return [{ label, at: stoppingAt ?? stoppedAt, state: 'failed' }, stopped]
}
