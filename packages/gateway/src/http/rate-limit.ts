/** So many requests in so many seconds, of one token or one address: windows that begin with their first request. */
import { LRUCache } from 'lru-cache'
import { TooManyRequests } from '../problems/problem.ts'

export interface RateLimit {
  requests: number
  seconds: number
}

interface Window {
  /** By `performance.now()`. */
  endsAt: number
  requests: number
}

const maxWindows = 10_000

class Windows {
  readonly #limit: RateLimit
  readonly #windows = new LRUCache<string, Window>({ max: maxWindows })

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** Counts a request. @returns undefined, or in how many seconds the next one is within the limit */
  count(of: string): number | undefined {
    const now = performance.now()
    let window = this.#windows.get(of)
    if (!window || window.endsAt <= now) {
      window = { endsAt: now + this.#limit.seconds * 1000, requests: 0 }
      this.#windows.set(of, window)
    }
    return ++window.requests <= this.#limit.requests ? undefined : (window.endsAt - now) / 1000
  }
}

/** @returns counts a request of the token's; throws TooManyRequests `RateLimitExceeded` when it is one too many */
export function rateLimiter({ requests, seconds }: RateLimit): (token: string) => void {
  const windows = new Windows({ requests, seconds })
  return (token) => {
    const retryAfterSeconds = windows.count(token)
    if (retryAfterSeconds === undefined) return
    throw new TooManyRequests(
      'RateLimitExceeded',
      `A token may make ${requests} requests in ${seconds} s of a process, and this one has.`,
      {
        next: 'Ask less often.',
        retryAfterSeconds,
      },
    )
  }
}

/** @returns counts what an address does without a known token; throws TooManyRequests `RateLimitExceeded` when it is one too many */
export function addressLimiter({ requests, seconds }: RateLimit, what: string): (address: string) => void {
  const windows = new Windows({ requests, seconds })
  return (address) => {
    const retryAfterSeconds = windows.count(address)
    if (retryAfterSeconds === undefined) return
    throw new TooManyRequests(
      'RateLimitExceeded',
      `An address may make ${requests} requests ${what} in ${seconds} s of a process, and this one has.`,
      {
        retryAfterSeconds,
      },
    )
  }
}
