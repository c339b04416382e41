/**
 * Plans one round of a rolling deployment: the starts and stops that are allowed now. First the tasks are grouped. The
 * percents and the back-off then determine how many tasks may start and must stop. The plan names the tasks to stop,
 * and becomes actions. Every function is pure.
 */
import { backOffDelay, isThrottled } from './back-off.ts'
import { type Action, eventAction } from './decision.ts'
import {
  type DeploymentState,
  type Instant,
  isHealthy,
  isProtected,
  isServing,
  isStarted,
  isStaying,
  isUnhealthy,
  type ServiceState,
  type TaskState,
} from './scheduler-state.ts'
import { serviceEventTexts } from './service-events.ts'
import { chooseProviders } from './strategy-spread.ts'

export interface SchedulerView {
  service: ServiceState
  primary: DeploymentState
  older: readonly DeploymentState[]
  tasks: readonly TaskState[]
  now: Instant
}

/**
 * The result of a round: actions, conditions (key → service event), and the times at which the service must be
 * reconciled again.
 */
export interface RoundResult {
  actions: Action[]
  conditions: Record<string, string>
  reconcileTimes: Instant[]
}

/** The started tasks, which count against `maximumPercent`, in groups that a round treats differently. */
interface TaskGroups {
  startedCount: number
  /** Started tasks that are being stopped. */
  leavingCount: number
  /** Started tasks that are not being stopped, of all deployments. */
  staying: TaskState[]
  /** Staying tasks of the PRIMARY deployment whose health check has not failed. */
  usablePrimaryTasks: TaskState[]
  /** Staying tasks of the PRIMARY deployment whose health check has failed. */
  unhealthyPrimaryTasks: TaskState[]
  /** Staying tasks of older deployments. */
  olderTasks: TaskState[]
  /** Staying tasks of all deployments that count as healthy. */
  healthyCount: number
}

/** How many tasks may start and must stop in this round. */
interface Allowance {
  /** The number of healthy tasks that must stay: `minimumHealthyPercent`, rounded up. */
  minimumHealthy: number
  /** Tasks that the PRIMARY deployment lacks. Its unhealthy tasks count as lacking. */
  missingCount: number
  /** Further tasks that `maximumPercent` (rounded down) allows. */
  roomCount: number
  backOffEndsAt: Instant
  /** Tasks are needed, but none may start in this round. */
  isWaiting: boolean
  /** Tasks that are needed and have room. */
  startable: number
  /** Tasks to start in this round. */
  startsNow: number
  /** Tasks that are needed but have no room: as many others must stop first. */
  placesMissing: number
}

/** The tasks that a round stops. */
interface RoundPlan {
  /** Tasks that are surplus, or that newer tasks replace. */
  replaced: TaskState[]
  unhealthy: TaskState[]
}

/** Keeps one round short. The next round follows at once. */
const MAX_STARTS_PER_ROUND = 100

/** Brings the PRIMARY deployment closer to the desired count, within the percents. */
export function planRollingRound(view: SchedulerView): RoundResult {
  const groups = groupTasks(view)
  const allowance = allowanceOf(view, groups)
  const plan = {
    replaced: replacedTasksToStop(view, groups, allowance),
    unhealthy: unhealthyTasksToStop(view, groups, allowance),
  }
  return resultOf(view, groups, allowance, plan)
}

function groupTasks({ service: { warmUpMs }, primary, tasks, now }: SchedulerView): TaskGroups {
  const started = tasks.filter(isStarted)
  const staying = started.filter((task) => task.shouldRun)
  const primaryTasks = staying.filter((task) => task.deployment === primary.id)
  return {
    startedCount: started.length,
    leavingCount: started.length - staying.length,
    staying,
    usablePrimaryTasks: primaryTasks.filter((task) => !isUnhealthy(task)),
    unhealthyPrimaryTasks: primaryTasks.filter(isUnhealthy),
    olderTasks: staying.filter((task) => task.deployment !== primary.id),
    healthyCount: staying.filter((task) => isHealthy(task, warmUpMs, now)).length,
  }
}

function allowanceOf(
  { service, primary, now }: SchedulerView,
  { startedCount, leavingCount, usablePrimaryTasks }: TaskGroups,
): Allowance {
  const { desiredCount } = service
  const maximum = Math.floor((desiredCount * service.maximumPercent) / 100)
  const missingCount = Math.max(0, desiredCount - usablePrimaryTasks.length)
  const roomCount = Math.max(0, maximum - startedCount)
  const backOffEndsAt =
    (primary.lastFailureAt ?? 0) + backOffDelay(service.backOff, primary.startFailures, desiredCount)
  const isWaiting = missingCount > 0 && (now < backOffEndsAt || service.cannotPlace !== undefined)
  const startable = Math.min(missingCount, roomCount)
  return {
    minimumHealthy: Math.ceil((desiredCount * service.minimumHealthyPercent) / 100),
    missingCount,
    roomCount,
    backOffEndsAt,
    isWaiting,
    startable,
    startsNow: isWaiting ? 0 : Math.min(startable, MAX_STARTS_PER_ROUND),
    // While no task may start, no task has to stop for it.
    placesMissing: isWaiting ? 0 : Math.max(0, missingCount - roomCount - leavingCount),
  }
}

/** The tasks to stop because there are too many, or because newer tasks take their place (docs/decisions/0022). */
function replacedTasksToStop(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { usablePrimaryTasks, olderTasks, healthyCount }: TaskGroups,
  { minimumHealthy, placesMissing }: Allowance,
): TaskState[] {
  const surplus = leastUsefulFirst(usablePrimaryTasks, warmUpMs, now).slice(
    0,
    Math.max(0, usablePrimaryTasks.length - desiredCount),
  )
  const replaceable = leastUsefulFirst(olderTasks, warmUpMs, now)
  const notServing = replaceable.filter((task) => !isServing(task))
  // A task whose health check has not passed yet does not count as healthy, but may soon. It stops when its place is
  // needed, or when the minimum is met without it.
  const notYetHealthy = replaceable.filter((task) => isServing(task) && task.health === 'UNKNOWN')
  const notYetHealthyToStop =
    healthyCount >= minimumHealthy
      ? notYetHealthy
      : notYetHealthy.slice(0, Math.max(0, placesMissing - notServing.length))
  // A serving task stops when the service has enough healthy tasks without it, or when its place is needed and the
  // minimum is still met.
  const servingToStop = Math.max(
    healthyCount - desiredCount,
    Math.min(placesMissing - notServing.length - notYetHealthyToStop.length, healthyCount - minimumHealthy),
  )
  const serving = replaceable
    .filter((task) => isServing(task) && task.health !== 'UNKNOWN')
    .slice(0, Math.max(0, servingToStop - surplus.filter(isServing).length))
  return [...surplus, ...notServing, ...notYetHealthyToStop, ...serving]
}

/**
 * The unhealthy tasks to stop now: all of them once there are enough healthy tasks. Before that they stop one after the
 * other, and only where the maximum leaves no room for a replacement (API Reference,
 * DeploymentConfiguration.minimumHealthyPercent).
 */
function unhealthyTasksToStop(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { unhealthyPrimaryTasks, usablePrimaryTasks, healthyCount }: TaskGroups,
  { minimumHealthy, missingCount, startsNow, placesMissing }: Allowance,
): TaskState[] {
  const healthyPrimaryCount = usablePrimaryTasks.filter((task) => isHealthy(task, warmUpMs, now)).length
  if (healthyPrimaryCount >= desiredCount) return unhealthyPrimaryTasks
  if (missingCount === startsNow || placesMissing === 0) return []
  const isReplacementStarting = healthyPrimaryCount < usablePrimaryTasks.length
  return unhealthyPrimaryTasks.slice(
    0,
    Math.min(placesMissing, Math.max(healthyCount - minimumHealthy, isReplacementStarting ? 0 : 1)),
  )
}

function resultOf(view: SchedulerView, groups: TaskGroups, allowance: Allowance, plan: RoundPlan): RoundResult {
  const { service, primary, now } = view
  const { startsNow, startable, isWaiting, backOffEndsAt } = allowance
  const protectedTasks = plan.replaced.filter((task) => isProtected(task, now))
  const tasksToStop = plan.replaced.filter((task) => !isProtected(task, now))
  return {
    actions: [
      ...stopActions(service, tasksToStop),
      ...plan.unhealthy.map((task): Action => ({ do: 'stop', task: task.id, reason: 'unhealthy' })),
      ...(startsNow > 0
        ? [startAction(primary, groups.staying, startsNow, Math.min(startsNow, groups.unhealthyPrimaryTasks.length))]
        : []),
    ],
    conditions: conditionsOf(view, groups, allowance, { protectedTasks: protectedTasks, nothingStops: isEmpty(plan) }),
    reconcileTimes: [
      ...(isWaiting && service.cannotPlace === undefined ? [backOffEndsAt] : []),
      ...(startsNow < startable && !isWaiting ? [now] : []),
      ...protectedTasks.map((task) => task.protectedUntil ?? now),
    ],
  }
}

function isEmpty({ replaced, unhealthy }: RoundPlan): boolean {
  return replaced.length + unhealthy.length === 0
}

/**
 * The conditions that hold now: for each key the text of its service event. The event is emitted only once while its
 * condition holds.
 */
function conditionsOf(
  { service, primary, older, now }: SchedulerView,
  { unhealthyPrimaryTasks, usablePrimaryTasks, olderTasks, leavingCount }: TaskGroups,
  { missingCount, roomCount, isWaiting }: Allowance,
  { protectedTasks, nothingStops }: { protectedTasks: readonly TaskState[]; nothingStops: boolean },
): Record<string, string> {
  const { name, desiredCount, warmUpMs, cannotPlace } = service
  const noTaskIsStarting =
    usablePrimaryTasks.every(isServing) &&
    [...usablePrimaryTasks, ...olderTasks].every((task) => !isServing(task) || isHealthy(task, warmUpMs, now))
  const isStuck =
    older.length > 0 &&
    missingCount > 0 &&
    roomCount === 0 &&
    leavingCount === 0 &&
    !isWaiting &&
    unhealthyPrimaryTasks.length === 0 &&
    nothingStops &&
    noTaskIsStarting
  return {
    ...Object.fromEntries(
      unhealthyPrimaryTasks.map(({ id }) => [`sick:${id}`, serviceEventTexts.failedHealthChecks(name, id)]),
    ),
    ...(isThrottled(primary.startFailures, desiredCount) && {
      [`throttled:${primary.id}`]: serviceEventTexts.unableToStart(name),
    }),
    ...(isStuck && { [`deadlock:${primary.id}`]: serviceEventTexts.percentDeadlock(name) }),
    ...(missingCount > 0 && cannotPlace !== undefined && { [`unplaced:${primary.id}`]: cannotPlace }),
    ...(protectedTasks.length > 0 && {
      [`protected:${protectedTasks.length}`]: serviceEventTexts.tasksUnderProtection(
        name,
        protectedTasks[0]?.deployment ?? primary.id,
        protectedTasks.length,
      ),
    }),
  }
}

/**
 * Plans the round of a deployment that failed without a rollback: no task starts and none is replaced. When the desired
 * count is smaller than the number of tasks, tasks still stop.
 */
export function planRoundAfterFailure({ service, primary, tasks, now }: SchedulerView): RoundResult {
  const staying = tasks.filter(isStaying)
  const primaryTasks = leastUsefulFirst(
    staying.filter((task) => task.deployment === primary.id),
    service.warmUpMs,
    now,
  )
  const olderTasks = leastUsefulFirst(
    staying.filter((task) => task.deployment !== primary.id),
    service.warmUpMs,
    now,
  )
  const unprotected = [...primaryTasks, ...olderTasks].filter((task) => !isProtected(task, now))
  return {
    actions: stopActions(service, unprotected.slice(0, Math.max(0, staying.length - service.desiredCount))),
    conditions: {},
    reconcileTimes: [],
  }
}

/**
 * Sorts the tasks: first those that do not serve, then those that do not count as healthy, then the others. Within each
 * group, unprotected tasks come before protected tasks, and newer tasks before older ones.
 */
function leastUsefulFirst(tasks: readonly TaskState[], warmUpMs: number, now: Instant): TaskState[] {
  const usefulness = (task: TaskState) => (isServing(task) ? 2 : 0) + (isHealthy(task, warmUpMs, now) ? 1 : 0)
  return tasks.toSorted(
    (a, b) =>
      usefulness(a) - usefulness(b) ||
      Number(isProtected(a, now)) - Number(isProtected(b, now)) ||
      b.createdAt - a.createdAt ||
      (a.id < b.id ? -1 : 1),
  )
}

function startAction(
  primary: DeploymentState,
  staying: readonly TaskState[],
  count: number,
  replacingUnhealthy: number,
): Action {
  const placedCounts = new Map<string, number>()
  for (const { capacityProvider: name, deployment } of staying)
    if (name !== undefined && deployment === primary.id) placedCounts.set(name, (placedCounts.get(name) ?? 0) + 1)
  return {
    do: 'start',
    deployment: primary.id,
    capacityProviders: chooseProviders(primary.strategy, count, placedCounts),
    replacingUnhealthy,
  }
}

export function stopActions({ name }: ServiceState, tasks: readonly TaskState[]): Action[] {
  if (tasks.length === 0) return []
  const running = tasks.filter((task) => task.phase === 'running').map(({ id }) => id)
  const pending = tasks.length - running.length
  return [
    ...tasks.map(({ id }): Action => ({ do: 'stop', task: id, reason: 'scaling' })),
    ...(running.length > 0 ? [eventAction(serviceEventTexts.stoppedRunningTasks(name, running))] : []),
    ...(pending > 0 ? [eventAction(serviceEventTexts.stoppedPendingTasks(name, pending))] : []),
  ]
}
