/** The time at which the call of a response was sent: the data in the response is not older than this time. */

const sentTimes = new WeakMap<object, number>()

/**
 * Records when the call of a response was sent.
 * @param atMs on the clock of `performance.now()`
 */
export function recordSent(output: object, atMs: number): void {
  sentTimes.set(output, atMs)
}

/**
 * Returns when the call of a response was sent, on the clock of `performance.now()`; the present time for an object
 * that is not a recorded response.
 */
export function sentAt(output: object): number {
  return sentTimes.get(output) ?? performance.now()
}
