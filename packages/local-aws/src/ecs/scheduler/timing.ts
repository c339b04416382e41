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
   * How long a deleted service drains at least, a namespace is being attached, and a capacity provider is being
   * deleted.
   */
  backgroundMs: number
}

/**
 * `real`: 40 s is ECS's own figure (API Reference, DeploymentConfiguration), the back-off has ECS's shape, and a real
 * service without tasks became INACTIVE within a minute of its deletion. The other paces shorten all delays.
 */
const timing: Record<SimulatedPace, Timing> = {
  instant: { warmUpMs: 20, backOff: { firstMs: 20, maxMs: 2_000 }, backgroundMs: 20 },
  fast: { warmUpMs: 500, backOff: { firstMs: 250, maxMs: 15_000 }, backgroundMs: 500 },
  real: { warmUpMs: 40_000, backOff: { firstMs: 10_000, maxMs: 900_000 }, backgroundMs: 30_000 },
}

export function timingAt(pace: SimulatedPace): Timing {
  return timing[pace]
}
