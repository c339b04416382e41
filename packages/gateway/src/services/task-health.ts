/**
 * The health of a deployment's tasks, by the health checks of their task definition.
 *
 * ECS reports UNKNOWN until a check has passed once or has failed `retries` times in a row, and UNKNOWN for containers
 * without a check, too. Only the task definition tells the two apart.
 */
import type { HealthCheck, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { Problem } from '../problems/problem.ts'

export interface CheckedContainer {
  container: string
  healthCheck: HealthCheck
  isEssential: boolean
}

/** @param name `family:revision` @returns undefined when the definition was deleted */
export type FindHealthCheckedContainers = (name: string) => Promise<readonly CheckedContainer[] | undefined>

/** The number of a deployment's running tasks, by their health. */
export interface TaskHealth {
  running: number
  healthy: number
  failing: number
  /** Tasks of which ECS reports no result yet. */
  undecided: number
  /** The first moment at which ECS can call an undecided task unhealthy: after `retries` failed checks in a row. */
  earliestVerdict?: { at: Date; retries: number }
}

/**
 * Counts the tasks by their health. Needs the task definition only while a running task is not HEALTHY.
 * @param tasks tasks of one deployment, which have the same task definition
 * @returns undefined when no task runs, or none has a health check as far as is known
 */
export async function findTaskHealth(
  tasks: readonly Task[],
  findHealthCheckedContainers: FindHealthCheckedContainers,
): Promise<TaskHealth | undefined> {
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')
  const definition = running.find(({ healthStatus }) => healthStatus !== 'HEALTHY')?.taskDefinitionArn
  const checked =
    definition === undefined ? [] : await essentialChecks(shortName(definition), findHealthCheckedContainers)
  const undecided = running.filter((task) => healthOf(task, checked) === 'UNKNOWN')
  const healthy = running.filter((task) => healthOf(task, checked) === 'HEALTHY').length
  const hasResult = undecided.length < running.length
  if (checked.length === 0 && !hasResult) return undefined
  const earliestVerdict = undecided
    .flatMap((task) => verdictsOn(task, checked))
    .sort((a, b) => a.at.getTime() - b.at.getTime())[0]
  return {
    running: running.length,
    healthy,
    failing: running.length - healthy - undecided.length,
    undecided: undecided.length,
    ...(earliestVerdict && { earliestVerdict }),
  }
}

/** The essential containers with a check: only they count for the health of a task (API Reference, HealthCheck). */
async function essentialChecks(
  name: string,
  findHealthCheckedContainers: FindHealthCheckedContainers,
): Promise<readonly CheckedContainer[]> {
  try {
    return ((await findHealthCheckedContainers(name)) ?? []).filter(({ isEssential }) => isEssential)
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}

/** ECS's own result for the task, or else that of its containers with a check. */
function healthOf(task: Task, checked: readonly CheckedContainer[]): 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' {
  if (task.healthStatus === 'HEALTHY' || task.healthStatus === 'UNHEALTHY') return task.healthStatus
  const states = checked.map(({ container }) => healthOfContainer(task, container))
  if (states.includes('UNHEALTHY')) return 'UNHEALTHY'
  return states.length > 0 && states.every((state) => state === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN'
}

function healthOfContainer({ containers = [] }: Task, name: string): string {
  return containers.find((container) => container.name === name)?.healthStatus ?? 'UNKNOWN'
}

/**
 * When ECS can call the containers without a result unhealthy at the earliest: the first failed check counts after one
 * `interval`, and not within `startPeriod` (API Reference, HealthCheck, which has the defaults, too).
 */
function verdictsOn(task: Task, checked: readonly CheckedContainer[]) {
  const { startedAt } = task
  if (!startedAt) return []
  return checked
    .filter(({ container }) => healthOfContainer(task, container) === 'UNKNOWN')
    .map(({ healthCheck: { interval = 30, retries = 3, startPeriod = 0 } }) => {
      const seconds = Math.max(interval, startPeriod) + (retries - 1) * interval
      return { at: new Date(startedAt.getTime() + seconds * 1000), retries }
    })
}
