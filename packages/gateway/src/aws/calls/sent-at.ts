/** The time at which the call of a response was sent: the data in the response is at most that old. */

const sentTimes = new WeakMap<object, number>()

/** @param atMs on the clock of `performance.now()` */
export function recordSent(output: object, atMs: number): void {
  sentTimes.set(output, atMs)
}

/** Milliseconds on the clock of `performance.now()`; now for an object that is not the response of a call. */
export function sentAt(output: object): number {
  return sentTimes.get(output) ?? performance.now()
}
