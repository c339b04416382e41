import type { Instant } from './scheduler-state.ts'

type StopReason = 'scaling' | 'unhealthy'

/**
 * The actions that `decide` returns and `apply` applies. A deployment is named by its id (`ecs-svc/N`), a task by
 * the last segment of its ARN; times are milliseconds since 1970.
 */
export type Action =
  | { do: 'start'; deployment: string; capacityProviders: (string | undefined)[]; replacingUnhealthy: number }
  | { do: 'stop'; task: string; reason: StopReason }
  /** The counts of the deployment now include this task as healthy or as ended, so that it is not counted again. */
  | { do: 'mark-counted'; task: string; as: 'healthy' | 'ended' }
  /** The deployment's counts of failed tasks: for the circuit breaker, and (`startFailures`) for the back-off. */
  | { do: 'count'; deployment: string; failedTasks: number; startFailures: number; lastFailureAt?: Instant }
  | { do: 'complete'; deployment: string }
  | { do: 'fail'; deployment: string }
  | { do: 'roll-back'; from: string; to: string }
  /** A replaced deployment has no task left, so the service drops it. */
  | { do: 'retire'; deployment: string }
  /** A deleted service has no task left, so it becomes INACTIVE. */
  | { do: 'end-service' }
  | { do: 'set-conditions'; conditions: string[] }
  | { do: 'event'; message: string }
  | { do: 'reconcile-again'; at: Instant }

export const event = (message: string): Action => ({ do: 'event', message })
