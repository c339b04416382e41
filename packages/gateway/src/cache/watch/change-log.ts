/**
 * The numbered changes of many resources: the differences between one snapshot and the next. Only the newest change of
 * each resource is kept, with its number, and deletions are kept for five minutes. So the log is about as large as a
 * snapshot. A client that has all changes up to a number gets each resource that changed after that number.
 */
import { randomBytes } from 'node:crypto'
import type { BudgetedEntry, ByteBudget } from '../byte-budget.ts'
import { cursorTooOld, type FeedEvent, invalidCursor } from './feed.ts'
import type { Snapshot, SnapshotItem } from './snapshot.ts'

export interface ChangeRecord {
  number: number
  /** For a deletion, the last description of the resource. */
  item: SnapshotItem
  isDeleted: boolean
  /** When the snapshot with the change was taken, on the clock of `performance.now()`. */
  takenAt: number
}

/** A client's position in the log: the changes that the client has. */
export interface Position {
  /** The client has all changes up to this number. */
  number: number
  /** The client has only a part of the first state. */
  isInFirstState: boolean
}

const deletionsKeptMs = 300_000
const maxDeletions = 10_000
/** An event contains its age, so it is serialised again after this time. Until then all clients share one event. */
const sharedEventMs = 500

export class ChangeLog implements BudgetedEntry {
  readonly #byteBudget: ByteBudget
  readonly #onForget: () => void
  /** Part of every event's id: the id of an event of another log is rejected. */
  readonly #epoch = randomBytes(6).toString('hex')
  /** In order of their numbers. Includes records that were replaced by a newer record of the same resource. */
  #records: ChangeRecord[] = []
  /** The newest record of each resource, by `item.key`. */
  readonly #newest = new Map<string, ChangeRecord>()
  readonly #events = new WeakMap<ChangeRecord, { event: FeedEvent; madeAt: number }>()
  readonly #listeners = new Set<() => void>()
  #lastNumber = 0
  /** The highest number of a deletion that is no longer kept. */
  #droppedNumber = 0
  /** When the latest snapshot was taken, on the clock of `performance.now()`. */
  #takenAt = Number.NEGATIVE_INFINITY
  #pinCount = 0

  constructor(byteBudget: ByteBudget, onForget: () => void) {
    this.#byteBudget = byteBudget
    this.#onForget = onForget
  }

  /** Records the differences from the previous snapshot. */
  apply({ items }: Snapshot, takenAt: number): void {
    if (takenAt < this.#takenAt) return
    this.#takenAt = takenAt
    const numberBefore = this.#lastNumber
    const present = new Set<string>()
    for (const item of items) {
      present.add(item.key)
      const newest = this.#newest.get(item.key)
      if (!newest || newest.isDeleted || newest.item.resource !== item.resource) this.#add(item, 'change')
    }
    for (const [key, { item, isDeleted }] of this.#newest)
      if (!isDeleted && !present.has(key)) this.#add(item, 'deletion')
    this.#dropOldDeletions()
    if (this.#lastNumber === numberBefore) return
    if (this.#records.length > 2 * this.#newest.size) this.#records = this.#records.filter(this.#isNewest)
    this.#byteBudget.use(this, this.#bytes())
    for (const listener of this.#listeners) listener()
  }

  /** Yields the resources that exist. */
  *existingItems(): Iterable<SnapshotItem> {
    for (const { item, isDeleted } of this.#newest.values()) if (!isDeleted) yield item
  }

  /** Yields the newest change of each resource that changed after the number, in the order of the numbers. */
  *recordsAfter(number: number): Iterable<ChangeRecord> {
    for (let i = this.#indexAfter(number); i < this.#records.length; i++)
      if (this.#isNewest(this.#records[i]!)) yield this.#records[i]!
  }

  get lastNumber(): number {
    return this.#lastNumber
  }

  /** Whether the log still has all changes after the number. */
  hasAllAfter(after: number): boolean {
    return after >= this.#droppedNumber
  }

  /** @throws Gone `CursorTooOld`, BadRequest `InvalidCursor` */
  positionOf(cursor: string): Position {
    const [, epoch, digits, state] = /^([0-9a-f]{12})-(\d{1,15})(-state)?$/.exec(cursor) ?? []
    if (epoch === undefined) throw invalidCursor()
    const number = Number(digits)
    if (epoch !== this.#epoch || number > this.#lastNumber || !this.hasAllAfter(number)) throw cursorTooOld()
    return { number, isInFirstState: state !== undefined }
  }

  idOf({ number, isInFirstState }: Position): string {
    return `${this.#epoch}-${number}${isInFirstState ? '-state' : ''}`
  }

  /** Returns the event of a change, for a client that has the whole first state. */
  eventOf(record: ChangeRecord): FeedEvent {
    const now = performance.now()
    const cached = this.#events.get(record)
    if (cached && now - cached.madeAt < sharedEventMs) return cached.event
    const event: FeedEvent = {
      id: this.idOf({ number: record.number, isInFirstState: false }),
      name: record.isDeleted ? 'deleted' : 'change',
      data: Buffer.from(this.jsonOf(record)),
    }
    this.#events.set(record, { event, madeAt: now })
    return event
  }

  /** Returns the data of a change's event, as JSON. */
  jsonOf({ item: { subject, resource } }: ChangeRecord): string {
    const age = Math.max(0, Math.round((performance.now() - this.#takenAt) / 100) / 10)
    return `${JSON.stringify(subject).slice(0, -1)},"resource":${resource},"age":${age}}`
  }

  /** Calls `listener` after each snapshot with changes. @returns a function that removes the listener */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Protects the log from eviction until `unpin`. */
  pin(): void {
    this.#pinCount++
    this.#byteBudget.use(this, this.#bytes())
  }

  unpin(): void {
    this.#pinCount--
  }

  get isPinned(): boolean {
    return this.#pinCount > 0
  }

  forget(): void {
    this.#onForget()
  }

  #add(item: SnapshotItem, kind: 'change' | 'deletion'): void {
    const record = { number: ++this.#lastNumber, item, isDeleted: kind === 'deletion', takenAt: this.#takenAt }
    this.#records.push(record)
    this.#newest.set(item.key, record)
  }

  #dropOldDeletions(): void {
    const deletions = this.#records.filter((record) => record.isDeleted && this.#isNewest(record))
    const excess = deletions.length - maxDeletions
    for (const [i, { item, number, takenAt }] of deletions.entries()) {
      if (i >= excess && this.#takenAt - takenAt <= deletionsKeptMs) return
      this.#newest.delete(item.key)
      this.#droppedNumber = number
    }
  }

  readonly #isNewest = (record: ChangeRecord): boolean => this.#newest.get(record.item.key) === record

  /** Returns the index of the first record after the number, by binary search. */
  #indexAfter(number: number): number {
    let [low, high] = [0, this.#records.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#records[middle]!.number > number) high = middle
      else low = middle + 1
    }
    return low
  }

  #bytes(): number {
    let bytes = 0
    for (const { item } of this.#records) bytes += item.resource.length + 500
    return bytes
  }
}
