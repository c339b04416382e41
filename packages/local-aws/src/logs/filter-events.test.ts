/** The documented limits of FilterLogEvents, and reading from the latest event (API Reference, FilterLogEvents). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudWatchLogs, type FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs'
import fc from 'fast-check'
import { createManualClock } from '../testing/manual-clock.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const DAY_MS = 86_400_000
const noon = Date.UTC(2026, 0, 1, 12)
const invalid = { name: 'InvalidParameterException' }

async function openStreams(t: Parameters<typeof openTestEngine>[0], streams: readonly string[]) {
  const clock = createManualClock(noon)
  const { clientOf } = await openTestEngine(t, { clock })
  const logs = clientOf(CloudWatchLogs)
  await logs.createLogGroup({ logGroupName: 'g' })
  for (const logStreamName of streams) await logs.createLogStream({ logGroupName: 'g', logStreamName })
  const put = (logStreamName: string, at: number, messages: readonly string[]) =>
    logs.putLogEvents({
      logGroupName: 'g',
      logStreamName,
      logEvents: messages.map((message, i) => ({ timestamp: at + i, message })),
    })
  const filter = (input: Partial<FilterLogEventsCommandInput>) => logs.filterLogEvents({ logGroupName: 'g', ...input })
  /** All pages, in the order of the responses. */
  const readAll = async (input: Partial<FilterLogEventsCommandInput>) => {
    const pages: string[][] = []
    let nextToken: string | undefined
    do {
      const page = await filter({ ...input, nextToken })
      pages.push((page.events ?? []).map(({ message = '' }) => message))
      nextToken = page.nextToken
    } while (nextToken)
    return pages
  }
  return { clock, put, filter, readAll }
}

const latestFirst = { startFromHead: false, startTime: Date.UTC(2024, 0, 1) }

test('pages from either end have every event in order, and the token keeps the direction', async (t) => {
  const { put, readAll, filter } = await openStreams(t, ['s', 't'])
  const batch = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }).map((times) => times.sort())
  let round = 0
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 5 }), fc.integer({ min: 1, max: 7 }), async (batches, limit) => {
      const start = noon - DAY_MS + ++round * 1000
      const all: { time: number; message: string }[] = []
      for (const [i, times] of batches.entries())
        for (const ms of times) {
          all.push({ time: start + ms, message: `${round} ${all.length}` })
          await put(i % 2 ? 's' : 't', start + ms, [all.at(-1)!.message])
        }
      const expected = all.sort((a, b) => a.time - b.time).map(({ message }) => message)
      const range = { startTime: start, endTime: start + 10, limit }
      assert.deepEqual((await readAll(range)).flat(), expected)
      assert.deepEqual((await readAll({ ...range, startFromHead: false })).flat(), expected.toReversed())
      assert.deepEqual(
        (await readAll({ ...range, startFromHead: false, logStreamNames: ['s', 't'] })).flat(),
        expected.toReversed(),
      )
    }),
    { numRuns: 30 },
  )
  await put('s', noon, ['a', 'b', 'c'])
  const { nextToken } = await filter({ startTime: noon, startFromHead: false, limit: 1 })
  const next = await filter({ startTime: noon, startFromHead: true, limit: 1, nextToken })
  assert.deepEqual(next.events?.[0]?.message, 'b', 'the direction of the token counts, not startFromHead')
})

test('the latest events come first only where startTime is 2024-01-01 or later', async (t) => {
  const { put, filter } = await openStreams(t, ['s'])
  await put('s', noon, ['a', 'b'])
  assert.deepEqual(
    (await filter({ ...latestFirst })).events?.map(({ message }) => message),
    ['b', 'a'],
  )
  await assert.rejects(filter({ startFromHead: false, startTime: latestFirst.startTime - 1 }), invalid)
  await assert.rejects(filter({ startFromHead: false }), invalid)
  assert.equal((await filter({ startTime: latestFirst.startTime - 1 })).events?.length, 2)
})

test('a page has at most 1 MB, 10,000 events, and may be empty with a token', async (t) => {
  const { put, readAll, filter } = await openStreams(t, ['s', 't'])
  for (let i = 0; i < 3; i++) await put('s', noon + i, ['x'.repeat(400_000)])
  for (const startFromHead of [true, false])
    assert.deepEqual(
      (await readAll({ ...latestFirst, startFromHead })).map((page) => page.length),
      [2, 1],
      String(startFromHead),
    )
  await put('t', noon - 20_000, ['needle'])
  for (let i = 0; i < 3; i++) await put('t', noon + 10, Array(10_000).fill('filler'))
  const first = await filter({ ...latestFirst, filterPattern: 'needle' })
  assert.deepEqual([first.events, typeof first.nextToken], [[], 'string'])
  assert.deepEqual((await readAll({ ...latestFirst, filterPattern: 'needle' })).flat(), ['needle'])
  assert.equal((await filter({ startTime: noon + 10 })).events?.length, 10_000)
  await assert.rejects(filter({ limit: 10_001 }), invalid)
})

test('a request names at most 100 streams that exist, or a prefix', async (t) => {
  const { filter } = await openStreams(t, ['s'])
  const names = Array.from({ length: 101 }, () => 's')
  assert.deepEqual((await filter({ logStreamNames: names.slice(1) })).events, [])
  await assert.rejects(filter({ logStreamNames: names }), invalid)
  await assert.rejects(filter({ logStreamNames: ['s'], logStreamNamePrefix: 's' }), invalid)
  await assert.rejects(filter({ logStreamNames: ['s', 'none'] }), {
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  })
})

test('a token expires after 24 hours', async (t) => {
  const { put, filter, clock } = await openStreams(t, ['s'])
  await put('s', noon, ['a', 'b', 'c'])
  const { nextToken } = await filter({ limit: 1 })
  clock.advance(DAY_MS)
  assert.equal((await filter({ limit: 1, nextToken })).events?.[0]?.message, 'b')
  clock.advance(1)
  await assert.rejects(filter({ limit: 1, nextToken }), { ...invalid, message: 'The specified nextToken is invalid.' })
})
