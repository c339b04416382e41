/**
 * Sends one client the first state of many resources, in pages, and then their changes. It sends at the pace at which
 * the client reads. A client that reads slowly skips states that were replaced meanwhile, and costs no memory.
 */
import type { Problem } from '../../problems/problem.ts'
import type { ChangeLog, ChangeRecord, Position } from './change-log.ts'
import { cursorTooOld, type FeedEvent } from './feed.ts'

/** The client of a stream of many resources. */
export interface ChangeReader {
  event: (event: FeedEvent) => void
  problem: (problem: Problem) => void
  cut: (problem: Problem) => void
  /** Resolves when the client has read most of what was sent, and when the stream is over. */
  hasRead: () => Promise<void>
}

/** Resources in one page of the first state, and events that are sent before the client must have read them. */
const pageSize = 100

export class ChangeFollower {
  readonly #log: ChangeLog
  readonly #reader: ChangeReader
  #number: number
  /** The last number of the first state; undefined when the client has it. */
  #stateUntil: number | undefined
  /** The client had no resource when the stream began. */
  readonly #isNew: boolean
  #isSending = false
  #isClosed = false
  readonly #stopListening: () => void

  /** @param position undefined for a client without a cursor */
  constructor(log: ChangeLog, reader: ChangeReader, position: Position | undefined) {
    this.#log = log
    this.#reader = reader
    this.#number = position?.number ?? 0
    this.#isNew = position === undefined
    this.#stateUntil = !position || position.isInState ? log.lastNumber : undefined
    this.#stopListening = log.listen(() => this.send())
  }

  send(): void {
    if (!this.#isSending) void this.#send()
  }

  close(): void {
    this.#isClosed = true
    this.#stopListening()
  }

  async #send(): Promise<void> {
    this.#isSending = true
    while (!this.#isClosed && this.#sendSome()) await this.#reader.hasRead()
    this.#isSending = false
  }

  /** @returns whether it sent anything */
  #sendSome(): boolean {
    // A new client needs no deletion from before its stream.
    if (!this.#log.isComplete((this.#isNew && this.#stateUntil) || this.#number)) {
      this.#reader.cut(cursorTooOld())
      return false
    }
    if (this.#stateUntil !== undefined) {
      this.#sendState(this.#stateUntil)
      return true
    }
    let sent = 0
    for (const record of this.#log.after(this.#number)) {
      if (sent++ === pageSize) break
      this.#number = record.number
      this.#reader.event(this.#log.eventOf(record))
    }
    return sent > 0
  }

  /** Sends a page of the first state, or a deletion for a client that has a part of it. */
  #sendState(until: number): void {
    const page: ChangeRecord[] = []
    let remaining = 0
    for (const record of this.#log.after(this.#number)) {
      if (record.number > until) break
      if (record.isDeleted) {
        if (this.#isNew || page.length === pageSize) continue
        // The page ends here, so that the order of the numbers is kept.
        if (page.length === 0) this.#sendDeletion(record)
        else this.#sendPage(page, countPresent(this.#log.after(page.at(-1)!.number), until), until)
        return
      }
      if (page.length < pageSize) page.push(record)
      else remaining++
    }
    this.#sendPage(page, remaining, until)
  }

  #sendPage(page: readonly ChangeRecord[], remaining: number, until: number): void {
    const last = page.at(-1)
    const hasMore = remaining > 0 || (!this.#isNew && last !== undefined && this.#hasDeletion(last.number, until))
    this.#number = hasMore ? last!.number : until
    if (!hasMore) this.#stateUntil = undefined
    const items = page.map((record) => this.#log.textOf(record)).join(',')
    const data = Buffer.from(`{"items":[${items}],"remaining":${remaining}}`)
    this.#reader.event({ id: this.#log.idOf({ number: this.#number, isInState: hasMore }), name: 'state', data })
  }

  #sendDeletion(record: ChangeRecord): void {
    this.#number = record.number
    const id = this.#log.idOf({ number: record.number, isInState: true })
    this.#reader.event({ ...this.#log.eventOf(record), id })
  }

  #hasDeletion(after: number, until: number): boolean {
    for (const { isDeleted, number } of this.#log.after(after)) if (isDeleted && number <= until) return true
    return false
  }
}

function countPresent(records: Iterable<ChangeRecord>, until: number): number {
  let count = 0
  for (const { isDeleted, number } of records) if (!isDeleted && number <= until) count++
  return count
}
