import type { SimulatedPace } from '../../runtimes/simulated.ts'
import type { BackOff } from './back-off.ts'

/** The delays of the scheduler, and of work that AWS finishes after its response. */
export interface Timing {
  /**
   * How long a task without a health check runs before it counts as healthy. A task that ends earlier has failed to
   * start.
   */
  warmUpMs: number
  backOff: BackOff
  /**
   * The duration of work that AWS finishes after its response: attaching a namespace and deleting a capacity provider.
   * A deleted service is DRAINING at least for this time.
   */
  delayedWorkMs: number
}

/**
 * The pace `real` has ECS's own warm-up of 40 s (API Reference, DeploymentConfiguration). ECS documents no figures of
 * its back-off. On AWS, a service without tasks became INACTIVE within a minute of its deletion. The other paces
 * shorten all delays.
 */
const timings: Record<SimulatedPace, Timing> = {
  instant: { warmUpMs: 20, backOff: { initialDelayMs: 20, maxDelayMs: 2_000 }, delayedWorkMs: 20 },
  fast: { warmUpMs: 3_000, backOff: { initialDelayMs: 250, maxDelayMs: 15_000 }, delayedWorkMs: 500 },
  real: { warmUpMs: 40_000, backOff: { initialDelayMs: 10_000, maxDelayMs: 900_000 }, delayedWorkMs: 30_000 },
}

export function timingAt(pace: SimulatedPace): Timing {
  return timings[pace]
}
