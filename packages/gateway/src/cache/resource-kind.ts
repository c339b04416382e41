/** A kind of ECS resource, such as services: how the cache describes, converts and polls resources of this kind. */
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
  /** The topic of changes that make resources of this kind stale. */
  topic: Topic
  /** The action of ECS whose request budget a refresh needs. */
  action: string
  /** How many resources one call describes. */
  maxPerCall: number
  /** Requests the resource from AWS, whatever the cache holds. */
  describe: (account: Account, ref: ResourceRef) => Promise<Described<Value>>
  /**
   * Adds writes of this gateway that ECS does not show yet to AWS's answer.
   * @param answer undefined when AWS does not have the resource
   * @throws NotFound
   */
  applyRecentWrites: (account: Account, ref: ResourceRef, answer: Value | undefined) => Value
  /** Converts AWS's description to the form of this API. */
  toApiResource: (described: Value) => object
  /** How often the resource is polled while a client watches it. */
  pace: (described: Value) => Pace
}
