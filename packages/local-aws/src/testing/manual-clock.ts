import type { Clock } from '../clock.ts'

export interface ManualClock extends Clock {
  /** Advances the time by `ms` milliseconds. Callbacks that become due are called in order, each at its own time. */
  advance(ms: number): void
}

/** A clock that stands still until a test advances it. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start
  const entries = new Set<{ time: number; callback: () => void }>()
  const nextDue = (until: number) =>
    [...entries]
      .filter(({ time }) => time <= until)
      .reduce<{ time: number; callback: () => void } | undefined>((a, b) => (a && a.time <= b.time ? a : b), undefined)
  return {
    now: () => now,
    at(time, callback) {
      const entry = { time, callback }
      entries.add(entry)
      return () => entries.delete(entry)
    },
    advance(ms) {
      const until = now + ms
      for (let entry = nextDue(until); entry; entry = nextDue(until)) {
        entries.delete(entry)
        now = Math.max(now, entry.time)
        entry.callback()
      }
      now = until
    },
  }
}
