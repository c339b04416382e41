/** Those who wait for messages, by queue. */
import type { Clock } from '../clock.ts'

export interface Waiting {
  readonly isClosed: boolean
  /** Resolves when something may have come, at that time (milliseconds since 1970), or when nobody waits any more. */
  until(queue: string, time: number, gone?: AbortSignal): Promise<void>
  wake(queue: string): void
  /** Nobody waits any more. */
  close(): void
}

export function waiting(clock: Clock): Waiting {
  const waiters = new Map<string, Set<() => void>>()
  let isClosed = false

  return {
    get isClosed() {
      return isClosed
    },
    async until(queue, time, gone) {
      if (isClosed || gone?.aborted) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const callOff = clock.at(time, resolve)
      const those = waiters.get(queue) ?? new Set()
      waiters.set(queue, those.add(resolve))
      gone?.addEventListener('abort', () => resolve(), { once: true })
      await promise
      callOff()
      those.delete(resolve)
      if (those.size === 0 && waiters.get(queue) === those) waiters.delete(queue)
    },
    wake(queue) {
      for (const resolve of waiters.get(queue) ?? []) resolve()
    },
    close() {
      isClosed = true
      for (const those of waiters.values()) for (const resolve of those) resolve()
    },
  }
}
