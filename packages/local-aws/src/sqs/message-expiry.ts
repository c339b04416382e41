/**
 * Removes messages after their queue's retention period, with one timer for each queue that has messages. Expired
 * messages are not delivered before that either.
 */
import type { Clock } from '../clock.ts'
import { numberOf, type Queues } from './queue-record.ts'

export interface MessageExpiry {
  /** The queue may have messages that expire later. */
  expect(store: Queues, queue: string): void
  close(): void
}

/** Milliseconds by which a removal is delayed, so that it removes several messages together. */
const BATCH_DELAY_MS = 1000

export function messageExpiry(clock: Clock): MessageExpiry {
  const planned = new Map<string, { retentionMs: number; cancel: () => void }>()
  let isClosed = false

  function expect(store: Queues, queue: string): void {
    const name = `${store.account} ${store.region} ${queue}`
    const record = store.queues.get(queue)
    if (isClosed || !record) return
    const retentionMs = numberOf(record, 'MessageRetentionPeriod') * 1000
    const before = planned.get(name)
    // Messages that arrived since then are newer than the one that the timer is for.
    if (before && before.retentionMs <= retentionMs) return
    const [oldest] = store.messages.by('queue', queue)
    if (!oldest) return
    before?.cancel()
    const cancel = clock.at(oldest.sentAt + retentionMs + BATCH_DELAY_MS, () => {
      planned.delete(name)
      removeExpired(store, queue)
      expect(store, queue)
    })
    planned.set(name, { retentionMs, cancel })
  }

  function removeExpired(store: Queues, queue: string): void {
    const record = store.queues.get(queue)
    if (!record) return
    const oldest = clock.now() - numberOf(record, 'MessageRetentionPeriod') * 1000
    for (const { key, sentAt } of store.messages.by('queue', queue)) if (sentAt <= oldest) store.messages.delete(key)
  }

  return {
    expect,
    close() {
      isClosed = true
      for (const { cancel } of planned.values()) cancel()
      planned.clear()
    },
  }
}
