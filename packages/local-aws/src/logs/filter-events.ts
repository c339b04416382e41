/** A group's events in the order of their time, over its streams, found by a pattern (API Reference, FilterLogEvents). */
import type { FilteredLogEvent, FilterLogEventsRequest, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { Wire } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { filterPattern } from './filter-pattern.ts'
import { MAX_ANSWER_BYTES, MAX_EVENTS, oldestShown, sizeOf } from './get-events.ts'
import { findStream, invalid, type LogsContext, referredGroup } from './log-context.ts'
import type { EventRow, GroupRow, Position } from './log-tables.ts'

export const filterActions = { FilterLogEvents: filterLogEvents } satisfies JsonActions<LogsContext>

/** So many events are looked at for one answer: a page may be empty though more follows, as AWS's may. It keeps the loop free for others. */
const MAX_LOOKED_AT = 10_000

type Input = Wire<FilterLogEventsRequest>

function filterLogEvents(context: LogsContext, input: Input): Wire<FilterLogEventsResponse> {
  const {
    logStreamNames: names,
    logStreamNamePrefix: prefix = '',
    limit = MAX_EVENTS,
    filterPattern: pattern = '',
  } = input
  if (names && prefix !== '') throw invalid('LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters.')
  const group = referredGroup(context, input)
  const nameOf = streamNames(context)
  const fits = filterPattern(pattern)
  const isWanted = ({ streamId, message }: EventRow) => {
    const name = nameOf(streamId)
    // Events of a stream just deleted may still lie there.
    return name !== undefined && (names ? names.includes(name) : name.startsWith(prefix)) && fits(message)
  }
  const { found, next } = search(eventsOf(context, group, input), isWanted, limit)
  return {
    events: found.map((event) => answer(event, nameOf(event.streamId) ?? '')),
    searchedLogStreams: [],
    ...(next && { nextToken: tokenOf(next) }),
  }
}

/** The first events that are wanted, and after which event to go on when there may be more. */
function search(
  events: Iterable<EventRow>,
  isWanted: (event: EventRow) => boolean,
  limit: number,
): { found: EventRow[]; next?: Position } {
  const found: EventRow[] = []
  let bytes = 0
  let lookedAt = 0
  let last: Position | undefined
  for (const event of events) {
    if (last && lookedAt === MAX_LOOKED_AT) return { found, next: last }
    if (isWanted(event)) {
      bytes += sizeOf(event)
      if (last && (found.length === limit || (found.length > 0 && bytes > MAX_ANSWER_BYTES)))
        return { found, next: last }
      found.push(event)
    }
    last = event
    lookedAt++
  }
  return { found }
}

function eventsOf(
  context: LogsContext,
  group: GroupRow,
  { logStreamNames: names, startTime = 0, endTime, nextToken }: Input,
): Iterable<EventRow> {
  const from = Math.max(startTime, oldestShown(group, context.clock.now()))
  // The end belongs to the range here ("Events with a timestamp later than this time are not returned"), and does not in GetLogEvents.
  const to = endTime === undefined ? Number.MAX_SAFE_INTEGER : endTime + 1
  const position = nextToken === undefined ? { time: 0, id: 0 } : placeOf(nextToken)
  const streams = names?.map((name) => findStream(context, group, name))
  const [only] = streams ?? []
  if (only && streams?.length === 1) return context.tables.eventsAfter('streamId', only.id, from, to, position)
  return context.tables.eventsAfter('groupId', group.id, from, to, position)
}

function streamNames({ tables }: LogsContext): (id: number) => string | undefined {
  const known = new Map<number, string | undefined>()
  return (id) => {
    if (!known.has(id)) known.set(id, tables.streamName(id))
    return known.get(id)
  }
}

function answer({ time, id, message, ingestedAt }: EventRow, logStreamName: string): Wire<FilteredLogEvent> {
  const eventId = `3${String(time).padStart(19, '0')}${String(id).padStart(36, '0')}`
  return { logStreamName, timestamp: time, message, ingestionTime: ingestedAt, eventId }
}

function tokenOf({ time, id }: Position): string {
  return Buffer.from(`${time}/${id}`).toString('base64url')
}

function placeOf(token: string): Position {
  const [, time, id] = /^(\d{1,16})\/(\d{1,16})$/.exec(Buffer.from(token, 'base64url').toString()) ?? []
  if (time === undefined) throw invalid('The specified nextToken is invalid.')
  return { time: Number(time), id: Number(id) }
}
