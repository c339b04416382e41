/**
 * Returns a clock for the age of stored data. It is never ahead of the system clock, and it advances no faster than
 * real time since the start of the process. When the system clock jumps forward, data that is kept for days is not
 * removed.
 * @param now milliseconds since 1970
 */
export function createSteadyClock(now: () => number): () => number {
  const startedAt = now()
  const started = performance.now()
  return () => Math.min(now(), startedAt + (performance.now() - started))
}
