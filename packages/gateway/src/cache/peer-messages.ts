/** What the views of one process tell those of the others. */
import type { NotedWrite } from '../own-writes/own-writes.ts'
import type { Touched } from './invalidation.ts'

export type News =
  /** Something may have changed: what was seen before is not to be believed. */
  | { about: 'touched'; account: string; touched: Touched }
  /** Something happened to it elsewhere: who watches it looks now. */
  | { about: 'happened'; account: string; touched: Touched }
  /** What was written, and AWS may not show yet; under another boundary it may not be shown at all. */
  | { about: 'written'; account: string; boundary: string; noted: NotedWrite }
  /** A feed has an event more. */
  | { about: 'fed'; feed: string; epoch: string; number: number }
  /** Nobody looks at them any more: who has them watched may. */
  | { about: 'released'; feeds: readonly string[] }

/** The other processes' views, where there are any. */
export interface Others {
  tell: (news: News) => void
}
