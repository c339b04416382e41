import type { Instant } from './scheduler-state.ts'

type StopReason = 'scaling' | 'unhealthy'

/**
 * The actions that `decideActions` returns and `applyActions` applies. A deployment is named by its id (`ecs-svc/N`), a
 * task by the last segment of its ARN; times are milliseconds since 1970.
 */
export type Action =
  /** Starts one task on each of `capacityProviders`; `replacingUnhealthy` of them replace unhealthy tasks. */
  | { do: 'start'; deployment: string; capacityProviders: (string | undefined)[]; replacingUnhealthy: number }
  | { do: 'stop'; task: string; reason: StopReason }
  /** Marks the task as included in its deployment's counts, as healthy or as ended. It is not counted again. */
  | { do: 'mark-counted'; task: string; countedAs: 'healthy' | 'ended' }
  /** Sets the deployment's counts of failed tasks: for the circuit breaker, and (`startFailures`) for the back-off. */
  | { do: 'count'; deployment: string; failedTasks: number; startFailures: number; lastFailureAt?: Instant }
  | { do: 'complete'; deployment: string }
  | { do: 'fail'; deployment: string }
  | { do: 'roll-back'; failedDeployment: string; targetDeployment: string }
  /** Removes a replaced deployment, which has no tasks any more, from the service. */
  | { do: 'retire'; deployment: string }
  /** Makes a deleted service, which has no tasks any more, INACTIVE. */
  | { do: 'end-service' }
  /** Stores the keys of the conditions that hold now (scheduler-state.ts). */
  | { do: 'set-conditions'; conditions: string[] }
  | { do: 'event'; message: string }
  | { do: 'reconcile-again'; at: Instant }

export const eventAction = (message: string): Action => ({ do: 'event', message })
