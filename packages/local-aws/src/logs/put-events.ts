/** PutLogEvents: adds events to a stream (API Reference, PutLogEvents). */
import type { PutLogEventsRequest, PutLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getGroup, getStream, invalidParameter, type LogsContext } from './log-context.ts'
import { EVENT_OVERHEAD_BYTES, type GroupRow, type LogEvent } from './log-tables.ts'

export const putLogEventsActions = { PutLogEvents: putLogEvents } satisfies JsonActions<LogsContext>

const MAX_BYTES = 1_048_576
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function putLogEvents(context: LogsContext, input: AwsJson<PutLogEventsRequest>): AwsJson<PutLogEventsResponse> {
  const { logGroupName = '', logStreamName = '', entity } = input
  const group = getGroup(context, logGroupName)
  const stream = getStream(context, group, logStreamName)
  const events = (input.logEvents ?? []) as LogEvent[]
  checkBatch(events)
  const now = context.clock.now()
  const { first: firstIndex, end, rejected } = acceptedRange(events, group, now)
  context.tables.addEvents(stream, events.slice(firstIndex, end), now)
  if (group.retentionDays !== null) context.eventRemoval.scheduleCheck()
  return {
    nextSequenceToken: String(now).padStart(56, '4'),
    ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
    // Entities are not supported: the events are accepted, and the response reports that the entity is rejected.
    ...(entity && { rejectedEntityInfo: { errorType: 'UnsupportedLogGroupType' as const } }),
  }
}

function checkBatch(events: readonly LogEvent[]): void {
  let bytes = 0
  let last = 0
  for (const { timestamp, message } of events) {
    if (timestamp < last)
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
    last = timestamp
    const size = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
    if (size > MAX_BYTES) throw invalidParameter(`Log event too large: ${size} bytes exceeds limit of ${MAX_BYTES}`)
    bytes += size
  }
  if (bytes > MAX_BYTES) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BYTES}`)
  if (last - (events[0]?.timestamp ?? 0) > DAY_MS)
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
}

/**
 * The range of accepted events, which are ordered by time. Events at the beginning that are too old, and events at the
 * end that are too new, are rejected. `rejected` is the part of the response about them.
 */
function acceptedRange(events: readonly LogEvent[], { retentionDays }: GroupRow, now: number) {
  const indexFrom = (time: number) => {
    const index = events.findIndex(({ timestamp }) => timestamp >= time)
    return index < 0 ? events.length : index
  }
  const tooOld = indexFrom(now - 14 * DAY_MS)
  const expired = retentionDays === null ? 0 : indexFrom(now - retentionDays * DAY_MS)
  const tooNew = indexFrom(now + 2 * HOUR_MS + 1)
  const rejected = {
    ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  }
  return { first: Math.max(tooOld, expired), end: tooNew, rejected }
}
