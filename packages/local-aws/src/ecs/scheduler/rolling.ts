/**
 * One round of a rolling deployment. First the tasks are grouped. The percents and the back-off then determine how many
 * tasks may start and must stop, a plan names the tasks to stop, and the plan becomes actions. Every function is pure.
 */
import { backOffDelay, isThrottled } from './back-off.ts'
import { type Action, event } from './decision.ts'
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
import { serviceEvents } from './service-events.ts'
import { providersFor } from './strategy-spread.ts'

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

/** The started tasks (they count against `maximumPercent`), in groups that a round treats differently. */
interface TaskGroups {
  startedCount: number
  /** Started tasks that are being stopped. */
  leavingCount: number
  /** Started tasks that are not being stopped, of all deployments. */
  staying: TaskState[]
  /** Staying tasks of the PRIMARY deployment whose health check has not failed. */
  notUnhealthy: TaskState[]
  /** Staying tasks of the PRIMARY deployment whose health check has failed. */
  unhealthy: TaskState[]
  /** Staying tasks of older deployments. */
  ofOlder: TaskState[]
  /** Staying tasks of all deployments that count as healthy. */
  healthyCount: number
}

/**
 * Numbers of tasks that the desired count, the percents and the back-off allow in this round, and the back-off itself.
 */
interface Allowance {
  /** The number of healthy tasks that must stay: `minimumHealthyPercent`, rounded up. */
  minimum: number
  /** Tasks that the PRIMARY deployment lacks. Its unhealthy tasks count as lacking. */
  needed: number
  /** Further tasks that `maximumPercent` (rounded down) allows. */
  room: number
  /** The end of the back-off. */
  startsAt: Instant
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

/** A round that brings the PRIMARY deployment closer to the desired count, within the percents. */
export function rollingRound(view: SchedulerView): RoundResult {
  const groups = groupTasks(view)
  const allowance = allowanceOf(view, groups)
  const plan = {
    replaced: replacedTasks(view, groups, allowance),
    unhealthy: unhealthyTasks(view, groups, allowance),
  }
  return resultOf(view, groups, allowance, plan)
}

function groupTasks({ service: { warmUpMs }, primary, tasks, now }: SchedulerView): TaskGroups {
  const started = tasks.filter(isStarted)
  const staying = started.filter((task) => task.shouldRun)
  const own = staying.filter((task) => task.deployment === primary.id)
  return {
    startedCount: started.length,
    leavingCount: started.length - staying.length,
    staying,
    notUnhealthy: own.filter((task) => !isUnhealthy(task)),
    unhealthy: own.filter(isUnhealthy),
    ofOlder: staying.filter((task) => task.deployment !== primary.id),
    healthyCount: staying.filter((task) => isHealthy(task, warmUpMs, now)).length,
  }
}

function allowanceOf(
  { service, primary, now }: SchedulerView,
  { startedCount, leavingCount, notUnhealthy }: TaskGroups,
): Allowance {
  const { desiredCount } = service
  const maximum = Math.floor((desiredCount * service.maximumPercent) / 100)
  const needed = Math.max(0, desiredCount - notUnhealthy.length)
  const room = Math.max(0, maximum - startedCount)
  const startsAt = (primary.lastFailureAt ?? 0) + backOffDelay(service.backOff, primary.startFailures, desiredCount)
  const isWaiting = needed > 0 && (now < startsAt || service.cannotPlace !== undefined)
  const startable = Math.min(needed, room)
  return {
    minimum: Math.ceil((desiredCount * service.minimumHealthyPercent) / 100),
    needed,
    room,
    startsAt,
    isWaiting,
    startable,
    startsNow: isWaiting ? 0 : Math.min(startable, MAX_STARTS_PER_ROUND),
    // While no task may start, no task has to stop for it.
    placesMissing: isWaiting ? 0 : Math.max(0, needed - room - leavingCount),
  }
}

/** The tasks to stop because there are too many, or because newer tasks take their place (docs/decisions/0022). */
function replacedTasks(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { notUnhealthy, ofOlder, healthyCount }: TaskGroups,
  { minimum, placesMissing }: Allowance,
): TaskState[] {
  const surplus = leastUsefulFirst(notUnhealthy, warmUpMs, now).slice(
    0,
    Math.max(0, notUnhealthy.length - desiredCount),
  )
  const replaceable = leastUsefulFirst(ofOlder, warmUpMs, now)
  const notServing = replaceable.filter((task) => !isServing(task))
  // A task whose health check has not passed yet does not count as healthy, but may soon. It stops when its place is
  // needed, or when the minimum is met without it.
  const notYetHealthy = replaceable.filter((task) => isServing(task) && task.health === 'UNKNOWN')
  const notYetHealthyToStop =
    healthyCount >= minimum ? notYetHealthy : notYetHealthy.slice(0, Math.max(0, placesMissing - notServing.length))
  // A serving task stops when the service has enough healthy tasks without it, or when its place is needed and the
  // minimum is still met.
  const servingToStop = Math.max(
    healthyCount - desiredCount,
    Math.min(placesMissing - notServing.length - notYetHealthyToStop.length, healthyCount - minimum),
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
function unhealthyTasks(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { unhealthy, notUnhealthy, healthyCount }: TaskGroups,
  { minimum, needed, startsNow, placesMissing }: Allowance,
): TaskState[] {
  const healthyOwn = notUnhealthy.filter((task) => isHealthy(task, warmUpMs, now)).length
  if (healthyOwn >= desiredCount) return unhealthy
  if (needed === startsNow || placesMissing === 0) return []
  const isReplacementStarting = healthyOwn < notUnhealthy.length
  return unhealthy.slice(0, Math.min(placesMissing, Math.max(healthyCount - minimum, isReplacementStarting ? 0 : 1)))
}

function resultOf(view: SchedulerView, groups: TaskGroups, allowance: Allowance, plan: RoundPlan): RoundResult {
  const { service, primary, now } = view
  const { startsNow, startable, isWaiting, startsAt } = allowance
  const protectedTasks = plan.replaced.filter((task) => isProtected(task, now))
  const tasksToStop = plan.replaced.filter((task) => !isProtected(task, now))
  return {
    actions: [
      ...stopActions(service, tasksToStop),
      ...plan.unhealthy.map((task): Action => ({ do: 'stop', task: task.id, reason: 'unhealthy' })),
      ...(startsNow > 0
        ? [startAction(primary, groups.staying, startsNow, Math.min(startsNow, groups.unhealthy.length))]
        : []),
    ],
    conditions: conditionsOf(view, groups, allowance, { held: protectedTasks, nothingStops: isEmpty(plan) }),
    reconcileTimes: [
      ...(isWaiting && service.cannotPlace === undefined ? [startsAt] : []),
      ...(startsNow < startable && !isWaiting ? [now] : []),
      ...protectedTasks.map((task) => task.protectedUntil ?? now),
    ],
  }
}

function isEmpty({ replaced, unhealthy }: RoundPlan): boolean {
  return replaced.length + unhealthy.length === 0
}

/**
 * The conditions that a person should know, as service events. The key identifies the condition, so that its event is
 * emitted only once while it holds.
 */
function conditionsOf(
  { service, primary, older, now }: SchedulerView,
  { unhealthy, notUnhealthy, ofOlder, leavingCount }: TaskGroups,
  { needed, room, isWaiting }: Allowance,
  { held: protectedTasks, nothingStops }: { held: readonly TaskState[]; nothingStops: boolean },
): Record<string, string> {
  const { name, desiredCount, warmUpMs, cannotPlace } = service
  const isSettled =
    notUnhealthy.every(isServing) &&
    [...notUnhealthy, ...ofOlder].every((task) => !isServing(task) || isHealthy(task, warmUpMs, now))
  const isStuck =
    older.length > 0 &&
    needed > 0 &&
    room === 0 &&
    leavingCount === 0 &&
    !isWaiting &&
    unhealthy.length === 0 &&
    nothingStops &&
    isSettled
  return {
    ...Object.fromEntries(unhealthy.map(({ id }) => [`sick:${id}`, serviceEvents.failedHealthChecks(name, id)])),
    ...(isThrottled(primary.startFailures, desiredCount) && {
      [`throttled:${primary.id}`]: serviceEvents.unableToStart(name),
    }),
    ...(isStuck && { [`deadlock:${primary.id}`]: serviceEvents.percentDeadlock(name) }),
    ...(needed > 0 && cannotPlace !== undefined && { [`unplaced:${primary.id}`]: cannotPlace }),
    ...(protectedTasks.length > 0 && {
      [`protected:${protectedTasks.length}`]: serviceEvents.tasksUnderProtection(
        name,
        protectedTasks[0]?.deployment ?? primary.id,
        protectedTasks.length,
      ),
    }),
  }
}

/**
 * The round of a deployment that failed without a rollback: no task starts and none is replaced. A smaller desired count
 * still stops tasks.
 */
export function roundAfterFailure({ service, primary, tasks, now }: SchedulerView): RoundResult {
  const staying = tasks.filter(isStaying)
  const own = leastUsefulFirst(
    staying.filter((task) => task.deployment === primary.id),
    service.warmUpMs,
    now,
  )
  const others = leastUsefulFirst(
    staying.filter((task) => task.deployment !== primary.id),
    service.warmUpMs,
    now,
  )
  const unprotected = [...own, ...others].filter((task) => !isProtected(task, now))
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
    capacityProviders: providersFor(primary.strategy, count, placedCounts),
    replacingUnhealthy,
  }
}

export function stopActions({ name }: ServiceState, tasks: readonly TaskState[]): Action[] {
  if (tasks.length === 0) return []
  const running = tasks.filter((task) => task.phase === 'running').map(({ id }) => id)
  const pending = tasks.length - running.length
  return [
    ...tasks.map(({ id }): Action => ({ do: 'stop', task: id, reason: 'scaling' })),
    ...(running.length > 0 ? [event(serviceEvents.stoppedRunningTasks(name, running))] : []),
    ...(pending > 0 ? [event(serviceEvents.stoppedPendingTasks(name, pending))] : []),
  ]
}
