/**
 * Decides how many tasks may fail before their deployment has failed (ECS Developer Guide, "How the Amazon ECS
 * deployment circuit breaker detects failures").
 */

export interface CircuitBreaker {
  enable: boolean
  rollback: boolean
  /** A task that becomes healthy sets the count of failed tasks back to 0. */
  resetOnHealthyTask: boolean
  threshold: { type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT'; value: number }
}

/**
 * ECS's bounds for BOUNDED_PERCENT: the deployment of a small service does not fail after a single failure, and that of
 * a large service fails before thousands of failures.
 */
const MIN_FAILURES = 3
const MAX_FAILURES = 200

/** The number of failed tasks at which the deployment has failed. */
export function failureThreshold({ threshold: { type, value } }: CircuitBreaker, desiredCount: number): number {
  const share = Math.ceil((value * desiredCount) / 100)
  switch (type) {
    case 'COUNT':
      return Math.max(1, value)
    case 'UNBOUNDED_PERCENT':
      return Math.max(1, share)
    case 'BOUNDED_PERCENT':
      return Math.min(MAX_FAILURES, Math.max(MIN_FAILURES, share))
  }
}
