/** How much one token may ask of this process: so many requests in so many seconds, whatever they are. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { TooManyRequests } from '../problems/problem.ts'

export interface RateLimit {
  requests: number
  seconds: number
}

/** @returns counts a request of the token's; throws TooManyRequests `RateLimitExceeded` when it is one too many */
export function rateLimiter({ requests, seconds }: RateLimit): (token: string) => Promise<void> {
  const limiter = new RateLimiterMemory({ points: requests, duration: seconds })
  return async (token) => {
    try {
      await limiter.consume(token)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      throw new TooManyRequests('RateLimitExceeded', `A token may make ${requests} requests in ${seconds} s, and this one has.`, {
        next: 'Ask less often, or follow a stream instead of polling.',
        retryAfterSeconds: refused.msBeforeNext / 1000,
      })
    }
  }
}
