/**
 * The scheduler state of one service, from which `decideActions` decides. It has only the facts on which decisions
 * depend, so that tests can construct any state.
 */
import type { BackOff } from './back-off.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { StrategyItem } from './strategy-spread.ts'

/** Milliseconds since 1970. */
export type Instant = number

/** The service's part of the scheduler state: its desired configuration and the state of its deployments. */
export interface ServiceState {
  name: string
  status: 'ACTIVE' | 'DRAINING'
  /** A deleted service stays DRAINING at least until this time, even without tasks. */
  drainsUntil: Instant
  desiredCount: number
  minimumHealthyPercent: number
  maximumPercent: number
  circuitBreaker: CircuitBreaker
  /** The PRIMARY deployment first, then the ACTIVE ones that it replaces. */
  deployments: readonly DeploymentState[]
  /** The id of the last deployment that completed. A rollback deploys it again. */
  lastCompleted?: string
  /**
   * The conditions that held at the last reconciliation, by key. An event is emitted when a condition begins to hold,
   * not again while it holds.
   */
  conditions: readonly string[]
  /**
   * How long a task without a health check runs before it counts as healthy (40 s: API Reference,
   * DeploymentConfiguration). A task that ends earlier has failed to start.
   */
  warmUpMs: number
  backOff: BackOff
  /** ECS's event text when no task of the service can be placed; undefined when tasks can be placed. */
  cannotPlace?: string
}

export interface DeploymentState {
  id: string
  rollout: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  /** Whether a rollback made the deployment PRIMARY again. The circuit breaker does not apply to a rollback. */
  rollingBack: boolean
  /** Failed tasks in a row, as the circuit breaker counts them. */
  failedTasks: number
  /** Failed tasks in a row since a task became healthy, as the back-off counts them. */
  startFailures: number
  lastFailureAt?: Instant
  strategy: readonly StrategyItem[]
}

/** A task of the service. A stopped task stays in the state until the counts of its deployment include it. */
export interface TaskState {
  id: string
  deployment: string
  phase: 'starting' | 'running' | 'stopping' | 'stopped'
  /** Whether the task's desired status is RUNNING. */
  shouldRun: boolean
  /** The health of the essential containers that have a health check; undefined when no container has one. */
  health?: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
  createdAt: Instant
  startedAt?: Instant
  /** Why it stops: ECS or a person `requested` it, it was `not-started`, `exited` by itself, or was `unhealthy`. */
  stopCause?: 'requested' | 'not-started' | 'exited' | 'unhealthy'
  stoppingSince?: Instant
  protectedUntil?: Instant
  capacityProvider?: string
  /** Whether the deployment's counts already include this task, and as what. */
  countedAs?: 'healthy' | 'ended'
}

/** Whether a task counts as started: it is PENDING or RUNNING, whatever its desired status. */
export const isStarted = (task: TaskState) => task.phase === 'starting' || task.phase === 'running'
export const isUnhealthy = (task: TaskState) => task.health === 'UNHEALTHY'
export const isStaying = (task: TaskState) => task.shouldRun && isStarted(task)
export const isProtected = (task: TaskState, now: Instant) =>
  task.protectedUntil !== undefined && task.protectedUntil > now
/** Whether a task runs and is not known to be unhealthy. It may not have run long enough to count as healthy. */
export const isServing = (task: TaskState) => task.shouldRun && task.phase === 'running' && !isUnhealthy(task)

/** Whether a task counts as healthy: its health check has passed, or without one it has run for `warmUpMs`. */
export function isHealthy(task: TaskState, warmUpMs: number, now: Instant): boolean {
  if (!isServing(task)) return false
  return task.health === undefined ? now >= (task.startedAt ?? now) + warmUpMs : task.health === 'HEALTHY'
}
