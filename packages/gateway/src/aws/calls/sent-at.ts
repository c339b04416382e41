/**
 * When the request was sent that a response of AWS answers. The data in a recorded response is not older than that.
 */

const sentTimes = new WeakMap<object, number>()

/**
 * Records when the request of a response was sent.
 * @param atMs on the clock of `performance.now()`
 */
export function recordSentAt(output: object, atMs: number): void {
  sentTimes.set(output, atMs)
}

/**
 * Returns when the request of a response was sent, on the clock of `performance.now()`; the present time for an object
 * that is not a recorded response.
 */
export function sentAt(output: object): number {
  return sentTimes.get(output) ?? performance.now()
}
