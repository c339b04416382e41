/**
 * The stages of a task's life, for a list of steps, with ECS's times. ECS sets the end time of a stage also when the
 * stage fails, so the stop reasons decide which stage failed.
 */
import type { Task } from '@ecs-api/client'
import { hasRun, taskSentence } from '@ecs-api/client/words'
import { isSimulated } from '../parts/simulated.tsx'
import type { Step } from '../parts/step-list.tsx'

/** ECS's error names by the stage that fails with them ("Amazon ECS stopped tasks error messages" in ECS's guide). */
const errorsOfStage = {
  prepared: /ResourceInitializationError|network interface|^Capacity is unavailable/im,
  pulled: /CannotPull(ECR)?Container(Error)?|CannotPullImageManifestError/i,
  started: /Cannot(Start|Create|Inspect|CreateVolume)\w*Error|ContainerRuntime(Timeout)?Error|DockerTimeoutError/i,
} as const

export function lifeStages(task: Task, now: number): Step[] {
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
      // ECS sets the times of a pull only after the pull.
      isReached: task.pullStartedAt !== undefined || hasRun(task) || task.lastStatus === 'PENDING',
    },
    {
      id: 'pulled',
      label: isSimulated(task) ? 'image pulled (simulated)' : 'image pulled',
      at: task.pullStoppedAt,
      isReached: hasRun(task) || isPulled(task),
    },
    { id: 'started', label: 'running', at: task.startedAt, isReached: hasRun(task) },
  ]
  const failedIndex = stages.findIndex(({ id }) => id === failedAt)
  const unreachedIndex = stages.findIndex(({ isReached }) => !isReached)
  // Without a known error name, the life ends at the first stage that the task did not reach.
  const endIndex = failedIndex >= 0 ? failedIndex : unreachedIndex >= 0 ? unreachedIndex : stages.length
  const starting = stages.map(({ label, at }, i): Step => {
    if (i < endIndex) return { label, at, state: 'done' }
    if (!isOver) return { label, state: i === endIndex ? 'current' : 'next' }
    if (i === endIndex && (failedIndex >= 0 || hasFailed)) return { label: failureLabels[i]!, at, state: 'failed' }
    return { label, state: 'never' }
  })
  return [...starting, ...(isOver ? endStages(task, hasFailed && failedIndex < 0 && hasRun(task)) : [])]
}

/** Whether the image was pulled completely: ECS sets `pullStoppedAt` also when a stop interrupts the pull. */
function isPulled({ pullStoppedAt, stoppingAt }: Task): boolean {
  if (pullStoppedAt === undefined) return false
  return stoppingAt === undefined || Date.parse(pullStoppedAt) < Date.parse(stoppingAt)
}

/** The labels of failed stages, in the order of the stages. */
const failureLabels = ['not created', 'network or secrets not ready', 'image not pulled', 'not started']

function failedStage({ stopCode, pullStartedAt, pullStoppedAt }: Task, reasons: string): string | undefined {
  const stageOfError = Object.entries(errorsOfStage).find(([, names]) => names.test(reasons))?.[0]
  if (stageOfError !== undefined || stopCode !== 'TaskFailedToStart') return stageOfError
  return pullStartedAt === undefined ? 'prepared' : pullStoppedAt === undefined ? 'pulled' : 'started'
}

function endStages(task: Task, hasFailedAfterStart: boolean): Step[] {
  const { stoppingAt, stoppedAt } = task
  const stopped: Step = { label: 'stopped', at: stoppedAt, state: stoppedAt === undefined ? 'current' : 'ended' }
  if (!hasFailedAfterStart) return [{ label: 'stopping', at: stoppingAt ?? stoppedAt, state: 'done' }, stopped]
  const exit = task.containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
  const label = /health check/i.test(task.stoppedReason ?? '')
    ? 'health check failed'
    : exit
      ? `${exit.name} exited with code ${exit.exitCode}`
      : 'failed'
  return [{ label, at: stoppingAt ?? stoppedAt, state: 'failed' }, stopped]
}
