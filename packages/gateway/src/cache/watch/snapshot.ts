/** The present state of many resources, as one answer of the cache. */
import { createHash } from 'node:crypto'
import type { Pace } from './poller.ts'

export interface SnapshotItem {
  /** Unique in the snapshot. */
  key: string
  /** The members of the resource's events that identify the resource. */
  subject: { kind: string; cluster: string; name?: string; id?: string }
  /** The resource, as JSON. */
  resource: string
  /** The resource can only disappear, such as a stopped task. */
  isOver: boolean
}

export class Snapshot {
  /** In order of their keys. */
  readonly items: readonly SnapshotItem[]
  readonly pace: Pace
  /** The number of calls to AWS that the next snapshot will need. */
  readonly calls: number

  constructor(items: readonly SnapshotItem[], { pace, calls }: { pace: Pace; calls: number }) {
    this.items = items.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    this.pace = pace
    this.calls = calls
  }

  /** The cache serialises a snapshot as a hash, to detect changes. `ChangeLog` compares the resources one by one. */
  toJSON(): { version: string } {
    const hash = createHash('sha1')
    for (const { key, resource } of this.items) hash.update(key).update('\n').update(resource).update('\n')
    return { version: hash.digest('base64url') }
  }
}
