/** The server-sent events of a stream of log lines. */
import type { StreamEvent } from '../../http/streams/event-source.ts'
import { toLogLine } from '../log-line.ts'
import type { LogEvent } from '../log-streams.ts'
import type { LogPage } from '../page.ts'
import type { Checkpoint } from './checkpoint.ts'

/** A stream ends when more than 1 MiB is unread (`http/streams`), so one event must be much smaller. */
const maxLines = 500
const maxCharacters = 128 * 1024

/** Members of the first event. They name lines of the service or task that the stream lacks. */
export type MissingLines = Pick<LogPage, 'elsewhere' | 'incomplete' | 'unavailable'>

/** Makes `lines` events of a few hundred lines each. The id of an event is the checkpoint after its last line. */
export function streamEventsOfLines(
  events: readonly LogEvent[],
  checkpoint: Checkpoint,
  lagMs: number,
  missing?: MissingLines,
): StreamEvent[] {
  const streamEvents: StreamEvent[] = []
  let chunk: LogEvent[] = []
  let characters = 0
  const flush = () => {
    for (const event of chunk) checkpoint.add(event)
    const items = chunk.map(toLogLine)
    streamEvents.push(
      eventOf(
        'lines',
        { items, lagSeconds: seconds(lagMs), ...(streamEvents.length === 0 && missing) },
        String(checkpoint),
      ),
    )
    chunk = []
    characters = 0
  }
  for (const event of events) {
    if (chunk.length === maxLines || (chunk.length > 0 && characters + event.message.length > maxCharacters)) flush()
    chunk.push(event)
    characters += event.message.length
  }
  if (chunk.length > 0 || streamEvents.length === 0) flush()
  return streamEvents
}

/** `lag`: how long a line may take to reach the client, because of the time between polls. */
export function lagEvent(lagMs: number): StreamEvent {
  return eventOf('lag', { lagSeconds: seconds(lagMs) })
}

/** `deleted`: the last event of the stream. */
export function deletedEvent(): StreamEvent {
  return eventOf('deleted', {})
}

function eventOf(name: string, data: object, id?: string): StreamEvent {
  return { name, data: Buffer.from(JSON.stringify(data)), ...(id !== undefined && { id }) }
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
