import { failureThreshold } from './circuit-breaker.ts'
import { type Action, eventAction } from './decision.ts'
import { planRollingRound, planRoundAfterFailure, type SchedulerView, stopActions } from './rolling.ts'
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
import { serviceEventTexts } from './service-events.ts'

/**
 * The service scheduler's decision: the actions for a service in this state. The actions are applied as one change.
 *
 * They never leave fewer healthy tasks than `minimumHealthyPercent` (rounded up), nor more started tasks than
 * `maximumPercent` (rounded down; ECS Developer Guide, "Rolling update"). The function is pure, so a property test can
 * try a million states.
 */
export function decideActions(service: ServiceState, tasks: readonly TaskState[], now: Instant): Action[] {
  if (service.status === 'DRAINING') return drainService(service, tasks, now)
  const [newestDeployment, ...older] = service.deployments
  if (!newestDeployment) return []

  const outcomes = countOutcomes(service, tasks, now)
  const primary = { ...newestDeployment, ...outcomes.counts.get(newestDeployment.id) }
  const failureActions = circuitBreakerActions(service, primary)
  if (failureActions) return [...outcomes.actions, ...failureActions, { do: 'reconcile-again', at: now }]

  const view = { service, primary, older, tasks, now }
  /** The starts and stops of tasks that the percents and the back-off allow now. */
  const round = primary.rollout === 'FAILED' ? planRoundAfterFailure(view) : planRollingRound(view)
  const replacedDeployments =
    primary.rollout === 'FAILED'
      ? []
      : older.filter(({ id }) => !tasks.some((task) => task.deployment === id && isStarted(task)))
  const isSteadyNow = isSteady(view) && replacedDeployments.length === older.length && round.actions.length === 0
  const isCompleted = isSteadyNow && primary.rollout === 'IN_PROGRESS'

  return [
    ...outcomes.actions,
    ...round.actions,
    ...replacedDeployments.map(({ id }): Action => ({ do: 'retire', deployment: id })),
    ...(isCompleted
      ? [
          { do: 'complete' as const, deployment: primary.id },
          eventAction(serviceEventTexts.deploymentCompleted(service.name, primary.id)),
        ]
      : []),
    ...conditionActions(service, {
      ...round.conditions,
      ...(isSteadyNow && { steady: serviceEventTexts.steadyState(service.name) }),
    }),
    ...reconcileAtEarliest([...round.reconcileTimes, ...warmUpEnds(view)], now),
  ]
}

function drainService(service: ServiceState, tasks: readonly TaskState[], now: Instant): Action[] {
  if (tasks.every((task) => task.phase === 'stopped'))
    return now < service.drainsUntil ? [{ do: 'reconcile-again', at: service.drainsUntil }] : [{ do: 'end-service' }]
  return stopActions(service, tasks.filter(isStaying))
}

/** Counts tasks that became healthy and tasks that failed. Each task is counted once and then marked as counted. */
function countOutcomes(service: ServiceState, tasks: readonly TaskState[], now: Instant) {
  const actions: Action[] = []
  /** By deployment id: failed tasks as the circuit breaker counts them, and (`startFailures`) as the back-off does. */
  const counts = new Map<string, { failedTasks: number; startFailures: number; lastFailureAt?: Instant }>()
  for (const deployment of service.deployments) {
    const tasksOfDeployment = tasks.filter((task) => task.deployment === deployment.id)
    const becameHealthy = tasksOfDeployment.filter(
      (task) => task.countedAs === undefined && isHealthy(task, service.warmUpMs, now),
    )
    const ended = tasksOfDeployment.filter((task) => task.countedAs !== 'ended' && !task.shouldRun)
    const failed = ended.filter((task) => hasFailed(task, service.warmUpMs))
    actions.push(...becameHealthy.map(({ id }): Action => ({ do: 'mark-counted', task: id, countedAs: 'healthy' })))
    actions.push(...ended.map(({ id }): Action => ({ do: 'mark-counted', task: id, countedAs: 'ended' })))
    const hasHealthyTask = becameHealthy.length > 0
    const failedBefore = hasHealthyTask && service.circuitBreaker.resetOnHealthyTask ? 0 : deployment.failedTasks
    const count = {
      failedTasks: failedBefore + failed.length,
      startFailures: (hasHealthyTask ? 0 : deployment.startFailures) + failed.length,
      ...(failed.length > 0 && { lastFailureAt: Math.max(...failed.map((task) => task.stoppingSince ?? now)) }),
    }
    if (count.failedTasks === deployment.failedTasks && count.startFailures === deployment.startFailures) continue
    counts.set(deployment.id, count)
    actions.push({ do: 'count', deployment: deployment.id, ...count })
  }
  // Tasks of deployments that the service no longer has are marked without being counted.
  const known = new Set(service.deployments.map(({ id }) => id))
  const ofGoneDeployments = tasks.filter(
    (task) => !known.has(task.deployment) && task.countedAs !== 'ended' && !task.shouldRun,
  )
  actions.push(...ofGoneDeployments.map(({ id }): Action => ({ do: 'mark-counted', task: id, countedAs: 'ended' })))
  return { actions, counts }
}

/**
 * Whether ECS counts the task as failed: it never ran, its health check failed, or it ended before it counted as
 * healthy (API Reference, Deployment.failedTasks).
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
 * The circuit breaker's actions; undefined when it does not trigger. The deployment fails, and the service rolls back
 * to the last completed deployment if the configuration says so and there is one.
 */
function circuitBreakerActions(
  { name, circuitBreaker, desiredCount, lastCompleted }: ServiceState,
  primary: DeploymentState,
): Action[] | undefined {
  if (!circuitBreaker.enable || primary.rollingBack || primary.rollout !== 'IN_PROGRESS') return undefined
  if (primary.failedTasks < failureThreshold(circuitBreaker, desiredCount)) return undefined
  const failed = eventAction(serviceEventTexts.deploymentFailed(name, primary.id))
  if (!circuitBreaker.rollback || lastCompleted === undefined || lastCompleted === primary.id)
    return [{ do: 'fail', deployment: primary.id }, failed]
  return [
    { do: 'roll-back', failedDeployment: primary.id, targetDeployment: lastCompleted },
    failed,
    eventAction(serviceEventTexts.rollingBack(name, lastCompleted)),
  ]
}

/** Whether exactly the desired number of tasks is started, all of them healthy tasks of the PRIMARY deployment. */
function isSteady({ service, primary, tasks, now }: SchedulerView): boolean {
  const startedTasks = tasks.filter(isStarted)
  return (
    primary.rollout !== 'FAILED' &&
    startedTasks.length === service.desiredCount &&
    startedTasks.every((task) => task.deployment === primary.id && isHealthy(task, service.warmUpMs, now))
  )
}

/** Stores the conditions that hold now, and emits the event of each condition that did not hold before. */
function conditionActions({ conditions: conditionsBefore }: ServiceState, current: Record<string, string>): Action[] {
  const conditions = Object.keys(current)
  if (conditions.length === conditionsBefore.length && conditions.every((key) => conditionsBefore.includes(key)))
    return []
  return [
    { do: 'set-conditions', conditions },
    ...conditions.filter((key) => !conditionsBefore.includes(key)).map((key) => eventAction(current[key] ?? key)),
  ]
}

/** The times at which tasks without a health check begin to count as healthy. */
function warmUpEnds({ service, tasks, now }: SchedulerView): Instant[] {
  return tasks
    .filter((task) => isServing(task) && task.health === undefined && !isHealthy(task, service.warmUpMs, now))
    .map((task) => (task.startedAt ?? now) + service.warmUpMs)
}

function reconcileAtEarliest(times: readonly Instant[], now: Instant): Action[] {
  return times.length === 0 ? [] : [{ do: 'reconcile-again', at: Math.max(now, Math.min(...times)) }]
}
