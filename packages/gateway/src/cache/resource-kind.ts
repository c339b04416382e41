/** A kind of ECS's resources as the cache uses it: how to describe one, how to show it, and how often to poll it. */
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import type { Topic } from './invalidation.ts'
import type { Pace } from './watch/poller.ts'

/** Names or ARNs, as they were written in the path. */
export interface ResourceRef {
  cluster: string
  ref: string
}

export interface ResourceKind<Value extends object> {
  /** The topic of invalidations that concern this kind. */
  topic: Topic
  /** The action of ECS whose request budget a refresh needs. */
  action: string
  /** How many resources one call describes. */
  maxPerCall: number
  /** Requests the resource from AWS, whatever the cache holds. */
  describe: (account: Account, ref: ResourceRef) => Promise<Described<Value>>
  /**
   * AWS's answer with this gateway's own writes laid over it.
   * @throws NotFound
   */
  find: (account: Account, ref: ResourceRef, answer: Value | undefined) => Value
  present: (described: Value) => object
  /** How often it is polled while somebody watches it. */
  pace: (described: Value) => Pace
}
