import { backOffDelay, isThrottled } from './back-off.ts'
import { type Action, event } from './decision.ts'
import {
  type DeploymentState,
  type Instant,
  isHealthy,
  isKept,
  isProtected,
  isSick,
  isUp,
  type ServiceState,
  serves,
  type TaskState,
} from './scheduler-state.ts'
import { serviceEvents } from './service-events.ts'
import { spread } from './strategy-spread.ts'

export interface SchedulerView {
  service: ServiceState
  primary: DeploymentState
  older: readonly DeploymentState[]
  tasks: readonly TaskState[]
  now: Instant
}
/** What the balance of tasks asks for: actions, what is so (key → event), and when to look again. */
export interface Balance {
  actions: Action[]
  conditions: Record<string, string>
  times: Instant[]
}

/** So that one look stays short; the next follows at once. */
const MAX_STARTS_PER_ROUND = 100

/** Moves the service towards its desired count of tasks of the PRIMARY deployment, within the percents. */
export function roll(look: SchedulerView): Balance {
  const { service, primary, now } = look
  const sides = weigh(look)
  const leavers = replaced(look, sides)
  const cured = cure(look, sides)
  const held = leavers.filter((task) => isProtected(task, now))
  const { kept, sick, starts, waits, startsAt, possible } = sides
  return {
    actions: [
      ...stopAll(
        service,
        leavers.filter((task) => !isProtected(task, now)),
      ),
      ...cured.map((task): Action => ({ do: 'stop', task: task.id, reason: 'unhealthy' })),
      ...(starts > 0 ? [start(primary, kept, starts, Math.min(starts, sick.length))] : []),
    ],
    conditions: conditionsOf(look, sides, { held, nothingStops: leavers.length + cured.length === 0 }),
    times: [
      ...(waits && service.cannotPlace === undefined ? [startsAt] : []),
      ...(starts < possible && !waits ? [now] : []),
      ...held.map((task) => task.protectedUntil ?? now),
    ],
  }
}

/** How many tasks there are of each kind, how many there must and may be, and so how many can start. */
function weigh({ service, primary, tasks, now }: SchedulerView) {
  const { desiredCount, warmUpMs } = service
  const most = Math.floor((desiredCount * service.maximumPercent) / 100)
  const least = Math.ceil((desiredCount * service.minimumHealthyPercent) / 100)
  const up = tasks.filter(isUp)
  const leaving = up.filter((task) => !task.wanted).length
  const kept = up.filter((task) => task.wanted)
  const own = kept.filter((task) => task.deployment === primary.id)
  const good = own.filter((task) => !isSick(task))
  const sick = own.filter(isSick)
  const old = kept.filter((task) => task.deployment !== primary.id)
  const healthy = kept.filter((task) => isHealthy(task, warmUpMs, now)).length

  const needed = Math.max(0, desiredCount - good.length)
  const room = Math.max(0, most - up.length)
  const startsAt = (primary.lastFailureAt ?? 0) + backOffDelay(service.backOff, primary.startFailures, desiredCount)
  const waits = needed > 0 && (now < startsAt || service.cannotPlace !== undefined)
  const possible = Math.min(needed, room)
  const starts = waits ? 0 : Math.min(possible, MAX_STARTS_PER_ROUND)
  // Nothing gives up its place to a task that must not start yet.
  const missing = waits ? 0 : Math.max(0, needed - room - leaving)
  return { least, leaving, kept, good, sick, old, healthy, needed, room, startsAt, waits, possible, starts, missing }
}
type Sides = ReturnType<typeof weigh>

/** The tasks that go because there are too many, or because newer ones take their place (docs/decisions/0022). */
function replaced(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { good, old, healthy, least, missing }: Sides,
): TaskState[] {
  const surplus = leastUseful(good, warmUpMs, now).slice(0, Math.max(0, good.length - desiredCount))
  const replaceable = leastUseful(old, warmUpMs, now)
  const idle = replaceable.filter((task) => !serves(task))
  // Whoever has not passed its check counts for nothing yet, but may soon: it goes when it is in the way, or not needed for the minimum.
  const unproven = replaceable.filter((task) => serves(task) && task.health === 'UNKNOWN')
  const doubtful = healthy >= least ? unproven : unproven.slice(0, Math.max(0, missing - idle.length))
  // A serving task goes when the service has enough without it, or when its place is needed and the minimum stays.
  const spare = Math.max(healthy - desiredCount, Math.min(missing - idle.length - doubtful.length, healthy - least))
  const serving = replaceable
    .filter((task) => serves(task) && task.health !== 'UNKNOWN')
    .slice(0, Math.max(0, spare - surplus.filter(serves).length))
  return [...surplus, ...idle, ...doubtful, ...serving]
}

/**
 * The unhealthy tasks that go now: all of them once enough healthy ones are there; before that, and only where the maximum leaves no room
 * for a replacement, one after the other (API Reference, DeploymentConfiguration.minimumHealthyPercent).
 */
function cure(
  { service: { desiredCount, warmUpMs }, now }: SchedulerView,
  { sick, good, needed, starts, missing, healthy, least }: Sides,
): TaskState[] {
  const proven = good.filter((task) => isHealthy(task, warmUpMs, now)).length
  if (proven >= desiredCount) return sick
  if (needed === starts || missing === 0) return []
  const replacementComes = proven < good.length
  return sick.slice(0, Math.min(missing, Math.max(healthy - least, replacementComes ? 0 : 1)))
}

/** What a person should know, by a key that tells one such state from the next. */
function conditionsOf(
  { service, primary, older, now }: SchedulerView,
  { sick, good, old, needed, room, leaving, waits }: Sides,
  { held, nothingStops }: { held: readonly TaskState[]; nothingStops: boolean },
): Record<string, string> {
  const { name, desiredCount, warmUpMs, cannotPlace } = service
  const settled =
    good.every(serves) && [...good, ...old].every((task) => !serves(task) || isHealthy(task, warmUpMs, now))
  const stuck =
    older.length > 0 &&
    needed > 0 &&
    room === 0 &&
    leaving === 0 &&
    !waits &&
    sick.length === 0 &&
    nothingStops &&
    settled
  return {
    ...Object.fromEntries(sick.map(({ id }) => [`sick:${id}`, serviceEvents.failedHealthChecks(name, id)])),
    ...(isThrottled(primary.startFailures, desiredCount) && {
      [`throttled:${primary.id}`]: serviceEvents.unableToStart(name),
    }),
    ...(stuck && { [`deadlock:${primary.id}`]: serviceEvents.percentDeadlock(name) }),
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

/** A deployment that failed and may not roll back starts nothing and replaces nothing; a smaller desired count is still obeyed. */
export function keepRunningTasks({ service, primary, tasks, now }: SchedulerView): Balance {
  const kept = tasks.filter(isKept)
  const own = leastUseful(
    kept.filter((task) => task.deployment === primary.id),
    service.warmUpMs,
    now,
  )
  const others = leastUseful(
    kept.filter((task) => task.deployment !== primary.id),
    service.warmUpMs,
    now,
  )
  const free = [...own, ...others].filter((task) => !isProtected(task, now))
  return {
    actions: stopAll(service, free.slice(0, Math.max(0, kept.length - service.desiredCount))),
    conditions: {},
    times: [],
  }
}

/** Who is missed least goes first: what does not serve, what has not served for long, what is not protected, the newest. */
function leastUseful(tasks: readonly TaskState[], warmUpMs: number, now: Instant): TaskState[] {
  const use = (task: TaskState) => (serves(task) ? 2 : 0) + (isHealthy(task, warmUpMs, now) ? 1 : 0)
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
  kept: readonly TaskState[],
  count: number,
  replacingUnhealthy: number,
): Action {
  const placed = new Map<string, number>()
  for (const { capacityProvider: name, deployment } of kept)
    if (name !== undefined && deployment === primary.id) placed.set(name, (placed.get(name) ?? 0) + 1)
  return {
    do: 'start',
    deployment: primary.id,
    capacityProviders: spread(primary.strategy, placed, count),
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
