/**
 * ECS's request buckets (API Reference, "Request throttling"): one token bucket for each account, Region and group of
 * actions. A call takes one token, the bucket refills continuously, and a call without a token is throttled.
 */
import { type BucketSize, requestGroupOf, requestGroups } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import type { JsonService } from '../../protocol/aws-json.ts'

/** The bucket of an action that belongs to no group. */
const ungrouped: BucketSize = { burst: 10, refill: 1 }

interface Bucket {
  tokens: number
  /** The time for which `tokens` holds, in milliseconds since 1970. */
  countedAt: number
}

/** Wraps the service so that it throttles as AWS does. */
export function withThrottling(service: JsonService, clock: Clock, codes: { throttlingCode: string }): JsonService {
  const buckets = new Map<string, Bucket>()
  return async (action, body, caller) => {
    const group = requestGroupOf(action)
    const { burst, refill }: BucketSize = group ? requestGroups[group] : ungrouped
    const key = `${caller.account} ${caller.region} ${group ?? action}`
    const now = clock.now()
    const bucket = buckets.get(key) ?? { tokens: burst, countedAt: now }
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.countedAt) / 1000) * refill)
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, countedAt: now })
    if (tokens < 1) throw new AwsError(codes.throttlingCode, 'Rate exceeded')
    return service(action, body, caller)
  }
}
