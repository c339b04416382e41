/**
 * GetLogEvents: a stream's events, page by page in both directions (API Reference, GetLogEvents).
 *
 * A token is a position between two events: `f/` continues after the position, `b/` before it. When there are no more
 * events, the response repeats the token of the request. Later the same token finds events that have arrived since.
 */
import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getReferredGroup, getStream, invalidParameter, type LogsContext } from './log-context.ts'
import { EVENT_OVERHEAD_BYTES, type EventRow, type GroupRow, type Position } from './log-tables.ts'

export const getLogEventsActions = { GetLogEvents: getLogEvents } satisfies JsonActions<LogsContext>

/** The limits of one response: events and bytes. */
export const MAX_EVENTS = 10_000
export const MAX_RESPONSE_BYTES = 1_048_576
const DAY_MS = 86_400_000
const beforeAllEvents: Position = { time: 0, id: 0 }
const afterAllEvents: Position = { time: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }

function getLogEvents(context: LogsContext, input: AwsJson<GetLogEventsRequest>): AwsJson<GetLogEventsResponse> {
  const {
    logStreamName = '',
    limit = MAX_EVENTS,
    startFromHead = false,
    endTime: toTime = Number.MAX_SAFE_INTEGER,
    nextToken,
  } = input
  const group = getReferredGroup(context, input)
  const stream = getStream(context, group, logStreamName)
  const fromTime = Math.max(input.startTime ?? 0, oldestShownTime(group, context.clock.now()))
  const { direction, position } = nextToken === undefined ? startPosition(startFromHead) : parseToken(nextToken)
  const found =
    direction === 'f'
      ? takeFirst(context.tables.eventsAfter('streamId', stream.id, fromTime, toTime, position), limit)
      : takeFirst(context.tables.eventsBefore('streamId', stream.id, fromTime, toTime, position), limit).reverse()
  return {
    events: found.map(({ time, message, ingestedAt }) => ({ timestamp: time, message, ingestionTime: ingestedAt })),
    ...nextTokens(found, direction, position),
  }
}

/** The time before which events have expired. Expired events are not shown, even if they are not removed yet. */
export function oldestShownTime({ retentionDays }: GroupRow, now: number): number {
  return retentionDays === null ? 0 : now - retentionDays * DAY_MS
}

/** The first events: at most `limit`, and at most the bytes that fit into one response of AWS. */
function takeFirst(events: Iterable<EventRow>, limit: number): EventRow[] {
  const found: EventRow[] = []
  let bytes = 0
  for (const event of events) {
    bytes += countedBytesOf(event)
    if (found.length > 0 && bytes > MAX_RESPONSE_BYTES) break
    found.push(event)
    if (found.length === limit) break
  }
  return found
}

/** The bytes that an event counts for in a response. */
export function countedBytesOf({ message }: EventRow): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
}

function startPosition(startFromHead: boolean): { direction: 'f' | 'b'; position: Position } {
  return startFromHead ? { direction: 'f', position: beforeAllEvents } : { direction: 'b', position: afterAllEvents }
}

function nextTokens(
  found: readonly EventRow[],
  direction: 'f' | 'b',
  requested: Position,
): { nextForwardToken: string; nextBackwardToken: string } {
  const [first, last] = [found[0], found.at(-1)]
  if (first && last) return { nextForwardToken: tokenAt('f', last), nextBackwardToken: tokenAt('b', first) }
  // Without events, the opposite direction must begin with the event at the token's position.
  if (direction === 'f')
    return {
      nextForwardToken: tokenAt('f', requested),
      nextBackwardToken: tokenAt('b', { ...requested, id: requested.id + 1 }),
    }
  // The newest events were asked for and there are none: a forward token after all events would miss those that follow.
  if (requested.time === afterAllEvents.time)
    return { nextForwardToken: tokenAt('f', beforeAllEvents), nextBackwardToken: tokenAt('b', beforeAllEvents) }
  return {
    nextForwardToken: tokenAt('f', { ...requested, id: Math.max(0, requested.id - 1) }),
    nextBackwardToken: tokenAt('b', requested),
  }
}

/** A token in the form of AWS's: `f/00…` with 56 digits. */
function tokenAt(direction: 'f' | 'b', { time, id }: Position): string {
  return `${direction}/${String(time).padStart(20, '0')}${String(id).padStart(36, '0')}/s`
}

function parseToken(text: string): { direction: 'f' | 'b'; position: Position } {
  const [, direction, time, id] = /^([fb])\/(\d{20})(\d{36})\/s$/.exec(text) ?? []
  if (direction === undefined) throw invalidParameter('The specified nextToken is invalid.')
  return { direction: direction === 'f' ? 'f' : 'b', position: { time: Number(time), id: Number(id) } }
}
