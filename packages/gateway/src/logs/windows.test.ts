/**
 * Lines that are read in time windows: the lines of endpoints that ignore `startFromHead`, lines before 2024, and
 * searches.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogSource, SourceBatch } from './log-source.ts'
import type { EventPage, EventQuery, LogEvent, LogStreams } from './log-streams.ts'
import { comparePositions, type Direction, type Position } from './position.ts'
import { type ReadBudget, readLogEvents } from './read-events.ts'
import { everyLineSearch, searchFor } from './search.ts'

const source: LogSource = {
  region: 'us-east-1',
  group: 'g',
  stream: 'ecs/web/1',
  task: '1',
  container: 'web',
  createdAt: 0,
  stoppedAt: undefined,
  mayBeMissing: false,
}
const batch: SourceBatch = { region: 'us-east-1', group: 'g', sources: new Map([[source.stream, source]]) }

interface Endpoint {
  /** It ignores `startFromHead`. */
  ignoresOrder: boolean
  /** It scans this many events for one page. The page is empty when none of them matches. */
  scannedPerPage: number
}

/** A stand-in for FilterLogEvents with its documented behaviour, over any number of events. */
function endpointWith(events: readonly LogEvent[], { ignoresOrder, scannedPerPage }: Endpoint) {
  const queries: EventQuery[] = []
  const filter = async (_: SourceBatch, query: EventQuery): Promise<EventPage> => {
    queries.push(query)
    const { from, to = Number.MAX_SAFE_INTEGER, newestFirst, filterPattern, limit = 10_000, page: next } = query
    if (newestFirst) assert.ok(from >= Date.UTC(2024, 0, 1), 'AWS rejects an earlier startTime')
    const text = filterPattern?.slice(1, -1)
    const inRange = events
      .filter(({ time }) => time >= from && time <= to)
      .sort((a, b) => (newestFirst && !ignoresOrder ? comparePositions(b, a) : comparePositions(a, b)))
    const start = Number(next?.token ?? 0)
    const page: LogEvent[] = []
    let index = start
    while (index < inRange.length && page.length < limit && index - start < scannedPerPage) {
      const event = inRange[index++]!
      if (text === undefined || event.message.includes(text)) page.push(event)
    }
    return { events: page, next: index < inRange.length ? { token: String(index), streams: [] } : undefined }
  }
  return { streams: { filter } as unknown as LogStreams, queries }
}

/** Reads to the end, page by page. */
async function readAll(
  streams: LogStreams,
  {
    direction,
    start,
    bound,
    limit,
    grep,
  }: {
    direction: Direction
    start: Position
    bound: number
    limit: number
    grep?: string | undefined
  },
) {
  const endpointOrder = { isEarliestFirst: false }
  const read: LogEvent[] = []
  let position: Position | undefined = start
  let windowMs = 0
  let pages = 0
  while (position) {
    const budget: ReadBudget = { remainingCalls: 20, remainingBytes: 1_000_000, deadlineMs: Number.POSITIVE_INFINITY }
    const reading = { direction, start: position, lastMs: bound, limit, search: searchFor({ grep }), windowMs }
    const page = await readLogEvents(streams, batch, reading, { budget, endpointOrder })
    assert.ok(++pages < 2000, 'the pages come to an end')
    read.push(...page.events)
    assert.ok(
      !page.readUpTo ||
        comparePositions(page.readUpTo, position) !== 0 ||
        (page.windowMs > 0 && page.windowMs !== windowMs),
      'each page reads further',
    )
    position = page.readUpTo
    windowMs = page.windowMs
  }
  return read
}

const eventsAt = (times: readonly number[]): LogEvent[] =>
  times.map((time, i) => ({
    time,
    id: String(i).padStart(6, '0'),
    message: i % 7 === 0 ? `needle ${i}` : `hay ${i}`,
    ingestedAt: time,
    source,
  }))

test('every line is read once and in order, whatever the endpoint, the direction and the search', async () => {
  const day = 86_400_000
  const around2024 = fc.integer({ min: Date.UTC(2023, 11, 25), max: Date.UTC(2024, 0, 7) })
  const burst = fc.tuple(around2024, fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(burst, { maxLength: 5 }),
      fc.record({ ignoresOrder: fc.boolean(), scannedPerPage: fc.integer({ min: 3, max: 40 }) }),
      fc.record({
        direction: fc.constantFrom<Direction>('older', 'newer'),
        limit: fc.integer({ min: 1, max: 30 }),
        grep: fc.constantFrom(undefined, 'needle', '"'),
      }),
      async (bursts, endpoint, { direction, limit, grep }) => {
        const events = eventsAt(bursts.flatMap(([at, offsets]) => offsets.map((offset) => at + offset)))
        const { streams } = endpointWith(events, endpoint)
        const first = Date.UTC(2023, 11, 24)
        const last = Date.UTC(2024, 0, 8) + day
        const read = await readAll(streams, {
          direction,
          limit,
          grep,
          start: direction === 'older' ? { time: last, id: '' } : { time: first, id: '' },
          bound: direction === 'older' ? first : last,
        })
        const expected = events
          .filter(({ message }) => grep === undefined || message.includes(grep))
          .sort((a, b) => (direction === 'older' ? comparePositions(b, a) : comparePositions(a, b)))
        assert.deepEqual(
          read.map(({ id }) => id),
          expected.map(({ id }) => id),
        )
      },
    ),
    { numRuns: 150 },
  )
})

test('the newest lines of a long log are found without reading it from its beginning', async () => {
  const start = Date.UTC(2026, 0, 1)
  const events = eventsAt(Array.from({ length: 200_000 }, (_, i) => start + i * 1000))
  const last = events.at(-1)!.time
  for (const ignoresOrder of [false, true]) {
    const { streams, queries } = endpointWith(events, { ignoresOrder, scannedPerPage: 10_000 })
    const reading = { direction: 'older' as const, start: { time: last + 1, id: '' }, lastMs: start, limit: 100 }
    const { events: found } = await readLogEvents(
      streams,
      batch,
      { ...reading, search: everyLineSearch, windowMs: 0 },
      {
        budget: { remainingCalls: 20, remainingBytes: 3_000_000, deadlineMs: Number.POSITIVE_INFINITY },
        endpointOrder: { isEarliestFirst: false },
      },
    )
    assert.equal(found.slice(0, 100).at(-1)?.time, events.at(-100)?.time)
    assert.ok(queries.length <= 5, `${queries.length} calls`)
    assert.ok(
      queries.slice(1).every(({ from }) => from > last - 3_600_000),
      JSON.stringify(queries),
    )
  }
})
