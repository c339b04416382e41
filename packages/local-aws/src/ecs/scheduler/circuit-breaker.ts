/** When a deployment has failed: how many tasks may fail in it (ECS Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures"). */

export interface CircuitBreaker {
  enable: boolean
  rollback: boolean
  /** A task that gets healthy sets the count of failed ones back to 0. */
  resetOnHealthyTask: boolean
  threshold: { type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT'; value: number }
}

/** ECS's bounds for BOUNDED_PERCENT: few tasks must not fail a deployment by one accident, many not need thousands. */
const LEAST = 3
const MOST = 200

/** The number of failed tasks at which the deployment has failed. */
export function failureThreshold({ threshold: { type, value } }: CircuitBreaker, desiredCount: number): number {
  const share = Math.ceil((value * desiredCount) / 100)
  switch (type) {
    case 'COUNT':
      return Math.max(1, value)
    case 'UNBOUNDED_PERCENT':
      return Math.max(1, share)
    case 'BOUNDED_PERCENT':
      return Math.min(MOST, Math.max(LEAST, share))
  }
}
