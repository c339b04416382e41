/** Messages older than their queue keeps them are removed, at a time that is known: nothing ticks. Until then they are not given to anybody. */
import type { Clock } from '../clock.ts'
import { numberOf, type Queues } from './queue-record.ts'

export interface Forgetting {
  /** The queue may have something to forget at a time to come. */
  expect(store: Queues, queue: string): void
  close(): void
}

/** They go together, not each in a turn of its own. */
const TOGETHER_MS = 1000

export function forgetting(clock: Clock): Forgetting {
  const planned = new Map<string, { retentionMs: number; callOff: () => void }>()
  let isClosed = false

  function expect(store: Queues, queue: string): void {
    const name = `${store.account} ${store.region} ${queue}`
    const record = store.queues.get(queue)
    if (isClosed || !record) return
    const retentionMs = numberOf(record, 'MessageRetentionPeriod') * 1000
    const before = planned.get(name)
    // What came since is newer than what it was planned for.
    if (before && before.retentionMs <= retentionMs) return
    const [oldest] = store.messages.by('queue', queue)
    if (!oldest) return
    before?.callOff()
    const callOff = clock.at(oldest.sentAt + retentionMs + TOGETHER_MS, () => {
      planned.delete(name)
      forget(store, queue)
      expect(store, queue)
    })
    planned.set(name, { retentionMs, callOff })
  }

  function forget(store: Queues, queue: string): void {
    const record = store.queues.get(queue)
    if (!record) return
    const oldest = clock.now() - numberOf(record, 'MessageRetentionPeriod') * 1000
    for (const { key, sentAt } of store.messages.by('queue', queue)) if (sentAt <= oldest) store.messages.delete(key)
  }

  return {
    expect,
    close() {
      isClosed = true
      for (const { callOff } of planned.values()) callOff()
      planned.clear()
    },
  }
}
