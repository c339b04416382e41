/** A response body that is ready to be sent: its bytes, their ETag, and the time of the data in them. */
import { hash } from 'node:crypto'

export interface CachedAnswer {
  payload: Buffer
  /** A strong ETag, quotes included (RFC 9110). */
  etag: string
  /** When the data was requested from AWS, on the clock of `performance.now()`. */
  requestedAt: number
  /** How old the answer may be without being stale, in milliseconds; absent where the account's `freshMs` applies. */
  maxFreshAgeMs?: number
  /** Compressed forms of the payload, by encoding; a promise while the payload is being compressed. */
  compressed: Map<string, Buffer | Promise<Buffer>>
  /** Called when a compressed form has been added. */
  onCompressed?: () => void
  /** The cursor of the next page of a list; absent on the last page. */
  nextCursor?: string
  /**
   * Returns the present answer to the same request; undefined when it must be refreshed from AWS first. The function
   * does not keep the entry's data in memory.
   */
  latestIfFresh?: () => CachedAnswer | undefined
}

/** The client's demand on the age of an answer. */
export interface Freshness {
  /** How old the answer may be, in milliseconds; 0 requests the data from AWS now. */
  maxAgeMs: number
}

/** Allocates outside of Node's buffer pool: a small buffer from the pool keeps the whole pool of 8 KiB in memory. */
function unpooledBuffer(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

/**
 * Serialises a resource or a list.
 * @param requestedAt when the data was requested from AWS, on the clock of `performance.now()`
 */
export function cachedAnswerOf(resource: object, requestedAt: number): CachedAnswer {
  const payload = unpooledBuffer(JSON.stringify(resource))
  const next =
    'nextCursor' in resource && typeof resource.nextCursor === 'string' ? { nextCursor: resource.nextCursor } : {}
  return { payload, etag: `"${hash('sha1', payload, 'base64url')}"`, requestedAt, compressed: new Map(), ...next }
}
