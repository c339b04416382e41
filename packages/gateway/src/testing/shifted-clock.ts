/** A clock for the engine that runs like the machine's, and that a test can move ahead. */
import type { Clock } from '@ecs-api/local-aws'

export interface ShiftedClock extends Clock {
  /**
   * Moves the clock ahead to this time (milliseconds since 1970). Callbacks that are due by then are called at once.
   */
  moveTo(time: number): void
}

/** @param start the time that the clock shows at first, in milliseconds since 1970 */
export function createShiftedClock(start: number): ShiftedClock {
  let offset = start - Date.now()
  const now = () => Date.now() + offset
  const pending = new Set<{ time: number; callback: () => void; timer?: NodeJS.Timeout }>()
  type Entry = typeof pending extends Set<infer T> ? T : never
  function arm(entry: Entry): void {
    clearTimeout(entry.timer)
    const run = () => {
      pending.delete(entry)
      entry.callback()
    }
    entry.timer = setTimeout(run, Math.max(0, Math.min(entry.time - now(), 2 ** 31 - 1))).unref()
  }
  return {
    now,
    at(time, callback) {
      const entry: Entry = { time, callback }
      pending.add(entry)
      arm(entry)
      return () => {
        pending.delete(entry)
        clearTimeout(entry.timer)
      }
    },
    moveTo(time) {
      offset = Math.max(offset, time - Date.now())
      for (const entry of pending) arm(entry)
    },
  }
}
