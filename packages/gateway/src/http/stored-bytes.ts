/**
 * The size of the stored responses of each token. Counted in this process, and read from the store every few minutes.
 */
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { sumStoredResponseBytes } from '../store/idempotency-records.ts'
import type { Store } from '../store/store.ts'

const recountAfterMs = 600_000
const maxCallers = 10_000

export class StoredBytes {
  readonly #store: Store
  readonly #maxBytes: number
  readonly #bytesOfCallers = new LRUCache<string, { bytes: number }>({ ...maxEntries(maxCallers), ttl: recountAfterMs })

  constructor(store: Store, most: number) {
    this.#store = store
    this.#maxBytes = most
  }

  async hasRoom(caller: string): Promise<boolean> {
    let kept = this.#bytesOfCallers.get(caller)
    if (!kept) {
      kept = { bytes: await sumStoredResponseBytes(this.#store, caller) }
      this.#bytesOfCallers.set(caller, kept)
    }
    return kept.bytes < this.#maxBytes
  }

  add(caller: string, bytes: number): void {
    const kept = this.#bytesOfCallers.get(caller)
    if (kept) kept.bytes += bytes
  }
}
