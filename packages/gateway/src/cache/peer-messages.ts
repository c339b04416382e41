/** The messages that the caches of several processes on one store send to each other. */
import type { RecentWrite } from '../recent-writes/recent-writes.ts'
import type { Change } from './invalidation.ts'

export type PeerMessage =
  /** A process has changed resources: invalidate their entries. */
  | { about: 'changed'; account: string; change: Change }
  /** An ECS event says that resources have changed: poll them now if they are watched. */
  | { about: 'changeReported'; account: string; change: Change }
  /**
   * A process has changed a resource, and AWS may not show it yet: overlay the write on AWS's answers. A process whose
   * `boundary` (the tag `key=value` of the resources that it may use) is another one only invalidates entries.
   */
  | { about: 'written'; account: string; boundary: string; ownWrite: RecentWrite }
  /** A feed has a new event in the store. `number` counts within `epoch`, which is new when a feed begins anew. */
  | { about: 'event'; feed: string; epoch: string; number: number }
  /** A process has released its leases: a process that watches these feeds may take them. */
  | { about: 'released'; feeds: readonly string[] }

/** Sends messages to all other processes on the store. */
export interface PeerBroadcast {
  broadcast: (message: PeerMessage) => void
}
