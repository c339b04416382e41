import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Account } from '../../aws/account.ts'
import { TooManyRequests } from '../../problems/problem.ts'
import { ByteBudget } from '../byte-budget.ts'
import { cachedAnswerOf } from '../cached-answer.ts'
import type { AnyCacheEntry } from '../entry.ts'
import { AccountStreams } from './account-streams.ts'

const silentWatcher = { sendEvent: () => {}, sendProblem: () => {}, endWithProblem: () => {} }
const throttled = new TooManyRequests('TooManyRequests', 'Rate exceeded')

/** The streams of one resource. The test ends each of its reads with `found` or `failed`. */
function streamsOfOneResource(t: TestContext) {
  const reads: { found: (resource: object) => void; failed: (error: Error) => void }[] = []
  const newRead = () => {
    const { promise, resolve, reject } = Promise.withResolvers<{
      answer: ReturnType<typeof cachedAnswerOf>
      described: object
    }>()
    reads.push({
      found: (found) => resolve({ answer: cachedAnswerOf(found, performance.now()), described: found }),
      failed: reject,
    })
    return promise
  }
  const entry = { refresh: newRead, isCurrent: true } as unknown as AnyCacheEntry
  const streams = new AccountStreams({ name: 'remote', freshMs: 3_600_000 } as Account, {
    byteBudget: new ByteBudget(1e6),
    onUnexpectedError: assert.ifError,
  })
  t.after(() => streams.close())
  const open = (cursor?: string) =>
    streams
      .stream({ poller: 'services prod', key: 'www', entry: () => entry, pace: () => 'resting' })
      .open(cursor, silentWatcher)
  return { reads, open, streams }
}

test('a stream that fails to open does not affect another: all streams of one resource share one feed', async (t) => {
  const { reads, open } = streamsOfOneResource(t)
  const [one, other] = [open(), open()]
  reads[1]!.failed(throttled)
  await assert.rejects(other, throttled)
  reads[0]!.found({ name: 'www' })
  const { first, close } = await one
  const opening = open()
  reads[2]?.found({ name: 'www' })
  const third = await opening
  assert.deepEqual([third.first[0]!.id, reads.length], [first[0]!.id, 2])
  third.close()
  close()
})

test('a feed keeps its events for a client that resumes, even when its first read fails', async (t) => {
  const { reads, open } = streamsOfOneResource(t)
  const begun = open()
  reads[0]!.found({ name: 'www' })
  const { first, close } = await begun
  close()
  const cursor = first[0]!.id
  const failing = open(cursor)
  reads[1]!.failed(throttled)
  await assert.rejects(failing, throttled)
  const resumed = open(cursor)
  reads[2]!.found({ name: 'www', desiredCount: 2 })
  const { first: missed, close: end } = await resumed
  assert.deepEqual(
    missed.map(({ name, data }) => [name, String(data)]),
    [['change', '{"name":"www","desiredCount":2}']],
  )
  end()
})

test('a stream that opens while its account is removed is rejected, and makes no further read', async (t) => {
  const { reads, open, streams } = streamsOfOneResource(t)
  const begun = open()
  streams.close()
  reads[0]!.found({ name: 'www' })
  await assert.rejects(begun, { code: 'AccountNotFound' })
  await assert.rejects(open(), { code: 'AccountNotFound' })
})
