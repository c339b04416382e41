/** Limits the requests of a token or an address. They are counted in time windows that begin with a request. */
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { TooManyRequests } from '../problems/problem.ts'
import { networkOf } from './request/client-network.ts'

export interface RateLimit {
  requests: number
  seconds: number
}

interface Window {
  /** On the clock of `performance.now()`. */
  endsAt: number
  requests: number
}

const maxWindows = 10_000

class RequestWindows {
  readonly #limit: RateLimit
  readonly #windows = new LRUCache<string, Window>(maxEntries(maxWindows))

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** Counts a request. @returns undefined, or the seconds until the next request is within the limit */
  count(client: string): number | undefined {
    const now = performance.now()
    let window = this.#windows.get(client)
    if (!window || window.endsAt <= now) {
      window = { endsAt: now + this.#limit.seconds * 1000, requests: 0 }
      this.#windows.set(client, window)
    }
    return ++window.requests <= this.#limit.requests ? undefined : (window.endsAt - now) / 1000
  }
}

/** @returns a counter for a token's requests that throws TooManyRequests `RateLimitExceeded` beyond the limit */
export function createRateLimiter({ requests, seconds }: RateLimit): (token: string) => void {
  const windows = new RequestWindows({ requests, seconds })
  return (token) => {
    const retryAfterSeconds = windows.count(token)
    if (retryAfterSeconds === undefined) return
    throw new TooManyRequests(
      'RateLimitExceeded',
      `A token may send ${requests} requests in ${seconds} s to one process, and this token has sent more.`,
      {
        next: 'Send fewer requests, or watch an event stream instead of polling.',
        retryAfterSeconds,
      },
    )
  }
}

/**
 * @returns a counter for an address without a known token that throws TooManyRequests `RateLimitExceeded` beyond the
 *   limit
 */
export function createAddressLimiter({ requests, seconds }: RateLimit, requestKind: string): (address: string) => void {
  const windows = new RequestWindows({ requests, seconds })
  return (address) => {
    const retryAfterSeconds = windows.count(networkOf(address))
    if (retryAfterSeconds === undefined) return
    throw new TooManyRequests(
      'RateLimitExceeded',
      `An address may send ${requests} requests ${requestKind} in ${seconds} s to one process, and this address has sent more.`,
      {
        retryAfterSeconds,
      },
    )
  }
}
