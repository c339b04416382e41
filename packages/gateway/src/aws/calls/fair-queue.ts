/**
 * The calls that wait for the next token of a bucket. The highest priority is served first. Within a priority, callers
 * are served round robin: a caller with a thousand waiting calls delays each call of another caller by one call only.
 */
import { type CallContext, type Priority, priorities } from './priority.ts'

export class FairQueue<Waiting> {
  /** The waiting calls of each caller, by priority. */
  readonly #callers = new Map<Priority, Map<string, Set<Waiting>>>(priorities.map((priority) => [priority, new Map()]))
  #size = 0

  get size(): number {
    return this.#size
  }

  add({ priority, caller }: CallContext, waiting: Waiting): void {
    const callers = this.#callers.get(priority)!
    const waitingOfCaller = callers.get(caller)
    if (waitingOfCaller) waitingOfCaller.add(waiting)
    else callers.set(caller, new Set([waiting]))
    this.#size++
  }

  remove({ priority, caller }: CallContext, waiting: Waiting): void {
    const callers = this.#callers.get(priority)!
    const waitingOfCaller = callers.get(caller)
    if (!waitingOfCaller?.delete(waiting)) return
    this.#size--
    if (waitingOfCaller.size === 0) callers.delete(caller)
  }

  /** Returns how many waiting calls would be served before a call that is added now. */
  countAhead({ priority, caller }: CallContext): number {
    let ahead = 0
    for (const [servedPriority, callers] of this.#callers) {
      // Round robin: until the new call is served, each other caller is served at most as often as this caller.
      const rounds = servedPriority === priority ? (callers.get(caller)?.size ?? 0) + 1 : Number.POSITIVE_INFINITY
      for (const [servedCaller, waiting] of callers)
        ahead += servedCaller === caller ? waiting.size : Math.min(waiting.size, rounds)
      if (servedPriority === priority) break
    }
    return ahead
  }

  /** The priority of the call that `next` returns; undefined when none waits. */
  get nextPriority(): Priority | undefined {
    for (const [priority, callers] of this.#callers) if (callers.size > 0) return priority
    return undefined
  }

  /** Removes and returns the call to serve next. Its caller moves to the end of the round. */
  next(): Waiting | undefined {
    const priority = this.nextPriority
    if (!priority) return undefined
    const callers = this.#callers.get(priority)!
    const [caller, waitingOfCaller] = callers.entries().next().value!
    const [waiting] = waitingOfCaller
    waitingOfCaller.delete(waiting!)
    callers.delete(caller)
    if (waitingOfCaller.size > 0) callers.set(caller, waitingOfCaller)
    this.#size--
    return waiting
  }
}
