/**
 * A feed whose events are numbered in the store, for all processes that work on it. Each number is given once: who looked at the thing while another
 * told something newer gives none. This process's own feed follows.
 */
import type { Problem } from '../../problems/problem.ts'
import {
  addFeedEvent,
  beginFeed,
  epochOf,
  eventsAfter,
  type FeedRecord,
  newEpoch,
  renewFeed,
} from '../../store/feed-records.ts'
import type { Store } from '../../store/store.ts'
import type { CachedAnswer } from '../cached-answer.ts'
import type { Feed, FeedEventName, NumberedEvent } from './feed.ts'
import type { FeedSink } from './poller.ts'

export class SharedFeed implements FeedSink {
  readonly name: string
  readonly #feed: Feed
  readonly #store: Store
  readonly #onEvent: (at: { epoch: string; number: number }) => void
  /** One at a time: what is read later is newer. Who comes meanwhile shares the next. */
  #reading: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  /** Whether the store had it when it was last read. */
  #isKept = false

  /** @param onTold told of each event that this process has numbered */
  constructor(
    name: string,
    feed: Feed,
    { store, onEvent: onTold }: { store: Store; onEvent: (at: { epoch: string; number: number }) => void },
  ) {
    this.name = name
    this.#feed = feed
    this.#store = store
    this.#onEvent = onTold
  }

  get state(): { epoch: string; number: number } {
    return this.#feed.state
  }

  async publish(answer: CachedAnswer, since: number): Promise<void> {
    await this.#emit(answer, since)
  }

  async end(since: number): Promise<void> {
    await this.#emit('deleted', since)
  }

  trouble(problem: Problem): void {
    this.#feed.trouble(problem)
  }

  /** Takes in what others have told until now. */
  read(): Promise<void> {
    this.#next ??= this.#reading.then(() => {
      this.#next = undefined
      const reading = this.#read()
      this.#reading = reading.catch(() => {})
      return reading
    })
    return this.#next
  }

  /** The thing is there: what is told of it is kept for all from now on. */
  async begin(): Promise<void> {
    if (this.#isKept) return
    await beginFeed(this.#store, this.name, this.#feed.state.epoch)
    await this.read()
  }

  /** The thing is there again after its end: numbers begin anew. */
  async renew(): Promise<void> {
    await renewFeed(this.#store, this.name, this.#feed.state.epoch)
    await this.read()
  }

  async #read(): Promise<void> {
    const epoch = await epochOf(this.#store, this.name)
    this.#isKept = epoch !== undefined
    if (epoch === undefined) {
      if (this.#feed.state.number > 0) this.#feed.restart(newEpoch())
      return
    }
    if (epoch !== this.#feed.state.epoch) this.#feed.restart(epoch)
    for (const event of await eventsAfter(this.#store, this.name, this.#feed.state))
      this.#feed.take(epoch, numbered(event))
  }

  async #emit(now: CachedAnswer | 'deleted', since: number): Promise<void> {
    const { epoch, number } = this.#feed.state
    const next = number === since ? this.#feed.next(now) : undefined
    if (!next) return
    const isMine = await addFeedEvent(this.#store, this.name, epoch, next, this.#feed.keptFrom)
    if (!isMine) return this.read()
    if (this.#feed.state.epoch === epoch) this.#feed.take(epoch, next)
    this.#onEvent({ epoch, number: next.number })
  }
}

function numbered(record: FeedRecord): NumberedEvent {
  return { ...record, name: record.name as FeedEventName }
}
