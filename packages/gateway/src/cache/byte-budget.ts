/**
 * Limits the memory of all cache entries, event feeds and change logs of all accounts. Above the limit, the least
 * recently used of them are evicted. Pinned ones are in use and stay, even above the limit.
 */

export interface BudgetedEntry {
  /** Releases the entry's data. Called when the budget evicts the entry. */
  forget: () => void
  /** A pinned entry is in use and is not evicted. */
  readonly isPinned: boolean
}

export class ByteBudget {
  readonly #maxBytes: number
  /** The size of each entry, least recently used first. */
  readonly #sizes = new Map<BudgetedEntry, number>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get count(): number {
    return this.#sizes.size
  }

  /** Marks an entry as used now, records its size, and evicts other entries until the limit is met. */
  use(entry: BudgetedEntry, bytes: number): void {
    this.drop(entry)
    this.#sizes.set(entry, bytes)
    this.#bytes += bytes
    if (this.#bytes <= this.#maxBytes) return
    for (const oldest of this.#sizes.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      if (oldest.isPinned || oldest === entry) continue
      this.drop(oldest)
      oldest.forget()
    }
  }

  /** Stops counting an entry. */
  drop(entry: BudgetedEntry): void {
    this.#bytes -= this.#sizes.get(entry) ?? 0
    this.#sizes.delete(entry)
  }
}
