import { failureThreshold } from './circuit-breaker.ts'
import { type Action, event } from './decision.ts'
import { keepRunningTasks, roll, type SchedulerView, stopAll } from './rolling.ts'
import {
  type DeploymentState,
  type Instant,
  isHealthy,
  isServing,
  isStarted,
  isStaying,
  type ServiceState,
  type TaskState,
} from './scheduler-state.ts'
import { serviceEvents } from './service-events.ts'

/**
 * The service scheduler's decision. It is pure: the same service, tasks and time give the same actions, so a property
 * test can try a million of them. Never leaves fewer than `minimumHealthyPercent` (rounded up) healthy nor more than
 * `maximumPercent` (rounded down) started (ECS Developer Guide, "Rolling update"). The actions belong together and are
 * applied as one change.
 */
export function decide(service: ServiceState, tasks: readonly TaskState[], now: Instant): Action[] {
  if (service.status === 'DRAINING') return drain(service, tasks, now)
  const [first, ...older] = service.deployments
  if (!first) return []

  const outcomes = countOutcomes(service, tasks, now)
  const primary = { ...first, ...outcomes.counts.get(first.id) }
  const failing = circuitBreakerActions(service, primary)
  if (failing) return [...outcomes.actions, ...failing, { do: 'reconcile-again', at: now }]

  const view = { service, primary, older, tasks, now }
  const round = primary.rollout === 'FAILED' ? keepRunningTasks(view) : roll(view)
  const retired =
    primary.rollout === 'FAILED'
      ? []
      : older.filter(({ id }) => !tasks.some((task) => task.deployment === id && isStarted(task)))
  const steady = isSteady(view) && retired.length === older.length && round.actions.length === 0
  const completes = steady && primary.rollout === 'IN_PROGRESS'

  return [
    ...outcomes.actions,
    ...round.actions,
    ...retired.map(({ id }): Action => ({ do: 'retire', deployment: id })),
    ...(completes
      ? [
          { do: 'complete' as const, deployment: primary.id },
          event(serviceEvents.deploymentCompleted(service.name, primary.id)),
        ]
      : []),
    ...setConditions(service, {
      ...round.conditions,
      ...(steady && { steady: serviceEvents.steadyState(service.name) }),
    }),
    ...reconcileAgain([...round.times, ...warmUpEnds(view)], now),
  ]
}

function drain(service: ServiceState, tasks: readonly TaskState[], now: Instant): Action[] {
  if (tasks.every((task) => task.phase === 'stopped'))
    return now < service.drainsUntil ? [{ do: 'reconcile-again', at: service.drainsUntil }] : [{ do: 'end-service' }]
  return stopAll(service, tasks.filter(isStaying))
}

/** Counts tasks that got healthy and tasks that failed. Each is counted once and marked as counted. */
function countOutcomes(service: ServiceState, tasks: readonly TaskState[], now: Instant) {
  const actions: Action[] = []
  /** By deployment id: failed tasks as the circuit breaker counts them, and (`startFailures`) as the back-off does. */
  const counts = new Map<string, { failedTasks: number; startFailures: number; lastFailureAt?: Instant }>()
  for (const deployment of service.deployments) {
    const own = tasks.filter((task) => task.deployment === deployment.id)
    const healed = own.filter((task) => task.countedAs === undefined && isHealthy(task, service.warmUpMs, now))
    const ended = own.filter((task) => task.countedAs !== 'ended' && !task.shouldRun)
    const failed = ended.filter((task) => hasFailed(task, service.warmUpMs))
    actions.push(...healed.map(({ id }): Action => ({ do: 'mark-counted', task: id, as: 'healthy' })))
    actions.push(...ended.map(({ id }): Action => ({ do: 'mark-counted', task: id, as: 'ended' })))
    const resets = healed.length > 0
    const before = resets && service.circuitBreaker.resetOnHealthyTask ? 0 : deployment.failedTasks
    const count = {
      failedTasks: before + failed.length,
      startFailures: (resets ? 0 : deployment.startFailures) + failed.length,
      ...(failed.length > 0 && { lastFailureAt: Math.max(...failed.map((task) => task.stoppingSince ?? now)) }),
    }
    if (count.failedTasks === deployment.failedTasks && count.startFailures === deployment.startFailures) continue
    counts.set(deployment.id, count)
    actions.push({ do: 'count', deployment: deployment.id, ...count })
  }
  // The deployment of these tasks is gone: they are marked without being counted.
  const known = new Set(service.deployments.map(({ id }) => id))
  const ofGoneDeployments = tasks.filter(
    (task) => !known.has(task.deployment) && task.countedAs !== 'ended' && !task.shouldRun,
  )
  actions.push(...ofGoneDeployments.map(({ id }): Action => ({ do: 'mark-counted', task: id, as: 'ended' })))
  return { actions, counts }
}

/**
 * Whether ECS counts the task as failed: it never ran, or its health check failed. A task that ends before it counted as
 * healthy is counted as failed, too (API Reference, Deployment.failedTasks).
 */
function hasFailed(task: TaskState, warmUpMs: number): boolean {
  switch (task.stopCause) {
    case 'not-started':
    case 'unhealthy':
      return true
    case 'exited':
      if (task.countedAs === 'healthy') return false
      return (
        task.startedAt === undefined ||
        task.health !== undefined ||
        (task.stoppingSince ?? 0) < task.startedAt + warmUpMs
      )
    case 'requested':
    case undefined:
      return false
  }
}

/**
 * The circuit breaker's actions: the deployment fails, and the service rolls back to the last deployment that
 * completed, where the configuration allows that and such a deployment exists.
 */
function circuitBreakerActions(
  { name, circuitBreaker, desiredCount, lastCompleted }: ServiceState,
  primary: DeploymentState,
): Action[] | undefined {
  if (!circuitBreaker.enable || primary.rollingBack || primary.rollout !== 'IN_PROGRESS') return undefined
  if (primary.failedTasks < failureThreshold(circuitBreaker, desiredCount)) return undefined
  const failed = event(serviceEvents.deploymentFailed(name, primary.id))
  if (!circuitBreaker.rollback || lastCompleted === undefined || lastCompleted === primary.id)
    return [{ do: 'fail', deployment: primary.id }, failed]
  return [
    { do: 'roll-back', from: primary.id, to: lastCompleted },
    failed,
    event(serviceEvents.rollingBack(name, lastCompleted)),
  ]
}

/** As many healthy tasks of the PRIMARY deployment as are desired, and no others that run. */
function isSteady({ service, primary, tasks, now }: SchedulerView): boolean {
  const up = tasks.filter(isStarted)
  return (
    primary.rollout !== 'FAILED' &&
    up.length === service.desiredCount &&
    up.every((task) => task.deployment === primary.id && isHealthy(task, service.warmUpMs, now))
  )
}

function setConditions({ conditions: before }: ServiceState, current: Record<string, string>): Action[] {
  const conditions = Object.keys(current)
  if (conditions.length === before.length && conditions.every((key) => before.includes(key))) return []
  return [
    { do: 'set-conditions', conditions },
    ...conditions.filter((key) => !before.includes(key)).map((key) => event(current[key] ?? key)),
  ]
}

/** The times at which tasks without a health check begin to count as healthy. */
function warmUpEnds({ service, tasks, now }: SchedulerView): Instant[] {
  return tasks
    .filter((task) => isServing(task) && task.health === undefined && !isHealthy(task, service.warmUpMs, now))
    .map((task) => (task.startedAt ?? now) + service.warmUpMs)
}

function reconcileAgain(times: readonly Instant[], now: Instant): Action[] {
  return times.length === 0 ? [] : [{ do: 'reconcile-again', at: Math.max(now, Math.min(...times)) }]
}
