/**
 * Work that AWS finishes some time after its response: the attachments of a cluster, the deletion of a capacity
 * provider.
 */
import type { Clock } from '../clock.ts'

export interface DelayedWork {
  /**
   * Calls `finish` after the delay, unless `close` is called before. The next start of the engine finishes work that
   * was still pending.
   */
  finishLater(finish: () => void): void
  close(): void
}

export function openDelayedWork(clock: Clock, delayMs: number): DelayedWork {
  const pending = new Set<() => void>()
  return {
    finishLater(finish) {
      const cancel = clock.at(clock.now() + delayMs, () => {
        pending.delete(cancel)
        finish()
      })
      pending.add(cancel)
    },
    close() {
      for (const cancel of pending) cancel()
      pending.clear()
    },
  }
}
