/** How much one token may ask of this process: so many requests in so many seconds, whatever they are. */
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

const mostTokens = 10_000

/** @returns counts a request of the token's; throws TooManyRequests `RateLimitExceeded` when it is one too many */
export function rateLimiter({ requests, seconds }: RateLimit): (token: string) => void {
  const windows = new LRUCache<string, Window>({ max: mostTokens })
  return (token) => {
    const now = performance.now()
    let window = windows.get(token)
    if (!window || window.endsAt <= now) {
      window = { endsAt: now + seconds * 1000, requests: 0 }
      windows.set(token, window)
    }
    if (++window.requests <= requests) return
    throw new TooManyRequests('RateLimitExceeded', `A token may make ${requests} requests in ${seconds} s of a process, and this one has.`, {
      next: 'Ask less often.',
      retryAfterSeconds: (window.endsAt - now) / 1000,
    })
  }
}
