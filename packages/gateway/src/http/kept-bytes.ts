/** Bytes of the stored responses of each token: counted in this process, and by the store every few minutes. */
import { LRUCache } from 'lru-cache'
import { sumStoredResponseBytes } from '../store/idempotency-records.ts'
import type { Store } from '../store/store.ts'

const countedForMs = 600_000
const maxCallers = 10_000

export class KeptBytes {
  readonly #store: Store
  readonly #most: number
  readonly #ofCallers = new LRUCache<string, { bytes: number }>({ max: maxCallers, ttl: countedForMs })

  constructor(store: Store, most: number) {
    this.#store = store
    this.#most = most
  }

  async hasRoom(caller: string): Promise<boolean> {
    let kept = this.#ofCallers.get(caller)
    if (!kept) {
      kept = { bytes: await sumStoredResponseBytes(this.#store, caller) }
      this.#ofCallers.set(caller, kept)
    }
    return kept.bytes < this.#most
  }

  add(caller: string, bytes: number): void {
    const kept = this.#ofCallers.get(caller)
    if (kept) kept.bytes += bytes
  }
}
