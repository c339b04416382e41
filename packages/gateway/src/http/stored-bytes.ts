/**
 * The size of the stored responses of each caller, which is limited. Each process counts the responses that it stores,
 * and reads the whole size from the store every ten minutes.
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

  constructor(store: Store, maxBytes: number) {
    this.#store = store
    this.#maxBytes = maxBytes
  }

  /** Whether the caller's stored responses are below the limit. */
  async hasRoom(caller: string): Promise<boolean> {
    let stored = this.#bytesOfCallers.get(caller)
    if (!stored) {
      stored = { bytes: await sumStoredResponseBytes(this.#store, caller) }
      this.#bytesOfCallers.set(caller, stored)
    }
    return stored.bytes < this.#maxBytes
  }

  /** Counts a response that this process stores. */
  add(caller: string, bytes: number): void {
    const stored = this.#bytesOfCallers.get(caller)
    if (stored) stored.bytes += bytes
  }
}
