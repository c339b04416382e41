/**
 * A feed that several processes share: its events are kept in the store, each with a number that no other event has.
 * When another process emitted an event after this process began its poll, the result of the poll is dropped, because
 * it may be older than that event. The feed of this process applies the events from the store.
 */
import type { Problem } from '../../problems/problem.ts'
import {
  addFeedEvent,
  createFeed,
  type FeedRecord,
  findFeedEpoch,
  listEventsAfter,
  newFeedEpoch,
  restartFeed,
} from '../../store/feed-records.ts'
import type { Store } from '../../store/store.ts'
import type { CachedAnswer } from '../cached-answer.ts'
import type { Feed, FeedEventName, NumberedEvent } from './feed.ts'
import type { FeedSink } from './poller.ts'

export class SharedFeed implements FeedSink {
  readonly name: string
  readonly #feed: Feed
  readonly #store: Store
  readonly #onEvent: (position: { epoch: string; number: number }) => void
  /** Reads run one after another, so that a later result is newer. Calls made during a read share the next read. */
  #currentRead: Promise<void> = Promise.resolve()
  #nextRead: Promise<void> | undefined
  /** Whether the feed was in the store at the last read. */
  #isStored = false

  /** @param onEvent called with each event that this process has numbered */
  constructor(
    name: string,
    feed: Feed,
    { store, onEvent }: { store: Store; onEvent: (position: { epoch: string; number: number }) => void },
  ) {
    this.name = name
    this.#feed = feed
    this.#store = store
    this.#onEvent = onEvent
  }

  get position(): { epoch: string; number: number } {
    return this.#feed.position
  }

  async publish(answer: CachedAnswer, numberAtPoll: number): Promise<void> {
    await this.#emit(answer, numberAtPoll)
  }

  async end(numberAtPoll: number): Promise<void> {
    await this.#emit('deleted', numberAtPoll)
  }

  publishProblem(problem: Problem): void {
    this.#feed.publishProblem(problem)
  }

  /** Applies all events that the store has now. */
  read(): Promise<void> {
    this.#nextRead ??= this.#currentRead.then(() => {
      this.#nextRead = undefined
      const read = this.#readStore()
      this.#currentRead = read.catch(() => {})
      return read
    })
    return this.#nextRead
  }

  /** Creates the feed in the store, unless the store has it. Call it only when the resource exists. */
  async create(): Promise<void> {
    if (this.#isStored) return
    await createFeed(this.#store, this.name, this.#feed.position.epoch)
    await this.read()
  }

  /** Begins a new epoch for a resource that exists again after its deletion. */
  async restart(): Promise<void> {
    await restartFeed(this.#store, this.name, this.#feed.position.epoch)
    await this.read()
  }

  async #readStore(): Promise<void> {
    const epoch = await findFeedEpoch(this.#store, this.name)
    this.#isStored = epoch !== undefined
    if (epoch === undefined) {
      if (this.#feed.position.number > 0) this.#feed.restart(newFeedEpoch())
      return
    }
    if (epoch !== this.#feed.position.epoch) this.#feed.restart(epoch)
    for (const event of await listEventsAfter(this.#store, this.name, this.#feed.position))
      this.#feed.apply(epoch, numberedEvent(event))
  }

  async #emit(state: CachedAnswer | 'deleted', numberAtPoll: number): Promise<void> {
    const { epoch, number } = this.#feed.position
    const event = number === numberAtPoll ? this.#feed.nextEvent(state) : undefined
    if (!event) return
    const isAdded = await addFeedEvent(this.#store, this.name, epoch, event, this.#feed.firstKeptNumber)
    if (!isAdded) return this.read()
    if (this.#feed.position.epoch === epoch) this.#feed.apply(epoch, event)
    this.#onEvent({ epoch, number: event.number })
  }
}

function numberedEvent(record: FeedRecord): NumberedEvent {
  return { ...record, name: record.name as FeedEventName }
}
