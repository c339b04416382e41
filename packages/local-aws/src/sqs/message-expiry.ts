/**
 * Removes messages after their queue's retention period, with one timer for each queue that has messages. Expired
 * messages are not delivered, even before they are removed.
 */
import type { Clock } from '../clock.ts'
import { numericAttribute, type QueueStore } from './queue-record.ts'

export interface MessageExpiry {
  /**
   * Schedules the removal of the queue's expired messages. Call it after messages may have come, and after the queue's
   * retention period has changed.
   */
  scheduleRemoval(store: QueueStore, queue: string): void
  close(): void
}

/** So long after the expiry of the oldest message, a removal takes those that have expired meanwhile, too. */
const BATCH_DELAY_MS = 1000

export function openMessageExpiry(clock: Clock): MessageExpiry {
  const plannedRemovals = new Map<string, { retentionMs: number; cancel: () => void }>()
  let isClosed = false

  function scheduleRemoval(store: QueueStore, queue: string): void {
    const queueKey = `${store.account} ${store.region} ${queue}`
    const record = store.queues.get(queue)
    if (isClosed || !record) return
    const retentionMs = numericAttribute(record, 'MessageRetentionPeriod') * 1000
    const plannedRemoval = plannedRemovals.get(queueKey)
    // The timer is for the oldest message, so a message that has arrived since needs no other timer.
    if (plannedRemoval && plannedRemoval.retentionMs <= retentionMs) return
    const [oldest] = store.messages.allByIndex('queue', queue)
    if (!oldest) return
    plannedRemoval?.cancel()
    const cancel = clock.at(oldest.sentAt + retentionMs + BATCH_DELAY_MS, () => {
      plannedRemovals.delete(queueKey)
      removeExpired(store, queue)
      scheduleRemoval(store, queue)
    })
    plannedRemovals.set(queueKey, { retentionMs, cancel })
  }

  function removeExpired(store: QueueStore, queue: string): void {
    const record = store.queues.get(queue)
    if (!record) return
    const expiredUntil = clock.now() - numericAttribute(record, 'MessageRetentionPeriod') * 1000
    for (const { key, sentAt } of store.messages.allByIndex('queue', queue))
      if (sentAt <= expiredUntil) store.messages.delete(key)
  }

  return {
    scheduleRemoval,
    close() {
      isClosed = true
      for (const { cancel } of plannedRemovals.values()) cancel()
      plannedRemovals.clear()
    },
  }
}
