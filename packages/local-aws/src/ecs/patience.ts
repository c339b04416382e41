import type { Pace } from '../runtimes/simulated.ts'
import type { BackOff } from './back-off.ts'

/** How long a service waits for its tasks. */
export interface Patience {
  /** How long a task without a health check runs before it counts as healthy; one that ends earlier has failed to start. */
  warmUpMs: number
  backOff: BackOff
}

/** `real`: 40 s are ECS's own (API Reference, DeploymentConfiguration), the back-off has ECS's shape. The others shorten all of it alike. */
const patience: Record<Pace, Patience> = {
  instant: { warmUpMs: 20, backOff: { firstMs: 20, mostMs: 2_000 } },
  fast: { warmUpMs: 500, backOff: { firstMs: 250, mostMs: 15_000 } },
  real: { warmUpMs: 40_000, backOff: { firstMs: 10_000, mostMs: 900_000 } },
}

export function patienceAt(pace: Pace): Patience {
  return patience[pace]
}
