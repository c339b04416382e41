/**
 * Reads the events of one batch of log streams from a position on, towards newer or older events, until there are
 * enough.
 *
 * Older events are requested latest first. CloudWatch Logs cannot do that before 2024, and some endpoints ignore the
 * order. There, time windows are read backwards, each twice as long as the last, so a log is never read from its
 * beginning. A search reads time windows in both directions, because its pages may be empty, and an empty page does not
 * say up to which time it searched.
 */
import { TooManyRequests } from '../problems/problem.ts'
import type { SourceBatch } from './log-source.ts'
import {
  type EventPage,
  earliestTimeForNewestFirst,
  type LogEvent,
  type LogStreams,
  maxEventsPerRequest,
  type NextPage,
} from './log-streams.ts'
import { afterEveryEventId, comparePositions, type Direction, type Position } from './position.ts'
import type { Search } from './search.ts'

/** The calls, bytes and time that a request may still use for all of its batches together. Each read lowers them. */
export interface ReadBudget {
  remainingCalls: number
  remainingBytes: number
  /** On the clock of `performance.now()`. */
  deadlineMs: number
}

export interface ReadRequest {
  direction: Direction
  /** Only events beyond this position are read. */
  start: Position
  /** The last moment to read, in milliseconds since 1970, inclusive. */
  lastMs: number
  limit: number
  search: Search
  /** The length of the first time window of a search; 0 for the usual length. */
  windowMs: number
}

export interface BatchRead {
  /** In the direction of the reading. */
  events: LogEvent[]
  /** All events between the start and this position were read; undefined when all up to `lastMs` were read. */
  readUpTo: Position | undefined
  /** The length of the next time window, if the last one could not be read to its end; else 0. */
  windowMs: number
}

/** The order in which the account's endpoint returns events. It is learned from responses and kept between requests. */
export interface EndpointOrder {
  /** The endpoint ignores `startFromHead` and always returns the earliest events first. */
  isEarliestFirst: boolean
}

const hourMs = 3_600_000
const minuteMs = 60_000
const minWindowMs = 1000
/** Further events are requested, so that a page seldom ends within the millisecond of its last wanted event. */
const spareEvents = 100
/** At most this many pages are read of a window whose latest events are wanted but come last. */
const maxPagesFromHead = 3

export async function readLogEvents(
  streams: LogStreams,
  batch: SourceBatch,
  reading: ReadRequest,
  { budget, endpointOrder }: { budget: ReadBudget; endpointOrder: EndpointOrder },
): Promise<BatchRead> {
  const { direction, start, lastMs, limit } = reading
  const isOlder = direction === 'older'
  const found: LogEvent[] = []
  // The next window is read from its near end to its far end.
  let nearEndMs = firstMs(reading)
  let lengthMs = reading.windowMs || usualWindowMs(reading, endpointOrder)
  let readUpTo = start
  while (isOlder ? nearEndMs >= lastMs : nearEndMs <= lastMs) {
    const asksNewestFirst = isOlder && !endpointOrder.isEarliestFirst && nearEndMs >= earliestTimeForNewestFirst
    const lowest = asksNewestFirst ? Math.max(lastMs, earliestTimeForNewestFirst) : lastMs
    const farEndMs = isOlder ? Math.max(lowest, nearEndMs - lengthMs) : Math.min(lastMs, nearEndMs + lengthMs)
    let window: WindowRead
    try {
      window = await readWindow(streams, batch, {
        from: isOlder ? farEndMs : nearEndMs,
        to: isOlder ? nearEndMs : farEndMs,
        reading,
        newestFirst: asksNewestFirst,
        wantedCount: limit - found.length,
        budget,
        isMinimal: Math.abs(nearEndMs - farEndMs) <= minWindowMs,
      })
    } catch (error) {
      // The lines of earlier windows are returned instead of a 429.
      if (error instanceof TooManyRequests && readUpTo !== start) return { events: found, readUpTo, windowMs: 0 }
      throw error
    }
    if (window.isReversed) {
      if (asksNewestFirst) endpointOrder.isEarliestFirst = true
      lengthMs = asksNewestFirst ? minuteMs : Math.max(minWindowMs, Math.floor(Math.abs(nearEndMs - farEndMs) / 8))
      continue
    }
    for (const event of window.events) if (isWanted(event, reading)) found.push(event)
    if (window.stoppedAt) {
      const isStuck = window.stoppedAt === 'none'
      return {
        events: found,
        readUpTo: isStuck ? readUpTo : (window.stoppedAt as Position),
        windowMs: isStuck ? Math.max(minWindowMs, Math.floor(Math.abs(nearEndMs - farEndMs) / 8)) : 0,
      }
    }
    readUpTo = isOlder ? { time: farEndMs, id: '' } : { time: farEndMs, id: afterEveryEventId }
    nearEndMs = isOlder ? farEndMs - 1 : farEndMs + 1
    lengthMs = asksNewestFirst && farEndMs === earliestTimeForNewestFirst ? hourMs : lengthMs * 2
    if (farEndMs !== lastMs && (found.length >= limit || isUsedUp(budget)))
      return { events: found, readUpTo, windowMs: 0 }
  }
  return { events: found, readUpTo: undefined, windowMs: 0 }
}

/** The first millisecond, in the direction of the reading, that can have events beyond the start. */
function firstMs({ direction, start: { time, id } }: ReadRequest): number {
  if (direction === 'older') return id === '' ? time - 1 : time
  return id === afterEveryEventId ? time + 1 : time
}

function usualWindowMs({ direction, search }: ReadRequest, { isEarliestFirst }: EndpointOrder): number {
  if (direction === 'older' && isEarliestFirst) return minuteMs
  return search.filterPattern === undefined ? Number.MAX_SAFE_INTEGER : hourMs
}

function isWanted(event: LogEvent, { start, direction, search }: ReadRequest): boolean {
  const order = comparePositions(event, start)
  return (direction === 'older' ? order < 0 : order > 0) && search.isMatch(event.message)
}

function isUsedUp({ remainingCalls, remainingBytes, deadlineMs }: ReadBudget): boolean {
  return remainingCalls <= 0 || remainingBytes <= 0 || performance.now() > deadlineMs
}

interface Window {
  from: number
  to: number
  reading: ReadRequest
  newestFirst: boolean
  wantedCount: number
  budget: ReadBudget
  /** The window has the minimal length. */
  isMinimal: boolean
}

interface WindowRead {
  /** In the direction of the reading. */
  events: LogEvent[]
  /** Set when reading stopped before the window's end; `none` when not even one millisecond was read completely. */
  stoppedAt?: Position | 'none'
  /** The endpoint returned the earliest events first, and the wanted latest events are on pages that were not read. */
  isReversed?: boolean
}

async function readWindow(
  streams: LogStreams,
  batch: SourceBatch,
  { from, to, reading, newestFirst, wantedCount, budget, isMinimal }: Window,
): Promise<WindowRead> {
  const { direction, search } = reading
  const isOlder = direction === 'older'
  const events: LogEvent[] = []
  let next: NextPage | undefined
  let pages = 0
  do {
    let page: EventPage
    try {
      budget.remainingCalls--
      page = await streams.filter(batch, {
        from,
        to,
        newestFirst,
        filterPattern: search.filterPattern,
        limit:
          search.isEveryLine && (newestFirst || !isOlder)
            ? Math.min(maxEventsPerRequest, wantedCount + spareEvents)
            : maxEventsPerRequest,
        page: next,
      })
    } catch (error) {
      if (!(error instanceof TooManyRequests) || events.length === 0 || (isOlder && !newestFirst)) throw error
      return stopAfter(events, direction)
    }
    pages++
    events.push(...page.events)
    for (const { message } of page.events) budget.remainingBytes -= message.length
    next = page.next
    if (next === undefined) break
    if (isOlder && (!newestFirst || isAscending(events))) {
      const isEnough = pages >= maxPagesFromHead || budget.remainingBytes <= 0
      if (newestFirst || (isEnough && !isMinimal)) return { events: [], isReversed: true }
      continue
    }
    if (isMinimal ? performance.now() > budget.deadlineMs : isUsedUp(budget)) return stopAfter(events, direction)
    const complete = events.slice(0, countBeforeLastMs(events))
    if (complete.filter((event) => isWanted(event, reading)).length >= wantedCount) return stopAfter(events, direction)
  } while (next !== undefined)
  return { events: sortInDirection(events, direction) }
}

/** The number of events before the last millisecond: its events may continue on the next page, in any order. */
function countBeforeLastMs(events: readonly LogEvent[]): number {
  const last = events.at(-1)?.time
  const index = events.findIndex(({ time }) => time === last)
  return Math.max(0, index)
}

/** The result when reading stops after these events, before the window's end. */
function stopAfter(events: readonly LogEvent[], direction: Direction): WindowRead {
  const last = events.at(-1)
  if (!last) return { events: [], stoppedAt: 'none' }
  const complete = sortInDirection(events.slice(0, countBeforeLastMs(events)), direction)
  if (complete.length > 0)
    return { events: complete, stoppedAt: { time: last.time, id: direction === 'older' ? afterEveryEventId : '' } }
  // One millisecond has more events than a request reads. They are ordered only by id.
  return { events: sortInDirection(events, direction), stoppedAt: last }
}

function isAscending(events: readonly LogEvent[]): boolean {
  const [first, last] = [events[0], events.at(-1)]
  return first !== undefined && last !== undefined && first.time < last.time
}

function sortInDirection(events: readonly LogEvent[], direction: Direction): LogEvent[] {
  return events.toSorted((a, b) => (direction === 'older' ? comparePositions(b, a) : comparePositions(a, b)))
}
