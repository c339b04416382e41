/** The events of a stream of log lines as plain text for a person, and as NDJSON. */
import type { StreamEvent } from '../../http/streams/event-source.ts'
import type { UnavailablePart } from '../../http/unavailable-parts.ts'
import type { UnreadableContainer } from '../container-logs.ts'
import { formatLines, ndjsonType, plainTextType } from '../formats.ts'
import type { LogLine } from '../log-line.ts'

/** The members of all kinds of events of the stream: those in `events.ts`, `problem` and `end`. */
interface EventContent {
  items?: LogLine[]
  lagSeconds?: number
  elsewhere?: UnreadableContainer[]
  unavailable?: UnavailablePart[]
  incomplete?: boolean
  detail?: string
}

export const textFormats = { [plainTextType]: cachedPerEvent(asPlainText), [ndjsonType]: cachedPerEvent(asNdjson) }

/** Caches the text of an event, so that it is made once for all clients. */
function cachedPerEvent(write: (name: string, data: EventContent) => string): (event: StreamEvent) => string {
  const texts = new WeakMap<StreamEvent, string>()
  return (event) => {
    const known = texts.get(event)
    if (known !== undefined) return known
    const text = write(event.name, JSON.parse(event.data.toString()))
    texts.set(event, text)
    return text
  }
}

function asPlainText(name: string, data: EventContent): string {
  return (
    formatLines(data.items ?? [], plainTextType) +
    notesOf(name, data)
      .map((note) => `ecs-api: ${note}\n`)
      .join('')
  )
}

function notesOf(
  name: string,
  { detail, lagSeconds, elsewhere = [], unavailable = [], incomplete }: EventContent,
): string[] {
  switch (name) {
    case 'lines':
      return [
        ...elsewhere.map((each) => each.detail),
        ...unavailable.map(({ part, reason }) => `${part}: ${reason}`),
        ...(incomplete ? ['More than 100 log streams match; the newest are followed.'] : []),
      ]
    case 'lag':
      return [`Lines may take ${lagSeconds} s from now on.`]
    case 'deleted':
      return ['The service or task is gone.']
    default:
      return detail === undefined ? [] : [detail]
  }
}

/** A line of text has no member `event`. All other objects have their name in `event`. */
function asNdjson(name: string, data: EventContent): string {
  const { items, ...more } = data
  if (!items) return formatOne({ event: name, ...more })
  const { lagSeconds: _, ...missing } = more
  const isMissing = missing.incomplete || missing.unavailable || (missing.elsewhere ?? []).length > 0
  return formatLines(items, ndjsonType) + (isMissing ? formatOne({ event: 'missing', ...missing }) : '')
}

function formatOne(value: object): string {
  return `${JSON.stringify(value)}\n`
}
