/**
 * The growing delay before a service starts tasks again after failures. As on ECS, the time between attempts grows up
 * to a limit, and a new deployment starts without a delay (Developer Guide, "Amazon ECS service throttle logic"). ECS
 * does not document its figures; this engine's are in timing.ts.
 */
export interface BackOff {
  /** Milliseconds before the third attempt; each further round doubles the delay. */
  initialDelayMs: number
  maxDelayMs: number
}

/**
 * A round is one failed attempt to start all desired tasks: ten tasks that fail together are one round, not ten.
 */
function failedRounds(failures: number, desiredCount: number): number {
  return Math.ceil(failures / Math.max(1, desiredCount))
}

/** Milliseconds between the last failure and the next start of tasks. After a single failed round the delay is 0. */
export function backOffDelay({ initialDelayMs, maxDelayMs }: BackOff, failures: number, desiredCount: number): number {
  const round = failedRounds(failures, desiredCount)
  return round < 2 ? 0 : Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(round - 2, 30))
}

/** Whether so many failures make ECS report that the service is unable to consistently start tasks. */
export function isThrottled(failures: number, desiredCount: number): boolean {
  return failedRounds(failures, desiredCount) >= 3
}
