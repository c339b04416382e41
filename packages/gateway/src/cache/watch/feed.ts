/**
 * A feed: the numbered changes of one watched resource. The last 64 events are kept, so that a client that lost its
 * connection can resume after its last event. Events come from a poller of this process (`publish`, `end`), or from
 * another process that numbered them first (`apply`).
 */
import { randomBytes } from 'node:crypto'
import { BadRequest, Gone, type Problem } from '../../problems/problem.ts'
import type { BudgetedEntry, ByteBudget } from '../byte-budget.ts'
import type { CachedAnswer } from '../cached-answer.ts'

/**
 * `state`: the resource when the watcher began to watch. `change`: the resource after a change. `deleted`: the last
 * state of a deleted resource; no event follows.
 */
export type FeedEventName = 'state' | 'change' | 'deleted'

export interface FeedEvent {
  /** The client sends it as `Last-Event-ID` or `?cursor=` to resume after the event. */
  id: string
  name: FeedEventName
  /** The resource, as JSON. */
  data: Buffer
}

export interface Watcher {
  sendEvent: (event: FeedEvent) => void
  /**
   * The resource cannot be polled for now, so its last event may be out of date. Changes follow when polls succeed
   * again.
   */
  sendProblem: (problem: Problem) => void
  /** No more events follow, although the resource may still exist. */
  endWithProblem: (problem: Problem) => void
}

/** An event with its number, which all processes that share the feed agree on. */
export interface NumberedEvent {
  number: number
  name: FeedEventName
  etag: string
  data: Buffer
}

/** The most events of a feed that are kept, and their most bytes. */
const maxEvents = 64
const maxBytes = 512 * 1024

export class Feed implements BudgetedEntry {
  readonly #byteBudget: ByteBudget
  readonly #onForget: () => void
  /** Part of every event's id: the id of an event of another feed of the same resource is rejected. */
  #epoch = randomBytes(6).toString('hex')
  readonly #watchers = new Set<Watcher>()
  #events: FeedEvent[] = []
  #bytes = 0
  /** The number of the last event; 0 before the first. */
  #lastNumber = 0
  #lastEvent: Pick<NumberedEvent, 'etag' | 'data'> | undefined
  #hasEnded = false
  /** The number of clients that are about to watch. */
  #pinCount = 0

  constructor(byteBudget: ByteBudget, onForget: () => void) {
    this.#byteBudget = byteBudget
    this.#onForget = onForget
  }

  /** Emits the current state of the resource, unless it equals the last event. */
  publish(answer: CachedAnswer): void {
    const event = this.nextEvent(answer)
    if (event) this.#add(event)
  }

  /** Emits that the resource was deleted: the last event of the feed. */
  end(): void {
    const event = this.nextEvent('deleted')
    if (event) this.#add(event)
  }

  /** Returns the event to emit for a state of the resource; undefined when nothing has changed. */
  nextEvent(state: CachedAnswer | 'deleted'): NumberedEvent | undefined {
    const last = this.#lastEvent
    const number = this.#lastNumber + 1
    if (state === 'deleted') return last && !this.#hasEnded ? { number, name: 'deleted', ...last } : undefined
    if (state.etag === last?.etag) return undefined
    return { number, name: last ? 'change' : 'state', etag: state.etag, data: state.payload }
  }

  /** Emits an event that is already numbered. An event of another epoch replaces all earlier events. */
  apply(epoch: string, event: NumberedEvent): void {
    if (epoch !== this.#epoch) this.restart(epoch)
    if (event.number <= this.#lastNumber) return
    // Events before this event are missing, so no client can resume from an earlier event.
    if (event.number > this.#lastNumber + 1) this.#dropEvents()
    this.#lastNumber = event.number - 1
    this.#add(event)
  }

  /** Drops all events and continues in another epoch. */
  restart(epoch: string): void {
    this.#epoch = epoch
    this.#dropEvents()
    this.#lastNumber = 0
    this.#lastEvent = undefined
    this.#hasEnded = false
  }

  /** The epoch, and the number of the last event. */
  get position(): { epoch: string; number: number } {
    return { epoch: this.#epoch, number: this.#lastNumber }
  }

  /** The number of the oldest event that is kept. */
  get firstKeptNumber(): number {
    return this.#lastNumber - this.#events.length + 1
  }

  /** Tells all watchers that the resource cannot be polled for now. */
  publishProblem(problem: Problem): void {
    for (const watcher of this.#watchers) watcher.sendProblem(problem)
  }

  /** Ends the streams of all watchers. */
  abort(problem: Problem): void {
    for (const watcher of this.#watchers) watcher.endWithProblem(problem)
    this.#watchers.clear()
  }

  /**
   * Returns the first events of a watcher: all events after the cursor, or the current state without a cursor.
   * @throws Gone `CursorTooOld`, BadRequest `InvalidCursor`
   */
  firstEvents(cursor: string | undefined): readonly FeedEvent[] {
    if (cursor === undefined)
      return this.#lastEvent ? [{ id: this.#idOf(this.#lastNumber), name: 'state', data: this.#lastEvent.data }] : []
    const [, epoch, digits] = /^([0-9a-f]{12})-(\d{1,15})$/.exec(cursor) ?? []
    if (epoch === undefined) throw invalidCursor()
    const after = Number(digits)
    const isKept = after <= this.#lastNumber && after >= this.#lastNumber - this.#events.length
    if (epoch !== this.#epoch || !isKept) throw cursorTooOld()
    return this.#events.slice(this.#events.length - (this.#lastNumber - after))
  }

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  /** Protects the feed from eviction while a client is about to watch it, until `unpin`. */
  pin(): void {
    this.#pinCount++
  }

  unpin(): void {
    this.#pinCount--
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  /** Whether the resource was deleted. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isPinned(): boolean {
    return this.isWatched || this.#pinCount > 0
  }

  forget(): void {
    this.#onForget()
  }

  #add({ number, name, etag, data }: NumberedEvent): void {
    this.#lastNumber = number
    this.#lastEvent = { etag, data }
    this.#hasEnded = name === 'deleted'
    const event: FeedEvent = { id: this.#idOf(number), name, data }
    this.#events.push(event)
    this.#bytes += data.length
    while (this.#events.length > maxEvents || (this.#bytes > maxBytes && this.#events.length > 1))
      this.#bytes -= this.#events.shift()!.data.length
    this.#byteBudget.use(this, this.#bytes)
    for (const watcher of this.#watchers) watcher.sendEvent(event)
  }

  #dropEvents(): void {
    this.#events = []
    this.#bytes = 0
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`
  }
}

export function cursorTooOld(): Gone {
  return new Gone('CursorTooOld', 'The events after this cursor are no longer kept.', {
    next: 'Open the stream without Last-Event-ID and ?cursor: it begins with the current state.',
  })
}

export function invalidCursor(): BadRequest {
  return new BadRequest('InvalidCursor', 'The cursor is not the id of an event of this stream.', {
    next: 'Send the id of an event unchanged, or open the stream without a cursor.',
    errors: [{ in: 'query', name: 'cursor', message: 'not the id of an event' }],
  })
}
