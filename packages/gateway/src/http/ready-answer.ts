/** What is ready as bytes becomes an answer: its headers say how old it is, and the client that has it already gets 304. */
import type { ReadyAnswer } from './answer.ts'
import { matchesEtag } from './etag.ts'
import type { RouteSchema } from './route.ts'

/**
 * `no-cache`: may be kept, must be asked for again; the ETag makes that cheap, and what a client wrote a moment ago is not hidden from it
 * by what it keeps. `private`: it was sent to the bearer of a token.
 */
export const askAgain = 'private, no-cache'
/** Beyond this an answer is told to be old. */
const staleMs = 2000

interface Asked {
  /** Path and query, as they were sent. */
  url: string
  ifNoneMatch: string | undefined
  schema: RouteSchema
}

export interface ReadyHead {
  status: 200 | 304
  headers: Record<string, string>
  ageMs: number
}

/** What goes before the bytes. */
export function headOf({ etag, at, nextCursor }: ReadyAnswer, { url, ifNoneMatch, schema }: Asked): ReadyHead {
  const ageMs = performance.now() - at
  const headers: Record<string, string> = {
    etag,
    age: String(Math.max(0, Math.floor(ageMs / 1000))),
    'cache-control': askAgain,
  }
  if (ageMs > staleMs) headers['ecs-api-stale'] = 'budget'
  if (nextCursor !== undefined && schema.query?.cursor) headers.link = nextLink(url, nextCursor)
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag)) return { status: 304, headers, ageMs }
  headers['content-type'] = 'application/json; charset=utf-8'
  return { status: 200, headers, ageMs }
}

/** `<…>; rel="next"`, for `Link`, of a list that goes on. */
export function nextLink(url: string, cursor: string): string {
  const next = new URL(url, 'http://localhost')
  next.searchParams.set('cursor', cursor)
  return `<${next.pathname}${next.search}>; rel="next"`
}
