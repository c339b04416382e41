/** The status and headers of a cached answer. The headers have its age, and a client that has the answer gets 304. */

import type { RouteSchema } from '../route.ts'
import type { SerialisedAnswer } from './answer.ts'
import { addToVary, compressedHeaders, type Encoding, isCompressible } from './compression.ts'
import { matchesEtag } from './etag.ts'

/**
 * `no-cache`: clients may store the response and must revalidate it before each use, which the ETag makes cheap. So a
 * stored response cannot hide a client's own writes. `private`: the response was made for the bearer of a token.
 */
export const alwaysRevalidate = 'private, no-cache'
/** An answer older than this is marked as stale. */
const staleAfterMs = 2000

interface HeadRequest {
  /** Path and query, as they were sent. */
  url: string
  ifNoneMatch: string | undefined
  /** The encoding of the response; undefined for none. */
  encoding: Encoding | undefined
  schema: RouteSchema
}

export interface SerialisedHead {
  status: 200 | 304
  headers: Record<string, string>
  ageMs: number
}

/** Makes the status and headers. */
export function headOf(
  { payload, etag, requestedAt, maxFreshAgeMs = staleAfterMs, nextCursor }: SerialisedAnswer,
  { url, ifNoneMatch, encoding, schema }: HeadRequest,
): SerialisedHead {
  const ageMs = performance.now() - requestedAt
  const headers: Record<string, string> = {
    etag,
    age: String(Math.max(0, Math.floor(ageMs / 1000))),
    'cache-control': alwaysRevalidate,
  }
  if (ageMs > Math.max(maxFreshAgeMs, staleAfterMs)) headers['ecs-api-stale'] = 'budget'
  if (nextCursor !== undefined && schema.query?.cursor) headers.link = nextLink(url, nextCursor)
  if (schema.alsoProduces) headers.vary = 'Accept'
  if (isCompressible(payload.length)) headers.vary = addToVary(headers.vary, 'Accept-Encoding')
  if (encoding !== undefined) Object.assign(headers, compressedHeaders(encoding, etag))
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag)) {
    delete headers['content-encoding']
    return { status: 304, headers, ageMs }
  }
  headers['content-type'] = 'application/json; charset=utf-8'
  return { status: 200, headers, ageMs }
}

/** `<…>; rel="next"`: the `Link` to the next page. */
export function nextLink(url: string, cursor: string): string {
  const next = new URL(url, 'http://localhost')
  next.searchParams.set('cursor', cursor)
  return `<${next.pathname}${next.search}>; rel="next"`
}
