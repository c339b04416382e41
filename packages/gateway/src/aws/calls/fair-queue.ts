/**
 * Who waits for a bucket's next token: the most urgent first; within an urgency the callers take turns, so that a caller with a thousand
 * calls waiting holds up another one by one call only.
 */
import { type CallContext, type Priority, priorities } from './priority.ts'

export class FairQueue<Waiting> {
  readonly #lines = new Map<Priority, Map<string, Set<Waiting>>>(priorities.map((priority) => [priority, new Map()]))
  #size = 0

  get size(): number {
    return this.#size
  }

  add({ priority, caller }: CallContext, waiting: Waiting): void {
    const line = this.#lines.get(priority)!
    const own = line.get(caller)
    if (own) own.add(waiting)
    else line.set(caller, new Set([waiting]))
    this.#size++
  }

  remove({ priority, caller }: CallContext, waiting: Waiting): void {
    const line = this.#lines.get(priority)!
    const own = line.get(caller)
    if (!own?.delete(waiting)) return
    this.#size--
    if (own.size === 0) line.delete(caller)
  }

  /** How many are served before one that comes now. */
  ahead({ priority, caller }: CallContext): number {
    let ahead = 0
    for (const [each, line] of this.#lines) {
      // Each other caller has as many turns as this one until its turn comes.
      const ownTurns = each === priority ? (line.get(caller)?.size ?? 0) + 1 : Number.POSITIVE_INFINITY
      for (const [other, waiting] of line) ahead += other === caller ? waiting.size : Math.min(waiting.size, ownTurns)
      if (each === priority) break
    }
    return ahead
  }

  /** The urgency of the one whose turn it is. */
  get nextUrgency(): Priority | undefined {
    for (const [priority, line] of this.#lines) if (line.size > 0) return priority
    return undefined
  }

  /** Takes out the one whose turn it is; its caller goes to the end of the line. */
  next(): Waiting | undefined {
    const priority = this.nextUrgency
    if (!priority) return undefined
    const line = this.#lines.get(priority)!
    const [caller, own] = line.entries().next().value!
    const [waiting] = own
    own.delete(waiting!)
    line.delete(caller)
    if (own.size > 0) line.set(caller, own)
    this.#size--
    return waiting
  }
}
