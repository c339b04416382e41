/**
 * The size of V8's young generation. V8 shrinks it while the process is idle, and lets it grow to 128 MiB under load.
 * Too small, it costs a busy process a third of its speed in collections; too large, it takes memory for nothing
 * (decisions 0103 and 0128). No option of a running V8 limits the size, but V8 reads the growth factor at each growth.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** At this size the young generation stops growing. V8 doubles it, so below half of this size it may grow once more. */
const maxMiB = 32

/** Lets the young generation grow to `maxMiB` and no further, also after V8 shrank it. */
export function limitYoungGeneration(): void {
  let factor: 1 | 2 | undefined
  const adjust = () => {
    const next = youngGenerationMiB() * 2 <= maxMiB ? 2 : 1
    if (next !== factor) setFlagsFromString(`--semi-space-growth-factor=${next}`)
    factor = next
  }
  adjust()
  // V8 changes the size at a collection, so an idle process does nothing here.
  new PerformanceObserver(adjust).observe({ entryTypes: ['gc'] })
}

function youngGenerationMiB(): number {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  return (space?.space_size ?? 0) / 2 ** 20
}
