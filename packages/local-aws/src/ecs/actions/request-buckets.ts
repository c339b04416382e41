/**
 * ECS's request buckets (API Reference, "Request throttling"): tokens per account, Region and group of actions; a call takes one, the bucket
 * refills by the second, and who finds none is told so.
 */
import { type BucketSize, requestGroupOf, requestGroups } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import type { JsonService } from '../../protocol/aws-json.ts'

/** Of actions that stand in no group. */
const others: BucketSize = { burst: 10, refill: 1 }

interface Bucket {
  tokens: number
  /** Milliseconds since 1970: when the tokens were counted. */
  at: number
}

/** The service with AWS's buckets before it. */
export function throttled(service: JsonService, clock: Clock, words: { throttled: string }): JsonService {
  const buckets = new Map<string, Bucket>()
  return async (action, body, caller) => {
    const group = requestGroupOf(action)
    const { burst, refill }: BucketSize = group ? requestGroups[group] : others
    const key = `${caller.account} ${caller.region} ${group ?? action}`
    const now = clock.now()
    const bucket = buckets.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * refill)
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    if (tokens < 1) throw new AwsError(words.throttled, 'Rate exceeded')
    return service(action, body, caller)
  }
}
