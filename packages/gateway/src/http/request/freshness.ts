/** The maximum age that a client accepts, from `Cache-Control` (RFC 9111, "Cache-Control", request directives). */

export interface Freshness {
  /** In milliseconds. 0 asks AWS now; infinity leaves it to this service. */
  maxAgeMs: number
}

const whatever: Freshness = { maxAgeMs: Number.POSITIVE_INFINITY }
const now: Freshness = { maxAgeMs: 0 }

export function freshnessOf(cacheControl: string | undefined): Freshness {
  if (cacheControl === undefined) return whatever
  const directives = cacheControl.toLowerCase()
  if (/(^|[\s,])no-(cache|store)\b/.test(directives)) return now
  const [, seconds] = /(?:^|[\s,])max-age="?(\d{1,9})/.exec(directives) ?? []
  return seconds === undefined ? whatever : { maxAgeMs: Number(seconds) * 1000 }
}
