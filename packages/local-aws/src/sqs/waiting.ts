/** The requests that wait for messages, by queue. */
import type { Clock } from '../clock.ts'

export interface ReceiveWaiters {
  readonly isClosed: boolean
  /**
   * Resolves when a message may have arrived, at `time` (milliseconds since 1970), when the signal aborts, or at
   * `close`.
   */
  waitForMessage(queueKey: string, time: number, signal?: AbortSignal): Promise<void>
  wake(queueKey: string): void
  /** Ends all waits. */
  close(): void
}

export function openReceiveWaiters(clock: Clock): ReceiveWaiters {
  const waiters = new Map<string, Set<() => void>>()
  let isClosed = false

  return {
    get isClosed() {
      return isClosed
    },
    async waitForMessage(queueKey, time, signal) {
      if (isClosed || signal?.aborted) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const cancel = clock.at(time, resolve)
      const waitersOfQueue = waiters.get(queueKey) ?? new Set()
      waiters.set(queueKey, waitersOfQueue.add(resolve))
      signal?.addEventListener('abort', () => resolve(), { once: true })
      await promise
      cancel()
      waitersOfQueue.delete(resolve)
      if (waitersOfQueue.size === 0 && waiters.get(queueKey) === waitersOfQueue) waiters.delete(queueKey)
    },
    wake(queueKey) {
      for (const resolve of waiters.get(queueKey) ?? []) resolve()
    },
    close() {
      isClosed = true
      for (const waitersOfQueue of waiters.values()) for (const resolve of waitersOfQueue) resolve()
    },
  }
}
