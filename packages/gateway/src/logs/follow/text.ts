/** Followed lines in the forms of pages other than JSON: text for a person, and NDJSON. */
import type { StreamEvent } from '../../http/streams/event-source.ts'
import type { UnavailablePart } from '../../http/unavailable-parts.ts'
import type { Elsewhere } from '../container-logs.ts'
import { formatLines, ndjson, plainText } from '../formats.ts'
import type { LogLine } from '../log-line.ts'

/** The data of the events of a stream of lines, all kinds together (`events.ts`, and `problem` and `end`). */
interface EventData {
  items?: LogLine[]
  lagSeconds?: number
  elsewhere?: Elsewhere[]
  unavailable?: UnavailablePart[]
  incomplete?: boolean
  detail?: string
}

export const textOf = { [plainText]: sharedBy(asPlainText), [ndjson]: sharedBy(asNdjson) }

/** Makes the text of an event once for all readers. */
function sharedBy(write: (name: string, data: EventData) => string): (event: StreamEvent) => string {
  const texts = new WeakMap<StreamEvent, string>()
  return (event) => {
    const known = texts.get(event)
    if (known !== undefined) return known
    const text = write(event.name, JSON.parse(event.data.toString()))
    texts.set(event, text)
    return text
  }
}

function asPlainText(name: string, data: EventData): string {
  return (
    formatLines(data.items ?? [], plainText) +
    notesOf(name, data)
      .map((note) => `ecs-api: ${note}\n`)
      .join('')
  )
}

function notesOf(
  name: string,
  { detail, lagSeconds, elsewhere = [], unavailable = [], incomplete }: EventData,
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

/** A line has no `event`; all else has its name there. */
function asNdjson(name: string, data: EventData): string {
  const { items, ...more } = data
  if (!items) return formatOne({ event: name, ...more })
  const { lagSeconds: _, ...missing } = more
  const isMissing = missing.incomplete || missing.unavailable || (missing.elsewhere ?? []).length > 0
  return formatLines(items, ndjson) + (isMissing ? formatOne({ event: 'missing', ...missing }) : '')
}

function formatOne(value: object): string {
  return `${JSON.stringify(value)}\n`
}
