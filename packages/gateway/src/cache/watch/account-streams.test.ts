import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Account } from '../../aws/account.ts'
import { TooManyRequests } from '../../problems/problem.ts'
import { ByteBudget } from '../byte-budget.ts'
import { cachedAnswerOf } from '../cached-answer.ts'
import type { AnyCacheEntry } from '../entry.ts'
import { AccountStreams } from './account-streams.ts'

const nobody = { event: () => {}, problem: () => {}, abort: () => {} }
const throttled = new TooManyRequests('TooManyRequests', 'Rate exceeded')

/** A resource whose reads end when the test decides. */
function streamed(t: TestContext) {
  const looks: { found: (resource: object) => void; failed: (error: Error) => void }[] = []
  const look = () => {
    const { promise, resolve, reject } = Promise.withResolvers<{
      answer: ReturnType<typeof cachedAnswerOf>
      described: object
    }>()
    looks.push({
      found: (found) => resolve({ answer: cachedAnswerOf(found, performance.now()), described: found }),
      failed: reject,
    })
    return promise
  }
  const entry = { refresh: look, isCurrent: true } as unknown as AnyCacheEntry
  const streams = new AccountStreams({ name: 'remote', freshMs: 3_600_000 } as Account, new ByteBudget(1e6), undefined)
  t.after(() => streams.close())
  const open = (cursor?: string) =>
    streams
      .stream({ poller: 'services prod', key: 'www', entry: () => entry, pace: () => 'resting' })
      .open(cursor, nobody)
  return { looks, open, streams }
}

test('a stream that fails to open does not affect another: all streams of one resource share one feed', async (t) => {
  const { looks, open } = streamed(t)
  const [one, other] = [open(), open()]
  looks[1]!.failed(throttled)
  await assert.rejects(other, throttled)
  looks[0]!.found({ name: 'www' })
  const { first, close } = await one
  const opening = open()
  looks[2]?.found({ name: 'www' })
  const third = await opening
  assert.deepEqual([third.first[0]!.id, looks.length], [first[0]!.id, 2])
  third.close()
  close()
})

test('a feed keeps its events for a client that resumes, also when the first read after a break fails', async (t) => {
  const { looks, open } = streamed(t)
  const begun = open()
  looks[0]!.found({ name: 'www' })
  const { first, close } = await begun
  close()
  const cursor = first[0]!.id
  const failing = open(cursor)
  looks[1]!.failed(throttled)
  await assert.rejects(failing, throttled)
  const resumed = open(cursor)
  looks[2]!.found({ name: 'www', desiredCount: 2 })
  const { first: missed, close: end } = await resumed
  assert.deepEqual(
    missed.map(({ name, data }) => [name, String(data)]),
    [['change', '{"name":"www","desiredCount":2}']],
  )
  end()
})

test('a stream that opens while its account is removed is rejected, and makes no further read', async (t) => {
  const { looks, open, streams } = streamed(t)
  const begun = open()
  streams.close()
  looks[0]!.found({ name: 'www' })
  await assert.rejects(begun, { code: 'AccountNotFound' })
  await assert.rejects(open(), { code: 'AccountNotFound' })
})
