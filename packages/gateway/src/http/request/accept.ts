/** The media types that a client accepts, against those that a route has (RFC 9110, "Accept"). */
import { NotAcceptable } from '../../problems/problem.ts'

interface Range {
  name: string
  q: number
}

const eventStream = 'text/event-stream'

/**
 * Whether the client wants the route's event stream rather than its JSON: it prefers the stream, or names it first.
 * @throws NotAcceptable when it accepts neither
 */
export function wantsStream(accept: string | undefined, type: string, hasStream: boolean): boolean {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === type) return false
  const ranges = accept.split(',').map(readRange)
  const plain = matching(ranges, type)
  const stream = hasStream ? ranges.find(({ name }) => name === eventStream) : undefined
  if (
    stream?.q &&
    (!plain?.q || stream.q > plain.q || (stream.q === plain.q && ranges.indexOf(stream) < ranges.indexOf(plain)))
  )
    return true
  if (plain?.q) return false
  throw new NotAcceptable('NotAcceptable', `This path returns ${type}${hasStream ? ` or ${eventStream}` : ' only'}.`, {
    next: 'Leave Accept out, or accept that type.',
  })
}

/** The most specific range that matches decides. */
function matching(ranges: readonly Range[], type: string): Range | undefined {
  const [main] = type.split('/')
  return [type, `${main}/*`, '*/*']
    .map((name) => ranges.find((range) => range.name === name))
    .find((range) => range !== undefined)
}

function readRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const q = parameters.find((parameter) => parameter.startsWith('q='))
  return { name, q: q ? Number(q.slice(2)) : 1 }
}
