/**
 * A stream's events, page by page in both directions (API Reference, GetLogEvents). A token is a place between two events: `f/` goes on after it,
 * `b/` before it. At an end the token that came is given back, so a client knows that there is no more; events that come later are found with it.
 */
import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { Wire } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { findStream, invalid, type LogsContext, referredGroup } from './log-context.ts'
import { EVENT_OVERHEAD_BYTES, type EventRow, type GroupRow, type Position } from './log-tables.ts'

export const getActions = { GetLogEvents: getLogEvents } satisfies JsonActions<LogsContext>

/** What one answer holds at most. */
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
  const { direction, position } = nextToken === undefined ? beginning(startFromHead) : placeOf(nextToken)
  const found =
    direction === 'f'
      ? page(context.tables.eventsAfter('streamId', stream.id, from, to, position), limit)
      : page(context.tables.eventsBefore(stream.id, from, to, position), limit).reverse()
  return {
    events: found.map(({ time, message, ingestedAt }) => ({ timestamp: time, message, ingestionTime: ingestedAt })),
    ...tokens(found, direction, position),
  }
}

/** What is older has expired, though it may not be removed yet. */
export function oldestShown({ retentionDays }: GroupRow, now: number): number {
  return retentionDays === null ? 0 : now - retentionDays * DAY_MS
}

/** As many as were asked for, and as one answer of AWS's holds. */
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

export function sizeOf({ message }: EventRow): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
}

function beginning(startFromHead: boolean): { direction: 'f' | 'b'; position: Position } {
  return startFromHead ? { direction: 'f', position: start } : { direction: 'b', position: end }
}

function tokens(
  found: readonly EventRow[],
  direction: 'f' | 'b',
  asked: Position,
): { nextForwardToken: string; nextBackwardToken: string } {
  const [first, last] = [found[0], found.at(-1)]
  if (first && last) return { nextForwardToken: token('f', last), nextBackwardToken: token('b', first) }
  // Nothing there: the way back begins with the event that the token stands at.
  if (direction === 'f')
    return { nextForwardToken: token('f', asked), nextBackwardToken: token('b', { ...asked, id: asked.id + 1 }) }
  // Of an empty stream both begin at the beginning, so that nothing that comes is missed.
  if (asked.time === end.time) return { nextForwardToken: token('f', start), nextBackwardToken: token('b', start) }
  return {
    nextForwardToken: token('f', { ...asked, id: Math.max(0, asked.id - 1) }),
    nextBackwardToken: token('b', asked),
  }
}

/** `f/00…`, 56 digits, as AWS's look. */
function token(direction: 'f' | 'b', { time, id }: Position): string {
  return `${direction}/${String(time).padStart(20, '0')}${String(id).padStart(36, '0')}/s`
}

function placeOf(text: string): { direction: 'f' | 'b'; position: Position } {
  const [, direction, time, id] = /^([fb])\/(\d{20})(\d{36})\/s$/.exec(text) ?? []
  if (direction === undefined) throw invalid('The specified nextToken is invalid.')
  return { direction: direction === 'f' ? 'f' : 'b', position: { time: Number(time), id: Number(id) } }
}
