/**
 * One round of a rolling deployment: the tasks are grouped, the percents and the back-off say how many may start and
 * must go, a plan names the tasks, and the plan becomes actions. Every function is pure; `decide` calls this with what
 * it knows of the service.
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
  times: Instant[]
}

/** The tasks that count against the maximum, by what they mean for the rollout. */
interface TaskGroups {
  /** All of them. */
  startedCount: number
  /** Tasks that are being stopped. */
  leavingCount: number
  /** All others, of whatever deployment. */
  staying: TaskState[]
  /** Of the PRIMARY deployment, by their health check. */
  notUnhealthy: TaskState[]
  unhealthy: TaskState[]
  /** Of older deployments. */
  ofOlder: TaskState[]
  /** How many count as healthy, of whatever deployment. */
  healthyCount: number
}

/**
 * Numbers of tasks that the desired count, the percents and the back-off allow in this round, and the back-off itself.
 */
interface Allowance {
  /** `minimumHealthyPercent`, rounded up. */
  minimum: number
  /** Tasks that the PRIMARY deployment lacks; its unhealthy ones do not count. */
  needed: number
  /** Tasks that fit under `maximumPercent`, rounded down. */
  room: number
  /** The end of the back-off. */
  startsAt: Instant
  /** Tasks are needed, but none may start in this round. */
  isWaiting: boolean
  /** Needed and with room. */
  possible: number
  /** To start in this round. */
  starts: number
  /** Needed without room: so many tasks must go first. */
  missing: number
}

/** The tasks that a round stops. */
interface RoundPlan {
  /** Surplus, or replaced by newer ones. */
  replaced: TaskState[]
  /** Unhealthy ones. */
  unhealthy: TaskState[]
}

/** Keeps one round short; the next follows at once. */
const MAX_STARTS_PER_ROUND = 100

/** Moves the service towards its desired count of tasks of the PRIMARY deployment, within the percents. */
export function roll(view: SchedulerView): RoundResult {
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
  const possible = Math.min(needed, room)
  return {
    minimum: Math.ceil((desiredCount * service.minimumHealthyPercent) / 100),
    needed,
    room,
    startsAt,
    isWaiting,
    possible,
    starts: isWaiting ? 0 : Math.min(possible, MAX_STARTS_PER_ROUND),
    // No task gives up its place to one that must not start yet.
    missing: isWaiting ? 0 : Math.max(0, needed - room - leavingCount),
  }
}

/** The tasks that go because there are too many, or because newer ones take their place (docs/decisions/0022). */
function replacedTasks(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { notUnhealthy, ofOlder, healthyCount }: TaskGroups,
  { minimum, missing }: Allowance,
): TaskState[] {
  const surplus = leastUsefulFirst(notUnhealthy, warmUpMs, now).slice(
    0,
    Math.max(0, notUnhealthy.length - desiredCount),
  )
  const replaceable = leastUsefulFirst(ofOlder, warmUpMs, now)
  const notServing = replaceable.filter((task) => !isServing(task))
  // A task that has not passed its health check counts for nothing yet, but may soon. It goes when its place is needed,
  // or when the minimum is met without it.
  const notYetHealthy = replaceable.filter((task) => isServing(task) && task.health === 'UNKNOWN')
  const notYetHealthyToStop =
    healthyCount >= minimum ? notYetHealthy : notYetHealthy.slice(0, Math.max(0, missing - notServing.length))
  // A serving task goes when the service has enough without it, or when its place is needed and the minimum stays.
  const spare = Math.max(
    healthyCount - desiredCount,
    Math.min(missing - notServing.length - notYetHealthyToStop.length, healthyCount - minimum),
  )
  const serving = replaceable
    .filter((task) => isServing(task) && task.health !== 'UNKNOWN')
    .slice(0, Math.max(0, spare - surplus.filter(isServing).length))
  return [...surplus, ...notServing, ...notYetHealthyToStop, ...serving]
}

/**
 * The unhealthy tasks that go now: all of them once enough healthy ones are there. Before that, one after the other,
 * and only where the maximum leaves no room for a replacement (API Reference,
 * DeploymentConfiguration.minimumHealthyPercent).
 */
function unhealthyTasks(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { unhealthy, notUnhealthy, healthyCount }: TaskGroups,
  { minimum, needed, starts, missing }: Allowance,
): TaskState[] {
  const healthyOwn = notUnhealthy.filter((task) => isHealthy(task, warmUpMs, now)).length
  if (healthyOwn >= desiredCount) return unhealthy
  if (needed === starts || missing === 0) return []
  const isReplacementStarting = healthyOwn < notUnhealthy.length
  return unhealthy.slice(0, Math.min(missing, Math.max(healthyCount - minimum, isReplacementStarting ? 0 : 1)))
}

function resultOf(view: SchedulerView, groups: TaskGroups, allowance: Allowance, plan: RoundPlan): RoundResult {
  const { service, primary, now } = view
  const { starts, possible, isWaiting, startsAt } = allowance
  const held = plan.replaced.filter((task) => isProtected(task, now))
  const stopped = plan.replaced.filter((task) => !isProtected(task, now))
  return {
    actions: [
      ...stopAll(service, stopped),
      ...plan.unhealthy.map((task): Action => ({ do: 'stop', task: task.id, reason: 'unhealthy' })),
      ...(starts > 0 ? [start(primary, groups.staying, starts, Math.min(starts, groups.unhealthy.length))] : []),
    ],
    conditions: conditionsOf(view, groups, allowance, { held, nothingStops: isEmpty(plan) }),
    times: [
      ...(isWaiting && service.cannotPlace === undefined ? [startsAt] : []),
      ...(starts < possible && !isWaiting ? [now] : []),
      ...held.map((task) => task.protectedUntil ?? now),
    ],
  }
}

function isEmpty({ replaced, unhealthy }: RoundPlan): boolean {
  return replaced.length + unhealthy.length === 0
}

/**
 * The conditions that a person should know. A key tells one condition from the next, its value is the service event.
 */
function conditionsOf(
  { service, primary, older, now }: SchedulerView,
  { unhealthy, notUnhealthy, ofOlder, leavingCount }: TaskGroups,
  { needed, room, isWaiting }: Allowance,
  { held, nothingStops }: { held: readonly TaskState[]; nothingStops: boolean },
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
    ...(held.length > 0 && {
      [`protected:${held.length}`]: serviceEvents.tasksUnderProtection(
        name,
        held[0]?.deployment ?? primary.id,
        held.length,
      ),
    }),
  }
}

/**
 * The round of a deployment that failed and may not roll back: it starts nothing and replaces nothing. A smaller
 * desired count still stops tasks.
 */
export function keepRunningTasks({ service, primary, tasks, now }: SchedulerView): RoundResult {
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
  const free = [...own, ...others].filter((task) => !isProtected(task, now))
  return {
    actions: stopAll(service, free.slice(0, Math.max(0, staying.length - service.desiredCount))),
    conditions: {},
    times: [],
  }
}

/**
 * Tasks that do not serve, then those that have not served for long, unprotected before protected ones, the newest
 * first.
 */
function leastUsefulFirst(tasks: readonly TaskState[], warmUpMs: number, now: Instant): TaskState[] {
  const use = (task: TaskState) => (isServing(task) ? 2 : 0) + (isHealthy(task, warmUpMs, now) ? 1 : 0)
  return tasks.toSorted(
    (a, b) =>
      use(a) - use(b) ||
      Number(isProtected(a, now)) - Number(isProtected(b, now)) ||
      b.createdAt - a.createdAt ||
      (a.id < b.id ? -1 : 1),
  )
}

function start(
  primary: DeploymentState,
  staying: readonly TaskState[],
  count: number,
  replacingUnhealthy: number,
): Action {
  const placed = new Map<string, number>()
  for (const { capacityProvider: name, deployment } of staying)
    if (name !== undefined && deployment === primary.id) placed.set(name, (placed.get(name) ?? 0) + 1)
  return {
    do: 'start',
    deployment: primary.id,
    capacityProviders: providersFor(primary.strategy, placed, count),
    replacingUnhealthy,
  }
}

export function stopAll({ name }: ServiceState, tasks: readonly TaskState[]): Action[] {
  if (tasks.length === 0) return []
  const running = tasks.filter((task) => task.phase === 'running').map(({ id }) => id)
  const pending = tasks.length - running.length
  return [
    ...tasks.map(({ id }): Action => ({ do: 'stop', task: id, reason: 'scaling' })),
    ...(running.length > 0 ? [event(serviceEvents.stoppedRunningTasks(name, running))] : []),
    ...(pending > 0 ? [event(serviceEvents.stoppedPendingTasks(name, pending))] : []),
  ]
}
