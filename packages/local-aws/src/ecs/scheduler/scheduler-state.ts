import type { BackOff } from './back-off.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { StrategyItem } from './strategy-spread.ts'

/** Milliseconds since 1970. */
export type Instant = number

/** What a service is asked to be and where its deployments stand: one half of what the scheduler looks at. */
export interface ServiceState {
  name: string
  status: 'ACTIVE' | 'DRAINING'
  /** Of a deleted service: it drains until then at least, whatever its tasks. */
  drainsUntil: Instant
  desiredCount: number
  minimumHealthyPercent: number
  maximumPercent: number
  circuitBreaker: CircuitBreaker
  /** The PRIMARY one first, then the ACTIVE ones that it replaces. */
  deployments: readonly DeploymentState[]
  /** The last deployment that completed: where a rollback goes. */
  lastCompleted?: string
  /** What is so since an earlier look, and was told then: an event is said when something begins to be so. */
  conditions: readonly string[]
  /**
   * How long a task without a health check runs before it counts as healthy (API Reference, DeploymentConfiguration: 40 s).
   * One that ends earlier has failed to start.
   */
  warmUpMs: number
  backOff: BackOff
  /** What ECS says where no task of the service can be placed at all. */
  cannotPlace?: string
}

export interface DeploymentState {
  id: string
  rollout: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  /** Made PRIMARY again by a rollback, which the circuit breaker does not break a second time. */
  rollingBack: boolean
  /** In a row, as the circuit breaker counts. */
  failedTasks: number
  /** In a row since a task got healthy, as the back-off counts. */
  startFailures: number
  lastFailureAt?: Instant
  strategy: readonly StrategyItem[]
}

/** A task of the service: the other half. Stopped ones are there until they are noted. */
export interface TaskState {
  id: string
  deployment: string
  phase: 'starting' | 'running' | 'stopping' | 'stopped'
  /** Its desired status is RUNNING. */
  wanted: boolean
  /** Of its essential containers that have a health check; undefined when none has. */
  health?: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
  createdAt: Instant
  startedAt?: Instant
  /** Why it goes down: by ECS or a person on purpose, never started, ended by itself, found unhealthy. */
  ending?: 'asked' | 'not-started' | 'exited' | 'unhealthy'
  endingAt?: Instant
  protectedUntil?: Instant
  capacityProvider?: string
  /** What the counts of its deployment have taken in of it already. */
  counted?: 'healthy' | 'ended'
}

/** Counts as started: PENDING or RUNNING, whatever is wanted of it. */
export const isUp = (task: TaskState) => task.phase === 'starting' || task.phase === 'running'
export const isSick = (task: TaskState) => task.health === 'UNHEALTHY'
export const isKept = (task: TaskState) => task.wanted && isUp(task)
export const isProtected = (task: TaskState, now: Instant) =>
  task.protectedUntil !== undefined && task.protectedUntil > now
/** Runs and nothing speaks against it, though it may not have run for long enough to count. */
export const serves = (task: TaskState) => task.wanted && task.phase === 'running' && !isSick(task)

export function isHealthy(task: TaskState, warmUpMs: number, now: Instant): boolean {
  if (!serves(task)) return false
  return task.health === undefined ? now >= (task.startedAt ?? now) + warmUpMs : task.health === 'HEALTHY'
}
