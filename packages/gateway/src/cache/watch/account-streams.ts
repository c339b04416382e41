/**
 * The watched feeds of an account, and the pollers whose results they publish. All watchers of a resource share one
 * feed, and all resources that one call can describe together share one poller. So the number of calls to AWS does not
 * grow with the number of watchers.
 */
import type { Account } from '../../aws/account.ts'
import { resourceScopeOf } from '../../aws/account-scope.ts'
import { NotFound } from '../../problems/problem.ts'
import type { ByteBudget } from '../byte-budget.ts'
import type { AnyCacheEntry } from '../entry.ts'
import { Feed, type FeedEvent, type Watcher } from './feed.ts'
import type { FeedLeases, SharedWatch } from './feed-leases.ts'
import { type Pace, Poller, type Watched } from './poller.ts'

/** The changes of one resource, or of one composite answer. */
export interface Stream {
  /**
   * @param cursor the id of the last event that the client has
   * @returns the first events to send; the watcher receives all later events until `close`
   * @throws NotFound when the resource does not exist; Gone `CursorTooOld`, BadRequest `InvalidCursor`
   */
  open: (cursor: string | undefined, watcher: Watcher) => Promise<{ first: readonly FeedEvent[]; close: () => void }>
}

interface StreamSource {
  /** The name of the poller; resources with the same poller are polled together. */
  poller: string
  /** Identifies the resource among those of the poller. */
  key: string
  /** Returns the resource's cache entry. */
  entry: () => AnyCacheEntry
  pace: (described: object) => Pace
  /** Returns the number of calls to AWS that a poll needs; default 1. */
  calls?: (described: object) => number
  /** Called with each answer, before the watchers receive it. */
  onRefreshed?: (described: object, requestedAt: number) => void
  /** Every process polls by itself, and the events are not shared through the store. */
  isNotShared?: true
}

interface WatchedFeed extends Watched {
  /** The feed of this process, which its watchers follow. */
  localFeed: Feed
  entry: AnyCacheEntry
  /** Present where several processes share feeds. */
  sharedWatch: SharedWatch | undefined
}

export interface AccountStreamsDeps {
  byteBudget: ByteBudget
  /** Given where several processes share feeds. */
  feedLeases?: FeedLeases | undefined
  onUnexpectedError: (error: unknown) => void
}

export class AccountStreams {
  readonly #account: Account
  readonly #byteBudget: ByteBudget
  readonly #watchedFeeds = new Map<string, WatchedFeed>()
  readonly #pollers = new Map<string, Poller>()
  #eventsArrive = false
  #isClosed = false
  readonly #feedLeases: FeedLeases | undefined
  readonly #onUnexpectedError: (error: unknown) => void

  constructor(account: Account, { byteBudget, feedLeases, onUnexpectedError }: AccountStreamsDeps) {
    this.#account = account
    this.#byteBudget = byteBudget
    this.#feedLeases = feedLeases
    this.#onUnexpectedError = onUnexpectedError
  }

  /** Whether ECS events of the account arrive. The events trigger polls, so regular polls are rarer then. */
  set eventsArrive(eventsArrive: boolean) {
    this.#eventsArrive = eventsArrive
    for (const poller of this.#pollers.values()) poller.eventsArrive = eventsArrive
  }

  stream(source: StreamSource): Stream {
    return { open: (cursor, watcher) => this.#open(source, cursor, watcher) }
  }

  /** Ends all streams with the problem `AccountNotFound`. */
  close(): void {
    this.#isClosed = true
    const problem = this.#accountRemoved()
    for (const { localFeed, sharedWatch } of this.#watchedFeeds.values()) {
      if (sharedWatch) this.#feedLeases?.leave(sharedWatch)
      localFeed.abort(problem)
      this.#byteBudget.drop(localFeed)
    }
    for (const poller of this.#pollers.values()) poller.close()
    this.#watchedFeeds.clear()
    this.#pollers.clear()
  }

  async #open(source: StreamSource, cursor: string | undefined, watcher: Watcher): ReturnType<Stream['open']> {
    if (this.#isClosed) throw this.#accountRemoved()
    const watched = this.#watchedFeedOf(source)
    watched.localFeed.pin()
    try {
      return await this.#startWatching(source, watched, cursor, watcher)
    } finally {
      watched.localFeed.unpin()
      // A feed with events stays, for clients that resume.
      if (watched.localFeed.hasEnded || watched.localFeed.position.number === 0) this.#forget(source, watched.localFeed)
    }
  }

  async #startWatching(
    source: StreamSource,
    watched: WatchedFeed,
    cursor: string | undefined,
    watcher: Watcher,
  ): ReturnType<Stream['open']> {
    const { localFeed, sharedWatch } = watched
    // Other processes may have emitted events while this process did not watch.
    if (sharedWatch && (cursor !== undefined || !localFeed.isWatched)) await sharedWatch.feed.read()
    // A watched feed is up to date, so another watcher costs no call.
    const isUpToDate = localFeed.isWatched && !localFeed.hasEnded && watched.entry.isCurrent
    const pace = isUpToDate ? undefined : await this.#refreshNow(watched)
    if (this.#isClosed) throw this.#accountRemoved()
    const first = localFeed.firstEvents(cursor)
    localFeed.watch(watcher)
    // The entry may have been evicted during the refresh. An entry with the listener `onInvalidate` is not evicted.
    watched.entry = source.entry()
    watched.entry.onInvalidate = () => this.#pollers.get(source.poller)?.pollNow(watched)
    watched.entry.onReportedChange = () => this.#pollers.get(source.poller)?.pollEarly(watched)
    if (sharedWatch) this.#feedLeases?.join(sharedWatch)
    else if (pace) this.#pollerOf(source.poller).watch(watched, pace)
    const close = () => {
      localFeed.unwatch(watcher)
      if (localFeed.isWatched) return
      watched.entry.onInvalidate = undefined
      watched.entry.onReportedChange = undefined
      if (sharedWatch) this.#feedLeases?.leave(sharedWatch)
      this.#stopPolling(source, watched)
      if (localFeed.hasEnded) this.#forget(source, localFeed)
    }
    return { first, close }
  }

  /** @throws NotFound when the resource does not exist */
  async #refreshNow({ refresh, feed, localFeed, sharedWatch }: WatchedFeed): Promise<Pace> {
    const { number: numberAtPoll } = feed.position
    try {
      const { answer, pace } = await refresh()
      if (localFeed.hasEnded) await sharedWatch?.feed.restart()
      await sharedWatch?.feed.create()
      // `restart` or `create` may have emptied the feed since the poll began. The answer is then its first event.
      await feed.publish(answer, localFeed.position.number === 0 ? 0 : numberAtPoll)
      return pace
    } catch (error) {
      if (error instanceof NotFound) await feed.end(numberAtPoll)
      throw error
    }
  }

  #watchedFeedOf(source: StreamSource): WatchedFeed {
    const name = nameOf(source)
    const existing = this.#watchedFeeds.get(name)
    if (existing && (!existing.localFeed.hasEnded || existing.localFeed.isPinned)) return existing
    const localFeed = new Feed(this.#byteBudget, () => this.#forget(source, localFeed))
    const sharedFeed = source.isNotShared
      ? undefined
      : this.#feedLeases?.sharedFeed(`${resourceScopeOf(this.#account)} ${name}`, localFeed)
    const watched: WatchedFeed = {
      localFeed,
      feed: sharedFeed ?? localFeed,
      entry: source.entry(),
      refresh: async () => {
        const { answer, described } = await watched.entry.refresh()
        source.onRefreshed?.(described, answer.requestedAt)
        return { answer, pace: source.pace(described), ...(source.calls && { calls: source.calls(described) }) }
      },
      sharedWatch: sharedFeed && {
        feed: sharedFeed,
        onLeaseAcquired: () => this.#pollerOf(source.poller).watch(watched, 'changing'),
        onLeaseLost: () => this.#stopPolling(source, watched),
        isFailing: () => this.#pollers.get(source.poller)?.isFailing(watched) ?? false,
      },
    }
    this.#watchedFeeds.set(name, watched)
    return watched
  }

  #accountRemoved(): NotFound {
    return new NotFound('AccountNotFound', `Account ${this.#account.name} is no longer configured.`)
  }

  /** Drops the feed, unless a client watches it or is about to. */
  #forget(source: StreamSource, feed: Feed): void {
    if (feed.isPinned) return
    const name = nameOf(source)
    if (this.#watchedFeeds.get(name)?.localFeed === feed) this.#watchedFeeds.delete(name)
    this.#byteBudget.drop(feed)
  }

  #stopPolling({ poller: name }: StreamSource, watched: WatchedFeed): void {
    const poller = this.#pollers.get(name)
    poller?.unwatch(watched)
    if (poller?.isIdle) this.#pollers.delete(name)
  }

  #pollerOf(name: string): Poller {
    const existing = this.#pollers.get(name)
    if (existing) return existing
    const poller = new Poller({
      caller: `watching ${name}`,
      restMs: this.#account.freshMs,
      onUnexpectedError: this.#onUnexpectedError,
    })
    poller.eventsArrive = this.#eventsArrive
    this.#pollers.set(name, poller)
    return poller
  }
}

function nameOf({ poller, key }: StreamSource): string {
  return `${poller} ${key}`
}
