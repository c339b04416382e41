/**
 * Reads the events of one batch of streams from a position on, towards newer or older ones, until there are enough.
 *
 * Older events are requested latest first. Where the endpoint returns the earliest first all the same, and before 2024,
 * they are read in windows that double in length backwards. A log is never read from its beginning. A search reads in
 * windows in both directions, because its pages may be empty, and an empty page does not say how far it got.
 */
import { TooManyRequests } from '../problems/problem.ts'
import type { SourceBatch } from './log-source.ts'
import { type EventPage, earliestNewestFirst, type LogEvent, type LogStreams, maxEvents } from './log-streams.ts'
import { comparePositions, type Direction, lastId, type Position } from './position.ts'
import type { Search } from './search.ts'

/** The calls and bytes that a request may still use, for all of its batches together. */
export interface Allowance {
  calls: number
  bytes: number
  /** On the clock of `performance.now()`. */
  until: number
}

export interface Reading {
  direction: Direction
  /** Events at this position do not count. */
  start: Position
  /** The last moment to read, in milliseconds since 1970, inclusive. */
  bound: number
  limit: number
  search: Search
  /** The length of the first window of a search; 0 for the usual one. */
  windowMs: number
}

export interface Read {
  /** In the direction of the reading. */
  events: LogEvent[]
  /** All events between the start and this position were read; undefined where none are left up to the bound. */
  reached: Position | undefined
  /** The length of the window that was not read to its end; 0 where there is none. */
  windowMs: number
}

/** The state of an account that outlives a request. */
export interface EndpointOrder {
  /** The endpoint does not know `startFromHead`. */
  isEarliestFirst: boolean
}

const hourMs = 3_600_000
const minuteMs = 60_000
const minWindowMs = 1000
/** More events than wanted, so that a page seldom ends within the last millisecond. */
const spareEvents = 100
/** Pages of a window that is read from its beginning although its end is wanted. */
const maxPagesFromHead = 3

export async function readEvents(
  streams: LogStreams,
  batch: SourceBatch,
  reading: Reading,
  { allowance, endpointOrder }: { allowance: Allowance; endpointOrder: EndpointOrder },
): Promise<Read> {
  const { direction, start, bound, limit } = reading
  const isOlder = direction === 'older'
  const found: LogEvent[] = []
  // The ends of the next window: it is read from the near end to the far one.
  let nearEndMs = firstMs(reading)
  let lengthMs = reading.windowMs || usualWindow(reading, endpointOrder)
  let reached = start
  while (isOlder ? nearEndMs >= bound : nearEndMs <= bound) {
    const canOrder = isOlder && !endpointOrder.isEarliestFirst && nearEndMs >= earliestNewestFirst
    const lowest = canOrder ? Math.max(bound, earliestNewestFirst) : bound
    const farEndMs = isOlder ? Math.max(lowest, nearEndMs - lengthMs) : Math.min(bound, nearEndMs + lengthMs)
    let window: WindowRead
    try {
      window = await readWindow(streams, batch, {
        from: isOlder ? farEndMs : nearEndMs,
        to: isOlder ? nearEndMs : farEndMs,
        reading,
        newestFirst: canOrder,
        wanted: limit - found.length,
        allowance,
        isSmall: Math.abs(nearEndMs - farEndMs) <= minWindowMs,
      })
    } catch (error) {
      // The lines of earlier windows are worth more than a 429.
      if (error instanceof TooManyRequests && reached !== start) return { events: found, reached, windowMs: 0 }
      throw error
    }
    if (window.isReversed) {
      if (canOrder) endpointOrder.isEarliestFirst = true
      lengthMs = canOrder ? minuteMs : Math.max(minWindowMs, Math.floor(Math.abs(nearEndMs - farEndMs) / 8))
      continue
    }
    for (const event of window.events) if (isWanted(event, reading)) found.push(event)
    if (window.settled) {
      const isStuck = window.settled === 'none'
      return {
        events: found,
        reached: isStuck ? reached : (window.settled as Position),
        windowMs: isStuck ? Math.max(minWindowMs, Math.floor(Math.abs(nearEndMs - farEndMs) / 8)) : 0,
      }
    }
    reached = isOlder ? { time: farEndMs, id: '' } : { time: farEndMs, id: lastId }
    nearEndMs = isOlder ? farEndMs - 1 : farEndMs + 1
    lengthMs = canOrder && farEndMs === earliestNewestFirst ? hourMs : lengthMs * 2
    if (farEndMs !== bound && (found.length >= limit || isUsedUp(allowance)))
      return { events: found, reached, windowMs: 0 }
  }
  return { events: found, reached: undefined, windowMs: 0 }
}

/** The first millisecond that can have events after the start. */
function firstMs({ direction, start: { time, id } }: Reading): number {
  if (direction === 'older') return id === '' ? time - 1 : time
  return id === lastId ? time + 1 : time
}

function usualWindow({ direction, search }: Reading, { isEarliestFirst }: EndpointOrder): number {
  if (direction === 'older' && isEarliestFirst) return minuteMs
  return search.pattern === undefined ? Number.MAX_SAFE_INTEGER : hourMs
}

function isWanted(event: LogEvent, { start, direction, search }: Reading): boolean {
  const order = comparePositions(event, start)
  return (direction === 'older' ? order < 0 : order > 0) && search.isMatch(event.message)
}

function isUsedUp({ calls, bytes, until }: Allowance): boolean {
  return calls <= 0 || bytes <= 0 || performance.now() > until
}

interface Window {
  from: number
  to: number
  reading: Reading
  newestFirst: boolean
  wanted: number
  allowance: Allowance
  /** The window cannot be made shorter. */
  isSmall: boolean
}

interface WindowRead {
  /** In the direction of the reading. */
  events: LogEvent[]
  /** Where reading stopped before the window's end; `none` where not even one millisecond was read to its end. */
  settled?: Position | 'none'
  /** The events came earliest first although the latest were wanted, and not all of them came. */
  isReversed?: boolean
}

async function readWindow(
  streams: LogStreams,
  batch: SourceBatch,
  { from, to, reading, newestFirst, wanted, allowance, isSmall }: Window,
): Promise<WindowRead> {
  const { direction, search } = reading
  const isOlder = direction === 'older'
  const events: LogEvent[] = []
  let nextToken: string | undefined
  let pages = 0
  do {
    let page: EventPage
    try {
      allowance.calls--
      page = await streams.filter(batch, {
        from,
        to,
        newestFirst,
        pattern: search.pattern,
        limit: search.isEveryLine && (newestFirst || !isOlder) ? Math.min(maxEvents, wanted + spareEvents) : maxEvents,
        nextToken,
      })
    } catch (error) {
      if (!(error instanceof TooManyRequests) || events.length === 0 || (isOlder && !newestFirst)) throw error
      return settledOf(events, direction)
    }
    pages++
    events.push(...page.events)
    for (const { message } of page.events) allowance.bytes -= message.length
    nextToken = page.nextToken
    if (nextToken === undefined) break
    if (isOlder && (!newestFirst || isAscending(events))) {
      const isEnough = pages >= maxPagesFromHead || allowance.bytes <= 0
      if (newestFirst || (isEnough && !isSmall)) return { events: [], isReversed: true }
      continue
    }
    if (isSmall ? performance.now() > allowance.until : isUsedUp(allowance)) return settledOf(events, direction)
    const settled = events.slice(0, countSettled(events))
    if (settled.filter((event) => isWanted(event, reading)).length >= wanted) return settledOf(events, direction)
  } while (nextToken !== undefined)
  return { events: inDirection(events, direction) }
}

/** Events at the last millisecond of a page may continue on the next page, in any order. */
function countSettled(events: readonly LogEvent[]): number {
  const last = events.at(-1)?.time
  const index = events.findIndex(({ time }) => time === last)
  return Math.max(0, index)
}

function settledOf(events: readonly LogEvent[], direction: Direction): WindowRead {
  const last = events.at(-1)
  if (!last) return { events: [], settled: 'none' }
  const complete = inDirection(events.slice(0, countSettled(events)), direction)
  if (complete.length > 0)
    return { events: complete, settled: { time: last.time, id: direction === 'older' ? lastId : '' } }
  // More events at one millisecond than a request reads: their ids are the only order there is.
  return { events: inDirection(events, direction), settled: last }
}

function isAscending(events: readonly LogEvent[]): boolean {
  const [first, last] = [events[0], events.at(-1)]
  return first !== undefined && last !== undefined && first.time < last.time
}

function inDirection(events: readonly LogEvent[], direction: Direction): LogEvent[] {
  return events.toSorted((a, b) => (direction === 'older' ? comparePositions(b, a) : comparePositions(a, b)))
}
