/** The feeds of an account's things, and the pollers that feed them: one for all that one call can describe together, however many watch. */
import type { Account } from '../../aws/account.ts'
import { scopeOf } from '../../aws/account-scope.ts'
import { NotFound } from '../../problems/problem.ts'
import type { ByteBudget } from '../byte-budget.ts'
import type { AnyCacheEntry } from '../entry.ts'
import { Feed, type FeedEvent, type Watcher } from './feed.ts'
import type { FeedLeases, SharedWatch } from './feed-leases.ts'
import { type Pace, Poller, type Watched } from './poller.ts'

/** A thing's changes, for whoever wants to watch them. */
export interface Stream {
  /**
   * @param cursor the id of the last event that the watcher knows
   * @returns what it is to be told first; what comes after that is told to the watcher, until `close`
   * @throws NotFound when the thing is not there; Gone `CursorTooOld`, BadRequest `InvalidCursor`
   */
  open: (cursor: string | undefined, watcher: Watcher) => Promise<{ first: readonly FeedEvent[]; close: () => void }>
}

interface Streamed {
  /** Those with the same are looked at together. */
  poller: string
  key: string
  entry: () => AnyCacheEntry
  pace: (found: object) => Pace
}

interface WatchedFeed extends Watched {
  /** What is told at this process. */
  own: Feed
  entry: AnyCacheEntry
  /** Where other processes watch it too. */
  shared: SharedWatch | undefined
}

export class AccountStreams {
  readonly #account: Account
  readonly #byteBudget: ByteBudget
  readonly #watched = new Map<string, WatchedFeed>()
  readonly #pollers = new Map<string, Poller>()
  #eventsArrive = false
  #isClosed = false

  readonly #shared: FeedLeases | undefined

  /** @param shared where other processes watch the same things */
  constructor(account: Account, byteBudget: ByteBudget, shared: FeedLeases | undefined) {
    this.#account = account
    this.#byteBudget = byteBudget
    this.#shared = shared
  }

  /** Whether events tell of changes: then one looks of one's own accord seldom only. */
  set eventsArrive(eventsArrive: boolean) {
    this.#eventsArrive = eventsArrive
    for (const poller of this.#pollers.values()) poller.eventsArrive = eventsArrive
  }

  stream(streamed: Streamed): Stream {
    return { open: (cursor, watcher) => this.#open(streamed, cursor, watcher) }
  }

  close(): void {
    this.#isClosed = true
    const problem = this.#gone()
    for (const { own, shared } of this.#watched.values()) {
      if (shared) this.#shared?.leave(shared)
      own.cut(problem)
      this.#byteBudget.drop(own)
    }
    for (const poller of this.#pollers.values()) poller.close()
    this.#watched.clear()
    this.#pollers.clear()
  }

  async #open(streamed: Streamed, cursor: string | undefined, watcher: Watcher): ReturnType<Stream['open']> {
    if (this.#isClosed) throw this.#gone()
    const watched = this.#watchedFeedOf(streamed)
    watched.own.expect()
    try {
      return await this.#begin(streamed, watched, cursor, watcher)
    } finally {
      watched.own.settled()
      // What was told stays for who comes back.
      if (watched.own.isOver || watched.own.state.number === 0) this.#forget(streamed, watched.own)
    }
  }

  async #begin(
    streamed: Streamed,
    watched: WatchedFeed,
    cursor: string | undefined,
    watcher: Watcher,
  ): ReturnType<Stream['open']> {
    const { own, shared } = watched
    // Others may have told what was not heard of here yet.
    if (shared && (cursor !== undefined || !own.isWatched)) await shared.feed.read()
    // What is watched already is not looked at for each who joins.
    const pace = own.isWatched && !own.isOver && watched.entry.isCurrent ? undefined : await this.#now(watched)
    if (this.#isClosed) throw this.#gone()
    const first = own.since(cursor)
    own.watch(watcher)
    // The one before may have been let go for want of room; while it is watched it stays.
    watched.entry = streamed.entry()
    watched.entry.onInvalidate = () => this.#pollers.get(streamed.poller)?.wake(watched)
    watched.entry.onPoke = () => this.#pollers.get(streamed.poller)?.poke(watched)
    if (shared) this.#shared?.join(shared)
    else if (pace) this.#pollerOf(streamed.poller).watch(watched, pace)
    const close = () => {
      own.unwatch(watcher)
      if (own.isWatched) return
      watched.entry.onInvalidate = undefined
      watched.entry.onPoke = undefined
      if (shared) this.#shared?.leave(shared)
      this.#stopPolling(streamed, watched)
      if (own.isOver) this.#forget(streamed, own)
    }
    return { first, close }
  }

  async #now({ look, feed, own, shared }: WatchedFeed): Promise<Pace> {
    const { number: since } = feed.state
    try {
      const { answer, pace } = await look()
      if (own.isOver) await shared?.feed.renew()
      await shared?.feed.begin()
      await feed.publish(answer, own.state.number === 0 ? 0 : since)
      return pace
    } catch (error) {
      if (error instanceof NotFound) await feed.end(since)
      throw error
    }
  }

  #watchedFeedOf(streamed: Streamed): WatchedFeed {
    const name = nameOf(streamed)
    const known = this.#watched.get(name)
    if (known && (!known.own.isOver || known.own.isPinned)) return known
    const own = new Feed(this.#byteBudget, () => this.#forget(streamed, own))
    const shared = this.#shared?.of(`${scopeOf(this.#account)} ${name}`, own)
    const watched: WatchedFeed = {
      own,
      feed: shared ?? own,
      entry: streamed.entry(),
      look: async () => {
        const { answer, found } = await watched.entry.refresh()
        return { answer, pace: streamed.pace(found) }
      },
      shared: shared && {
        feed: shared,
        lead: () => this.#pollerOf(streamed.poller).watch(watched, 'changing'),
        follow: () => this.#stopPolling(streamed, watched),
        isFailing: () => this.#pollers.get(streamed.poller)?.isFailing(watched) ?? false,
      },
    }
    this.#watched.set(name, watched)
    return watched
  }

  #gone(): NotFound {
    return new NotFound('AccountNotFound', `The account ${this.#account.name} is not configured any more.`)
  }

  /** Unless somebody watches it, or is about to. */
  #forget(streamed: Streamed, feed: Feed): void {
    if (feed.isPinned) return
    const name = nameOf(streamed)
    if (this.#watched.get(name)?.own === feed) this.#watched.delete(name)
    this.#byteBudget.drop(feed)
  }

  #stopPolling({ poller: name }: Streamed, watched: WatchedFeed): void {
    const poller = this.#pollers.get(name)
    poller?.unwatch(watched)
    if (poller?.isIdle) this.#pollers.delete(name)
  }

  #pollerOf(name: string): Poller {
    const known = this.#pollers.get(name)
    if (known) return known
    const made = new Poller(`watching ${name}`, this.#account.freshMs)
    made.eventsArrive = this.#eventsArrive
    this.#pollers.set(name, made)
    return made
  }
}

function nameOf({ poller, key }: Streamed): string {
  return `${poller} ${key}`
}
