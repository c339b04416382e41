/**
 * The watched feeds of an account, and the pollers that feed them. All watchers of a resource share one feed, and all
 * resources that one call can describe together share one poller. So the number of calls to AWS does not grow with the
 * number of watchers.
 */
import type { Account } from '../../aws/account.ts'
import { scopeOf } from '../../aws/account-scope.ts'
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
  /** The calls to AWS that a poll needs; default 1. */
  calls?: (described: object) => number
  /** Called with each answer, before the watchers receive it. */
  onRefreshed?: (described: object, at: number) => void
  /** Each process polls for itself: the answer is not stored for other processes. */
  isOfThisProcess?: true
}

interface WatchedFeed extends Watched {
  /** The feed of this process, which its watchers follow. */
  local: Feed
  entry: AnyCacheEntry
  /** Present where several processes share feeds. */
  shared: SharedWatch | undefined
}

export class AccountStreams {
  readonly #account: Account
  readonly #byteBudget: ByteBudget
  readonly #watchedFeeds = new Map<string, WatchedFeed>()
  readonly #pollers = new Map<string, Poller>()
  #eventsArrive = false
  #isClosed = false
  readonly #feedLeases: FeedLeases | undefined

  /** @param feedLeases given where several processes share feeds */
  constructor(account: Account, byteBudget: ByteBudget, feedLeases: FeedLeases | undefined) {
    this.#account = account
    this.#byteBudget = byteBudget
    this.#feedLeases = feedLeases
  }

  /** Whether ECS events of the account arrive. If so, the pollers poll seldom by themselves. */
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
    for (const { local, shared } of this.#watchedFeeds.values()) {
      if (shared) this.#feedLeases?.leave(shared)
      local.cut(problem)
      this.#byteBudget.drop(local)
    }
    for (const poller of this.#pollers.values()) poller.close()
    this.#watchedFeeds.clear()
    this.#pollers.clear()
  }

  async #open(source: StreamSource, cursor: string | undefined, watcher: Watcher): ReturnType<Stream['open']> {
    if (this.#isClosed) throw this.#accountRemoved()
    const watched = this.#watchedFeedOf(source)
    watched.local.pin()
    try {
      return await this.#startWatching(source, watched, cursor, watcher)
    } finally {
      watched.local.unpin()
      // A feed with events stays, for clients that resume.
      if (watched.local.hasEnded || watched.local.state.number === 0) this.#forget(source, watched.local)
    }
  }

  async #startWatching(
    source: StreamSource,
    watched: WatchedFeed,
    cursor: string | undefined,
    watcher: Watcher,
  ): ReturnType<Stream['open']> {
    const { local, shared } = watched
    // Other processes may have emitted events while this one did not watch.
    if (shared && (cursor !== undefined || !local.isWatched)) await shared.feed.read()
    // A watched feed is up to date, so another watcher costs no call.
    const isUpToDate = local.isWatched && !local.hasEnded && watched.entry.isCurrent
    const pace = isUpToDate ? undefined : await this.#refreshNow(watched)
    if (this.#isClosed) throw this.#accountRemoved()
    const first = local.firstEvents(cursor)
    local.watch(watcher)
    // The entry may have been evicted during the refresh. An entry with the listener `onInvalidate` is not evicted.
    watched.entry = source.entry()
    watched.entry.onInvalidate = () => this.#pollers.get(source.poller)?.wake(watched)
    watched.entry.onReportedChange = () => this.#pollers.get(source.poller)?.pollEarly(watched)
    if (shared) this.#feedLeases?.join(shared)
    else if (pace) this.#pollerOf(source.poller).watch(watched, pace)
    const close = () => {
      local.unwatch(watcher)
      if (local.isWatched) return
      watched.entry.onInvalidate = undefined
      watched.entry.onReportedChange = undefined
      if (shared) this.#feedLeases?.leave(shared)
      this.#stopPolling(source, watched)
      if (local.hasEnded) this.#forget(source, local)
    }
    return { first, close }
  }

  /** @throws NotFound when the resource does not exist */
  async #refreshNow({ refresh, feed, local, shared }: WatchedFeed): Promise<Pace> {
    const { number: numberAtPoll } = feed.state
    try {
      const { answer, pace } = await refresh()
      if (local.hasEnded) await shared?.feed.restart()
      await shared?.feed.create()
      await feed.publish(answer, local.state.number === 0 ? 0 : numberAtPoll)
      return pace
    } catch (error) {
      if (error instanceof NotFound) await feed.end(numberAtPoll)
      throw error
    }
  }

  #watchedFeedOf(source: StreamSource): WatchedFeed {
    const name = nameOf(source)
    const existing = this.#watchedFeeds.get(name)
    if (existing && (!existing.local.hasEnded || existing.local.isPinned)) return existing
    const local = new Feed(this.#byteBudget, () => this.#forget(source, local))
    const sharedFeed = source.isOfThisProcess
      ? undefined
      : this.#feedLeases?.sharedFeed(`${scopeOf(this.#account)} ${name}`, local)
    const watched: WatchedFeed = {
      local,
      feed: sharedFeed ?? local,
      entry: source.entry(),
      refresh: async () => {
        const { answer, described } = await watched.entry.refresh()
        source.onRefreshed?.(described, answer.requestedAt)
        return { answer, pace: source.pace(described), ...(source.calls && { calls: source.calls(described) }) }
      },
      shared: sharedFeed && {
        feed: sharedFeed,
        lead: () => this.#pollerOf(source.poller).watch(watched, 'changing'),
        follow: () => this.#stopPolling(source, watched),
        isFailing: () => this.#pollers.get(source.poller)?.isFailing(watched) ?? false,
      },
    }
    this.#watchedFeeds.set(name, watched)
    return watched
  }

  #accountRemoved(): NotFound {
    return new NotFound('AccountNotFound', `Account ${this.#account.name} is no longer configured.`)
  }

  /** Drops the feed, unless it is watched or about to be. */
  #forget(source: StreamSource, feed: Feed): void {
    if (feed.isPinned) return
    const name = nameOf(source)
    if (this.#watchedFeeds.get(name)?.local === feed) this.#watchedFeeds.delete(name)
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
    const poller = new Poller(`watching ${name}`, this.#account.freshMs)
    poller.eventsArrive = this.#eventsArrive
    this.#pollers.set(name, poller)
    return poller
  }
}

function nameOf({ poller, key }: StreamSource): string {
  return `${poller} ${key}`
}
