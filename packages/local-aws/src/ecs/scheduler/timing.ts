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
   * How long a namespace is being attached, how long a capacity provider is being deleted, and how long a deleted
   * service drains at least.
   */
  backgroundMs: number
}

/**
 * Of `real`, the 40 s are ECS's own figure (API Reference, DeploymentConfiguration). ECS documents no figures of the
 * back-off. On AWS, a service without tasks became INACTIVE within a minute of its deletion. The other paces shorten all
 * delays.
 */
const timings: Record<SimulatedPace, Timing> = {
  instant: { warmUpMs: 20, backOff: { initialDelayMs: 20, maxDelayMs: 2_000 }, backgroundMs: 20 },
  fast: { warmUpMs: 3_000, backOff: { initialDelayMs: 250, maxDelayMs: 15_000 }, backgroundMs: 500 },
  real: { warmUpMs: 40_000, backOff: { initialDelayMs: 10_000, maxDelayMs: 900_000 }, backgroundMs: 30_000 },
}

export function timingAt(pace: SimulatedPace): Timing {
  return timings[pace]
}
