import type { Instant } from './scheduler-state.ts'

type StopReason = 'scaling' | 'unhealthy'

export type Action =
  | { do: 'start'; deployment: string; capacityProviders: (string | undefined)[]; replacingUnhealthy: number }
  | { do: 'stop'; task: string; reason: StopReason }
  /** The deployment's counts have taken this in of the task. */
  | { do: 'mark-counted'; task: string; as: 'healthy' | 'ended' }
  | { do: 'count'; deployment: string; failedTasks: number; startFailures: number; lastFailureAt?: Instant }
  | { do: 'complete'; deployment: string }
  | { do: 'fail'; deployment: string }
  | { do: 'roll-back'; from: string; to: string }
  /** No task is left of a deployment that another has replaced. */
  | { do: 'retire'; deployment: string }
  /** No task is left of a deleted service. */
  | { do: 'end-service' }
  | { do: 'set-conditions'; conditions: string[] }
  | { do: 'event'; message: string }
  | { do: 'look-again'; at: Instant }

export const event = (message: string): Action => ({ do: 'event', message })
