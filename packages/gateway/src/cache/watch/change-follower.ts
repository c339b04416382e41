/**
 * Sends one client the first state of many resources, in pages, and then their changes. Nothing is sent before the
 * client has read most of what was sent earlier. So a slow client needs no memory, and it skips states that were
 * replaced in the meantime.
 */
import type { Problem } from '../../problems/problem.ts'
import type { ChangeLog, ChangeRecord, Position } from './change-log.ts'
import { cursorTooOld, type FeedEvent } from './feed.ts'

/** The client of a stream of many resources. */
export interface ChangeReader {
  /** Sends the event to the client. */
  sendEvent: (event: FeedEvent) => void
  /** Reports that the resources cannot be polled for now. Events follow when polls succeed again. */
  sendProblem: (problem: Problem) => void
  /** Ends the stream with this problem. */
  endWithProblem: (problem: Problem) => void
  /** Resolves when the client has read most of what was sent, or when the stream has ended. */
  waitUntilRead: () => Promise<void>
}

export interface ChangeStreamOptions {
  /** A client without a cursor gets the present state of all resources before the changes. */
  startsWithState: boolean
}

/**
 * The number of resources in one page of the first state. Also the number of events that are sent before the client
 * must have read them.
 */
const pageSize = 100

export class ChangeFollower {
  readonly #log: ChangeLog
  readonly #reader: ChangeReader
  /** The number of the last change that was sent. */
  #sentNumber: number
  /** The number of the last change in the first state; undefined once the client has the whole first state. */
  #lastStateNumber: number | undefined
  /** The client had no resource when the stream began. */
  readonly #isNew: boolean
  #isSending = false
  #isClosed = false
  readonly #stopListening: () => void

  /** @param position undefined for a client without a cursor */
  constructor(
    log: ChangeLog,
    reader: ChangeReader,
    position: Position | undefined,
    { startsWithState }: ChangeStreamOptions,
  ) {
    this.#log = log
    this.#reader = reader
    this.#sentNumber = position?.number ?? (startsWithState ? 0 : log.lastNumber)
    this.#isNew = position === undefined
    this.#lastStateNumber = !position || position.isInFirstState ? log.lastNumber : undefined
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
    while (!this.#isClosed && this.#sendNext()) await this.#reader.waitUntilRead()
    this.#isSending = false
  }

  /** Sends the next events. @returns whether there were any */
  #sendNext(): boolean {
    // A new client needs no deletion that is older than its stream.
    const neededAfter = (this.#isNew && this.#lastStateNumber) || this.#sentNumber
    if (!this.#log.hasAllAfter(neededAfter)) {
      this.#reader.endWithProblem(cursorTooOld())
      return false
    }
    if (this.#lastStateNumber !== undefined) {
      this.#sendState(this.#lastStateNumber)
      return true
    }
    let sent = 0
    for (const record of this.#log.recordsAfter(this.#sentNumber)) {
      if (sent++ === pageSize) break
      this.#sentNumber = record.number
      this.#reader.sendEvent(this.#log.eventOf(record))
    }
    return sent > 0
  }

  /**
   * Sends a page of the first state, or a deletion to a client that may already have the resource. `remaining` counts
   * the resources and the deletions that are still to come, so it is 0 on the last page only.
   */
  #sendState(lastNumber: number): void {
    const page: ChangeRecord[] = []
    let remaining = 0
    for (const record of this.#log.recordsAfter(this.#sentNumber)) {
      if (record.number > lastNumber) break
      if (record.isDeleted && this.#isNew) continue
      if (record.isDeleted && page.length === 0) {
        this.#sendDeletion(record)
        return
      }
      // The page ends before a deletion, so that events are sent in the order of their numbers.
      if (remaining > 0 || record.isDeleted || page.length === pageSize) remaining++
      else page.push(record)
    }
    this.#sendPage(page, remaining, lastNumber)
  }

  #sendPage(page: readonly ChangeRecord[], remaining: number, lastNumber: number): void {
    const hasMore = remaining > 0
    this.#sentNumber = hasMore ? page.at(-1)!.number : lastNumber
    if (!hasMore) this.#lastStateNumber = undefined
    const items = page.map((record) => this.#log.jsonOf(record)).join(',')
    const data = Buffer.from(`{"items":[${items}],"remaining":${remaining}}`)
    this.#reader.sendEvent({
      id: this.#log.idOf({ number: this.#sentNumber, isInFirstState: hasMore }),
      name: 'state',
      data,
    })
  }

  #sendDeletion(record: ChangeRecord): void {
    this.#sentNumber = record.number
    const id = this.#log.idOf({ number: record.number, isInFirstState: true })
    this.#reader.sendEvent({ ...this.#log.eventOf(record), id })
  }
}
