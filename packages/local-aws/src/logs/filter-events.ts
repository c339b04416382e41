/**
 * FilterLogEvents: the events of a group that match a pattern, in the order of their time, from all or some streams
 * (API Reference, FilterLogEvents). `startFromHead: false` returns the latest events first.
 */
import type { FilteredLogEvent, FilterLogEventsRequest, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { compileFilterPattern } from './filter-pattern.ts'
import { countedBytesOf, MAX_EVENTS, MAX_RESPONSE_BYTES, oldestShownTime } from './get-events.ts'
import { getReferredGroup, getStream, invalidParameter, type LogsContext } from './log-context.ts'
import type { EventRow, GroupRow, Position } from './log-tables.ts'

export const filterLogEventsActions = { FilterLogEvents: filterLogEvents } satisfies JsonActions<LogsContext>

/**
 * The number of events scanned for one response, so that the event loop is not blocked. As on AWS, a page may therefore
 * be empty although further pages have events.
 */
const MAX_SCANNED = 10_000
/** "The token expires after 24 hours" (API Reference, FilterLogEvents). */
const TOKEN_VALID_MS = 24 * 3_600_000
/** The earliest `startTime` with which AWS returns the latest events first. */
const MIN_START_LATEST_FIRST = Date.UTC(2024, 0, 1)

type Input = AwsJson<FilterLogEventsRequest>

/** `f`: earliest events first; `b`: latest events first. */
type Direction = 'f' | 'b'

interface SearchStart {
  direction: Direction
  /** The position of the last event of the previous page. */
  position: Position
}

const searchStarts: Readonly<Record<Direction, SearchStart>> = {
  f: { direction: 'f', position: { time: 0, id: 0 } },
  b: { direction: 'b', position: { time: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER } },
}

function filterLogEvents(context: LogsContext, input: Input): AwsJson<FilterLogEventsResponse> {
  const {
    logStreamNames: names,
    logStreamNamePrefix: prefix = '',
    limit = MAX_EVENTS,
    filterPattern: pattern = '',
  } = input
  if (names && prefix !== '')
    throw invalidParameter('LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters.')
  const now = context.clock.now()
  const start = searchStartOf(input, now)
  const group = getReferredGroup(context, input)
  const nameOf = createStreamNameFinder(context)
  const matches = compileFilterPattern(pattern)
  const isMatch = ({ streamId, message }: EventRow) => {
    const name = nameOf(streamId)
    // Events of a deleted stream may not be removed yet.
    return name !== undefined && (names ? names.includes(name) : name.startsWith(prefix)) && matches(message)
  }
  const { found, next } = findMatches(eventsOf(context, group, input, start), isMatch, limit)
  return {
    events: found.map((event) => eventInResponse(event, nameOf(event.streamId) ?? '')),
    searchedLogStreams: [],
    ...(next && { nextToken: tokenOf(start.direction, next, now) }),
  }
}

/** The token determines the direction; without a token, `startFromHead` does. */
function searchStartOf({ nextToken, startFromHead = true, startTime = 0 }: Input, now: number): SearchStart {
  if (!startFromHead && startTime < MIN_START_LATEST_FIRST) {
    // AWS's text was not recorded.
    throw invalidParameter('startFromHead can be false only when startTime is on or after 2024-01-01T00:00:00Z.')
  }
  if (nextToken !== undefined) return parseToken(nextToken, now)
  return searchStarts[startFromHead ? 'f' : 'b']
}

/** The first matching events, and the position at which to continue when there may be more. */
function findMatches(
  events: Iterable<EventRow>,
  isMatch: (event: EventRow) => boolean,
  limit: number,
): { found: EventRow[]; next?: Position } {
  const found: EventRow[] = []
  let bytes = 0
  let scanned = 0
  let last: Position | undefined
  for (const event of events) {
    if (last && scanned === MAX_SCANNED) return { found, next: last }
    if (isMatch(event)) {
      bytes += countedBytesOf(event)
      if (last && (found.length === limit || (found.length > 0 && bytes > MAX_RESPONSE_BYTES)))
        return { found, next: last }
      found.push(event)
    }
    last = event
    scanned++
  }
  return { found }
}

function eventsOf(
  context: LogsContext,
  group: GroupRow,
  { logStreamNames: names, startTime = 0, endTime }: Input,
  { direction, position }: SearchStart,
): Iterable<EventRow> {
  const fromTime = Math.max(startTime, oldestShownTime(group, context.clock.now()))
  // Unlike in GetLogEvents, the range includes its end ("Events with a timestamp later than this time are not
  // returned").
  const toTime = endTime === undefined ? Number.MAX_SAFE_INTEGER : endTime + 1
  const { tables } = context
  const events = direction === 'f' ? tables.eventsAfter : tables.eventsBefore
  const streams = names?.map((name) => getStream(context, group, name))
  const [onlyStream] = streams ?? []
  if (onlyStream && streams?.length === 1) return events('streamId', onlyStream.id, fromTime, toTime, position)
  return events('groupId', group.id, fromTime, toTime, position)
}

function createStreamNameFinder({ tables }: LogsContext): (id: number) => string | undefined {
  const names = new Map<number, string | undefined>()
  return (id) => {
    if (!names.has(id)) names.set(id, tables.findStreamName(id))
    return names.get(id)
  }
}

function eventInResponse(
  { time, id, message, ingestedAt }: EventRow,
  logStreamName: string,
): AwsJson<FilteredLogEvent> {
  const eventId = `3${String(time).padStart(19, '0')}${String(id).padStart(36, '0')}`
  return { logStreamName, timestamp: time, message, ingestionTime: ingestedAt, eventId }
}

function tokenOf(direction: Direction, { time, id }: Position, now: number): string {
  return Buffer.from(`${direction}/${time}/${id}/${now}`).toString('base64url')
}

function parseToken(token: string, now: number): SearchStart {
  const text = Buffer.from(token, 'base64url').toString()
  const [, direction, time, id, madeAt] = /^([fb])\/(\d{1,16})\/(\d{1,16})\/(\d{1,16})$/.exec(text) ?? []
  if (direction === undefined || now - Number(madeAt) > TOKEN_VALID_MS)
    throw invalidParameter('The specified nextToken is invalid.')
  return { direction: direction === 'f' ? 'f' : 'b', position: { time: Number(time), id: Number(id) } }
}
