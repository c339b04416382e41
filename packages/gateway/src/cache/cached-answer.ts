/** An answer made ready: its bytes, and when AWS was asked for what they say. */
import { hash } from 'node:crypto'

export interface CachedAnswer {
  payload: Buffer
  /** Strong, quotes included (RFC 9110). */
  etag: string
  /** On the clock of `performance.now()`. */
  at: number
  /** Of a page that is not the last one. */
  nextCursor?: string
  /** What answers the same question now, without a look at AWS being due; undefined where one is. Holds nothing that memory is bounded for. */
  again?: () => CachedAnswer | undefined
}

/** What the client says of freshness. */
export interface Freshness {
  /** How old the answer may be for the client, in milliseconds; 0 asks AWS now. */
  maxAgeMs: number
}

/** Bytes of their own: a small buffer out of Node's pool keeps 8 KiB alive for as long as it lives. */
function kept(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

export function cachedAnswerOf(resource: object, at: number): CachedAnswer {
  const payload = kept(JSON.stringify(resource))
  const next =
    'nextCursor' in resource && typeof resource.nextCursor === 'string' ? { nextCursor: resource.nextCursor } : {}
  return { payload, etag: `"${hash('sha1', payload, 'base64url')}"`, at, ...next }
}
