import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteBudget } from '../byte-budget.ts'
import { ChangeFollower } from './change-follower.ts'
import { ChangeLog } from './change-log.ts'
import type { FeedEvent } from './feed.ts'
import { Snapshot } from './snapshot.ts'

/** A snapshot of clusters. The number of each cluster stands for its description. */
function snapshot(clusters: Record<string, number>): Snapshot {
  const items = Object.entries(clusters).map(([name, value]) => ({
    key: name,
    subject: { kind: 'cluster', cluster: name, name },
    resource: JSON.stringify({ value }),
    isOver: false,
  }))
  return new Snapshot(items, { pace: 'resting', calls: 1 })
}

function newLog(): ChangeLog {
  return new ChangeLog(new ByteBudget(1_000_000), () => {})
}

/** A client that reads when `read` is called. */
function client(log: ChangeLog, cursor?: string) {
  const events: FeedEvent[] = []
  let end: string | undefined
  let waiting = Promise.withResolvers<void>()
  const reader = {
    sendEvent: (event: FeedEvent) => void events.push(event),
    sendProblem: () => {},
    endWithProblem: ({ code }: { code: string }) => {
      end = code
    },
    waitUntilRead: () => waiting.promise,
  }
  const follower = new ChangeFollower(log, reader, cursor === undefined ? undefined : log.positionOf(cursor), {
    startsWithState: true,
  })
  follower.send()
  return {
    events,
    end: () => end,
    read: async () => {
      const { resolve } = waiting
      waiting = Promise.withResolvers()
      resolve()
      await new Promise(setImmediate)
    },
    texts: () =>
      events.map(({ name, data }) => {
        const { name: resource, resource: state } = JSON.parse(data.toString())
        return `${name} ${resource ?? ''} ${state?.value ?? ''}`.trim()
      }),
  }
}

test('a slow client skips states that were replaced, and gets the newest one of each resource', async () => {
  const log = newLog()
  log.apply(snapshot({ a: 1, b: 1, c: 1 }), 1)
  const slow = client(log)
  for (let value = 2; value <= 50; value++) log.apply(snapshot({ a: value, b: 1, c: value }), value)
  log.apply(snapshot({ a: 50, b: 1 }), 51)
  await slow.read()
  assert.deepEqual(slow.texts(), ['state', 'change a 50', 'deleted c 50'])
  const resumed = client(log, slow.events[0]!.id)
  assert.deepEqual(resumed.texts(), ['change a 50', 'deleted c 50'])
})

test('deletions are kept for five minutes; a client away for longer gets CursorTooOld', async () => {
  const log = newLog()
  log.apply(snapshot({ a: 1, b: 1 }), 0)
  const away = client(log)
  const { id = '' } = away.events[0]!
  log.apply(snapshot({ a: 1 }), 1_000)
  log.apply(snapshot({ a: 2 }), 300_000)
  assert.deepEqual(client(log, id).texts(), ['deleted b 1', 'change a 2'])
  log.apply(snapshot({ a: 3 }), 302_000)
  assert.throws(() => client(log, id), { code: 'CursorTooOld' })
  await away.read()
  assert.equal(away.end(), 'CursorTooOld')
  assert.deepEqual(client(log).texts(), ['state'], 'a new client needs no deletion')
})

test('an older snapshot changes nothing', () => {
  const log = newLog()
  log.apply(snapshot({ a: 2 }), 2)
  log.apply(snapshot({ a: 1 }), 1)
  assert.deepEqual(
    [...log.existingItems()].map(({ resource }) => resource),
    ['{"value":2}'],
  )
})

test('`remaining` is 0 in the last page of the first state only, even after a deletion between two pages', () => {
  const log = newLog()
  const all = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`c${String(i).padStart(3, '0')}`, 1]))
  log.apply(snapshot(all), 1)
  const [firstPage] = client(log).events
  const { c000: _, ...others } = all
  log.apply(snapshot(others), 2)
  const resumed = client(log, firstPage!.id)
  const ends: (number | string)[] = []
  for (let cursor = firstPage!.id; ; ) {
    const [event] = client(log, cursor).events
    if (!event) break
    cursor = event.id
    ends.push(event.name === 'state' ? JSON.parse(event.data.toString()).remaining : event.name)
    if (ends.at(-1) === 0) break
  }
  assert.ok(resumed.events.length > 0)
  assert.deepEqual(ends, [1, 'deleted', 0])
})
