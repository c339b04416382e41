/** Whether a client takes what a route sends (RFC 9110, "Accept"). */
import { NotAcceptable } from '../problems/problem.ts'

/** @throws NotAcceptable when the header excludes `type`, and for event streams, which are asked for by it. */
export function checkAccept(accept: string | undefined, type: string): void {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === type) return
  const ranges = accept.split(',').map(readRange)
  if (accept.toLowerCase().includes('text/event-stream')) {
    throw new NotAcceptable('NotAcceptable', 'Event streams are not available yet.', { next: `This path answers with ${type}.` })
  }
  const [main] = type.split('/')
  // The most specific range that fits decides.
  const quality = [type, `${main}/*`, '*/*'].map((name) => ranges.find((range) => range.name === name)?.q).find((q) => q !== undefined)
  if (!quality) throw new NotAcceptable('NotAcceptable', `This path answers with ${type} only.`, { next: 'Leave Accept out, or accept that type.' })
}

function readRange(text: string): { name: string; q: number } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const q = parameters.find((parameter) => parameter.startsWith('q='))
  return { name, q: q ? Number(q.slice(2)) : 1 }
}
