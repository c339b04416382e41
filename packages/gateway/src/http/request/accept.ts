/** Chooses the media type of a response from those that the client accepts and the route has (RFC 9110, "Accept"). */
import { NotAcceptable } from '../../problems/problem.ts'

interface Range {
  name: string
  quality: number
}

/** The media types of a route's response. */
export interface RouteTypes {
  /** The default, for a client that accepts any type. */
  type: string
  /** Further types, sent only to clients that name them. */
  otherTypes?: readonly string[]
  /** The route has an event stream, sent only to clients that name its type. */
  hasStream: boolean
}

export const eventStreamType = 'text/event-stream'

/**
 * The media type that the client prefers: the one with the highest quality, and among equals the one that it names
 * first.
 * @throws NotAcceptable when it accepts none
 */
export function acceptedType(accept: string | undefined, { type, otherTypes = [], hasStream }: RouteTypes): string {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === type) return type
  const ranges = accept.split(',').map(readRange)
  const namedTypes = hasStream ? [...otherTypes, eventStreamType] : otherTypes
  const matched = [
    { name: type, range: narrowestRange(ranges, type) },
    ...namedTypes.map((name) => ({ name, range: ranges.find((range) => range.name === name) })),
  ]
  let best: { name: string; range: Range } | undefined
  for (const { name, range } of matched) {
    if (!range?.quality) continue
    const isBetter =
      !best ||
      range.quality > best.range.quality ||
      (range.quality === best.range.quality && ranges.indexOf(range) < ranges.indexOf(best.range))
    if (isBetter) best = { name, range }
  }
  if (best) return best.name
  const all = [type, ...namedTypes]
  throw new NotAcceptable(
    'NotAcceptable',
    `This path returns ${all.length === 1 ? `${type} only` : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`}.`,
    { next: 'Leave Accept out, or accept that type.' },
  )
}

/** The range that decides about the type: the most specific one of those that match. */
function narrowestRange(ranges: readonly Range[], type: string): Range | undefined {
  const [main] = type.split('/')
  return [type, `${main}/*`, '*/*']
    .map((name) => ranges.find((range) => range.name === name))
    .find((range) => range !== undefined)
}

function readRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const q = parameters.find((parameter) => parameter.startsWith('q='))
  return { name, quality: q ? Number(q.slice(2)) : 1 }
}
