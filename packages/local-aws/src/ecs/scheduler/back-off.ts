/**
 * How long a service waits when its tasks fail to start again and again. ECS tells the shape (the time between attempts grows, up to a
 * limit; a new deployment begins afresh: Developer Guide, "Amazon ECS service throttle logic"), not the figures.
 */
export interface BackOff {
  /** The first delay, milliseconds; each further round doubles it. */
  firstMs: number
  maxMs: number
}

/** A round is as many failures as the service has tasks: ten tasks that fail together are one bad attempt, not ten. */
function rounds(failures: number, desiredCount: number): number {
  return Math.ceil(failures / Math.max(1, desiredCount))
}

/** Milliseconds after the last failure before tasks are started again. One round is replaced at once. */
export function backOffDelay({ firstMs, maxMs }: BackOff, failures: number, desiredCount: number): number {
  const round = rounds(failures, desiredCount)
  return round < 2 ? 0 : Math.min(maxMs, firstMs * 2 ** Math.min(round - 2, 30))
}

/** Whether ECS says by now that the service is unable to consistently start tasks. */
export function isThrottled(failures: number, desiredCount: number): boolean {
  return rounds(failures, desiredCount) >= 3
}
