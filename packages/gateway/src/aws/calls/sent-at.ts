/** When the call was sent that brought an answer: the answer is at most that old. */

const sent = new WeakMap<object, number>()

export function noteSent(output: object, at: number): void {
  sent.set(output, at)
}

/** On the clock of `performance.now()`, in milliseconds; now for what no call brought. */
export function sentAt(output: object): number {
  return sent.get(output) ?? performance.now()
}
