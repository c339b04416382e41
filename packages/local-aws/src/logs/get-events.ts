/**
 * GetLogEvents: a stream's events, page by page in both directions (API Reference, GetLogEvents).
 *
 * A token is a position between two events: `f/` continues after it, `b/` before it. At an end the response repeats the
 * request's token, so the client knows that there is no more; the same token finds events that arrive later.
 */
import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { Wire } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { findStream, invalid, type LogsContext, referredGroup } from './log-context.ts'
import { EVENT_OVERHEAD_BYTES, type EventRow, type GroupRow, type Position } from './log-tables.ts'

export const getLogEventsActions = { GetLogEvents: getLogEvents } satisfies JsonActions<LogsContext>

/** The limits of one response: events and bytes. */
export const MAX_EVENTS = 10_000
export const MAX_ANSWER_BYTES = 1_048_576
const DAY_MS = 86_400_000
const start: Position = { time: 0, id: 0 }
const end: Position = { time: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }

function getLogEvents(context: LogsContext, input: Wire<GetLogEventsRequest>): Wire<GetLogEventsResponse> {
  const {
    logStreamName = '',
    limit = MAX_EVENTS,
    startFromHead = false,
    endTime: to = Number.MAX_SAFE_INTEGER,
    nextToken,
  } = input
  const group = referredGroup(context, input)
  const stream = findStream(context, group, logStreamName)
  const from = Math.max(input.startTime ?? 0, oldestShown(group, context.clock.now()))
  const { direction, position } = nextToken === undefined ? startPosition(startFromHead) : readToken(nextToken)
  const found =
    direction === 'f'
      ? page(context.tables.eventsAfter('streamId', stream.id, from, to, position), limit)
      : page(context.tables.eventsBefore('streamId', stream.id, from, to, position), limit).reverse()
  return {
    events: found.map(({ time, message, ingestedAt }) => ({ timestamp: time, message, ingestionTime: ingestedAt })),
    ...tokens(found, direction, position),
  }
}

/** Older events have expired, although they may not be removed yet. */
export function oldestShown({ retentionDays }: GroupRow, now: number): number {
  return retentionDays === null ? 0 : now - retentionDays * DAY_MS
}

/** At most `limit` events, and at most as many bytes as one response of AWS has. */
function page(events: Iterable<EventRow>, limit: number): EventRow[] {
  const found: EventRow[] = []
  let bytes = 0
  for (const event of events) {
    bytes += sizeOf(event)
    if (found.length > 0 && bytes > MAX_ANSWER_BYTES) break
    found.push(event)
    if (found.length === limit) break
  }
  return found
}

/** The bytes that an event counts for in a response. */
export function sizeOf({ message }: EventRow): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
}

function startPosition(startFromHead: boolean): { direction: 'f' | 'b'; position: Position } {
  return startFromHead ? { direction: 'f', position: start } : { direction: 'b', position: end }
}

function tokens(
  found: readonly EventRow[],
  direction: 'f' | 'b',
  requested: Position,
): { nextForwardToken: string; nextBackwardToken: string } {
  const [first, last] = [found[0], found.at(-1)]
  if (first && last) return { nextForwardToken: token('f', last), nextBackwardToken: token('b', first) }
  // No events: the opposite direction starts with the event at the token's position.
  if (direction === 'f')
    return {
      nextForwardToken: token('f', requested),
      nextBackwardToken: token('b', { ...requested, id: requested.id + 1 }),
    }
  // In an empty stream both directions start at the beginning, so that no later event is missed.
  if (requested.time === end.time) return { nextForwardToken: token('f', start), nextBackwardToken: token('b', start) }
  return {
    nextForwardToken: token('f', { ...requested, id: Math.max(0, requested.id - 1) }),
    nextBackwardToken: token('b', requested),
  }
}

/** In AWS's form: `f/00…` with 56 digits. */
function token(direction: 'f' | 'b', { time, id }: Position): string {
  return `${direction}/${String(time).padStart(20, '0')}${String(id).padStart(36, '0')}/s`
}

function readToken(text: string): { direction: 'f' | 'b'; position: Position } {
  const [, direction, time, id] = /^([fb])\/(\d{20})(\d{36})\/s$/.exec(text) ?? []
  if (direction === undefined) throw invalid('The specified nextToken is invalid.')
  return { direction: direction === 'f' ? 'f' : 'b', position: { time: Number(time), id: Number(id) } }
}
