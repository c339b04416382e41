/** The events on a stream of lines. */
import type { StreamEvent } from '../../http/streams/event-source.ts'
import { lineOf } from '../log-line.ts'
import type { LogEvent } from '../log-streams.ts'
import type { LogPage } from '../page.ts'
import type { Marks } from './marks.ts'

/** A reader may leave at most 1 MiB unread (`http/streams`), and one event should be much smaller. */
const maxLines = 500
const maxCharacters = 128 * 1024

/** Members of the first event: what of the target's lines is not on the stream. */
export type Missing = Pick<LogPage, 'elsewhere' | 'incomplete' | 'unavailable'>

/** `lines`: one event for a few hundred lines, each with the marks up to its last line. */
export function linesEvents(
  events: readonly LogEvent[],
  marks: Marks,
  lagMs: number,
  missing?: Missing,
): StreamEvent[] {
  const made: StreamEvent[] = []
  let some: LogEvent[] = []
  let characters = 0
  const flush = () => {
    for (const event of some) marks.add(event)
    const items = some.map(lineOf)
    made.push(eventOf('lines', { items, lagSeconds: seconds(lagMs), ...(made.length === 0 && missing) }, String(marks)))
    some = []
    characters = 0
  }
  for (const event of events) {
    if (some.length === maxLines || (some.length > 0 && characters + event.message.length > maxCharacters)) flush()
    some.push(event)
    characters += event.message.length
  }
  if (some.length > 0 || made.length === 0) flush()
  return made
}

/** `lag`: how long a line may take to be shown because polls are further apart. */
export function lagEvent(lagMs: number): StreamEvent {
  return eventOf('lag', { lagSeconds: seconds(lagMs) })
}

/** `deleted`: the last event of the stream. */
export function goneEvent(): StreamEvent {
  return eventOf('deleted', {})
}

function eventOf(name: string, data: object, id?: string): StreamEvent {
  return { name, data: Buffer.from(JSON.stringify(data)), ...(id !== undefined && { id }) }
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
