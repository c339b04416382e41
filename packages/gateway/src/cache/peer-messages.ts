/** What the views of one process tell those of the others. */
import type { OwnWrite } from '../own-writes/own-writes.ts'
import type { Change } from './invalidation.ts'

export type PeerMessage =
  /** Something may have changed: what was seen before is not to be believed. */
  | { about: 'changed'; account: string; change: Change }
  /** Something happened to it elsewhere: who watches it looks now. */
  | { about: 'poked'; account: string; change: Change }
  /** What was written, and AWS may not show yet; under another boundary it may not be shown at all. */
  | { about: 'written'; account: string; boundary: string; ownWrite: OwnWrite }
  /** A feed has an event more. */
  | { about: 'event'; feed: string; epoch: string; number: number }
  /** Nobody looks at them any more: who has them watched may. */
  | { about: 'released'; feeds: readonly string[] }

/** The other processes' views, where there are any. */
export interface PeerBroadcast {
  broadcast: (message: PeerMessage) => void
}
