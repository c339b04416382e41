/** What views may keep in memory, over all accounts: those that were not read for the longest time are let go first. */

export interface BudgetedEntry {
  /** Lets go of what it holds; it is not asked for again. */
  forget: () => void
  /** While somebody depends on it, it stays. */
  readonly isPinned: boolean
}

export class ByteBudget {
  readonly #maxBytes: number
  /** Insertion order is the order of use. */
  readonly #kept = new Map<BudgetedEntry, number>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get count(): number {
    return this.#kept.size
  }

  /** It has been used, and takes this much. */
  use(kept: BudgetedEntry, bytes: number): void {
    this.drop(kept)
    this.#kept.set(kept, bytes)
    this.#bytes += bytes
    if (this.#bytes <= this.#maxBytes) return
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      if (oldest.isPinned || oldest === kept) continue
      this.drop(oldest)
      oldest.forget()
    }
  }

  drop(kept: BudgetedEntry): void {
    this.#bytes -= this.#kept.get(kept) ?? 0
    this.#kept.delete(kept)
  }
}
