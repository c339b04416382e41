/**
 * The growing delay before a service starts tasks again after failures. The shape is ECS's: the time between attempts
 * grows up to a limit, and a new deployment starts without a delay (Developer Guide, "Amazon ECS service throttle
 * logic"). ECS does not document the figures; ours are in timing.ts.
 */
export interface BackOff {
  /** Milliseconds before the third attempt; each further round doubles the delay. */
  firstMs: number
  maxMs: number
}

/**
 * A round is as many failures as the service has tasks: ten tasks that fail together are one failed attempt, not ten.
 */
function rounds(failures: number, desiredCount: number): number {
  return Math.ceil(failures / Math.max(1, desiredCount))
}

/** Milliseconds between the last failure and the next start of tasks. After a single failed round the delay is 0. */
export function backOffDelay({ firstMs, maxMs }: BackOff, failures: number, desiredCount: number): number {
  const round = rounds(failures, desiredCount)
  return round < 2 ? 0 : Math.min(maxMs, firstMs * 2 ** Math.min(round - 2, 30))
}

/** Whether ECS by now reports that the service is unable to consistently start tasks. */
export function isThrottled(failures: number, desiredCount: number): boolean {
  return rounds(failures, desiredCount) >= 3
}
