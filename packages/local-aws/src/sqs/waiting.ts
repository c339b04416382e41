/** The requests that wait for messages, by queue. */
import type { Clock } from '../clock.ts'

export interface ReceiveWaiters {
  readonly isClosed: boolean
  /**
   * Resolves when a message may have arrived, at `time` (milliseconds since 1970), when the signal aborts, or at
   * `close`.
   */
  waitForMessage(queue: string, time: number, signal?: AbortSignal): Promise<void>
  wake(queue: string): void
  /** Ends all waits. */
  close(): void
}

export function receiveWaiters(clock: Clock): ReceiveWaiters {
  const waiters = new Map<string, Set<() => void>>()
  let isClosed = false

  return {
    get isClosed() {
      return isClosed
    },
    async waitForMessage(queue, time, signal) {
      if (isClosed || signal?.aborted) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const cancel = clock.at(time, resolve)
      const ofQueue = waiters.get(queue) ?? new Set()
      waiters.set(queue, ofQueue.add(resolve))
      signal?.addEventListener('abort', () => resolve(), { once: true })
      await promise
      cancel()
      ofQueue.delete(resolve)
      if (ofQueue.size === 0 && waiters.get(queue) === ofQueue) waiters.delete(queue)
    },
    wake(queue) {
      for (const resolve of waiters.get(queue) ?? []) resolve()
    },
    close() {
      isClosed = true
      for (const ofQueue of waiters.values()) for (const resolve of ofQueue) resolve()
    },
  }
}
