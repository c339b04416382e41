/**
 * @returns the time by which things grow old: never ahead of the clock, and ahead of the process's start by no more than has passed since.
 *   A clock that jumps forward must not remove what is kept for days.
 */
export function steadyClock(now: () => number): () => number {
  const startedAt = now()
  const started = performance.now()
  return () => Math.min(now(), startedAt + (performance.now() - started))
}
