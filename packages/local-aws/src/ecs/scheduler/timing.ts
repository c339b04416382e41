import type { Pace } from '../../runtimes/simulated.ts'
import type { BackOff } from './back-off.ts'

/** How long a service waits for its tasks, and a client for what AWS does after it has answered. */
export interface Timing {
  /** How long a task without a health check runs before it counts as healthy; one that ends earlier has failed to start. */
  warmUpMs: number
  backOff: BackOff
  /** How long a deleted service drains at least, whatever its tasks; how long a namespace is being attached, a capacity provider deleted. */
  backgroundMs: number
}

/**
 * `real`: 40 s are ECS's own (API Reference, DeploymentConfiguration), the back-off has ECS's shape, and a service without tasks was seen
 * INACTIVE within a minute of its deletion. The others shorten all of it alike.
 */
const timing: Record<Pace, Timing> = {
  instant: { warmUpMs: 20, backOff: { firstMs: 20, maxMs: 2_000 }, backgroundMs: 20 },
  fast: { warmUpMs: 500, backOff: { firstMs: 250, maxMs: 15_000 }, backgroundMs: 500 },
  real: { warmUpMs: 40_000, backOff: { firstMs: 10_000, maxMs: 900_000 }, backgroundMs: 30_000 },
}

export function timingAt(pace: Pace): Timing {
  return timing[pace]
}
