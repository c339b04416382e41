/** The maximum age that a client accepts, from `Cache-Control` (RFC 9111, "Cache-Control", request directives). */

export interface Freshness {
  /** 0 requests a new answer from AWS. Infinity accepts the gateway's default age. */
  maxAgeMs: number
}

const anyAge: Freshness = { maxAgeMs: Number.POSITIVE_INFINITY }
const readNow: Freshness = { maxAgeMs: 0 }

export function freshnessOf(cacheControl: string | undefined): Freshness {
  if (cacheControl === undefined) return anyAge
  const directives = cacheControl.toLowerCase()
  if (/(^|[\s,])no-(cache|store)\b/.test(directives)) return readNow
  const [, seconds] = /(?:^|[\s,])max-age="?(\d{1,9})/.exec(directives) ?? []
  return seconds === undefined ? anyAge : { maxAgeMs: Number(seconds) * 1000 }
}
