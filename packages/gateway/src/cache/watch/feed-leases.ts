/**
 * Leases on the feeds that several processes watch: the process that holds the lease polls for all of them. A lease
 * lasts four seconds, and its holder renews it every second while its polls succeed. The other processes receive a
 * message for each new event, and compare their feeds with the store every second in case a message was lost. When the
 * holder stops renewing, another process takes the lease.
 */
import { Problem } from '../../problems/problem.ts'
import { getFeedStates, leaseFeeds, releaseFeeds, removeOldFeeds } from '../../store/feed-records.ts'
import type { Store } from '../../store/store.ts'
import type { PeerBroadcast, PeerMessage } from '../peer-messages.ts'
import type { Feed } from './feed.ts'
import { SharedFeed } from './shared-feed.ts'

/** A shared feed that is watched in this process. */
export interface SharedWatch {
  feed: SharedFeed
  /** Called when this process has got the lease: it polls for all from now on. */
  lead: () => void
  /** Called when this process has lost the lease: another process polls. */
  follow: () => void
  /** Whether polls fail in this process. It then does not renew the lease, so that another process can try. */
  isFailing: () => boolean
}

const roundIntervalMs = 1_000
const cleanupIntervalMs = 600_000
/** Watchers get a `problem` when the store has been unavailable for this long. */
const reportAfterMs = 2_000

export interface FeedLeasesDeps {
  store: Store
  /** Sends messages to the other processes. */
  others: PeerBroadcast
  onUnexpectedError: (error: unknown) => void
}

export class FeedLeases {
  readonly #deps: FeedLeasesDeps
  /** By the feed's name. */
  readonly #watches = new Map<string, SharedWatch>()
  /** The watches whose leases this process holds. */
  readonly #held = new Set<SharedWatch>()
  #timer: NodeJS.Timeout | undefined
  #currentRound: Promise<void> | undefined
  /** When the first failed round began since the last successful one. */
  #failingSince: number | undefined
  #isReported = false
  #cleanedUpAt = Number.NEGATIVE_INFINITY
  #isClosed = false
  /** Work that only `close` waits for. */
  readonly #backgroundWork = new Set<Promise<void>>()

  constructor(deps: FeedLeasesDeps) {
    this.#deps = deps
  }

  /** Returns the shared feed of a name. @param feed this process's own feed, which applies the shared events */
  sharedFeed(name: string, feed: Feed): SharedFeed {
    const { store, others } = this.#deps
    return new SharedFeed(name, feed, {
      store,
      onEvent: (position) => others.broadcast({ about: 'event', feed: name, ...position }),
    })
  }

  /** Takes part in the feed: tries to get its lease, and follows its events. */
  join(watch: SharedWatch): void {
    const { name } = watch.feed
    const previous = this.#watches.get(name)
    if (this.#isClosed || previous === watch) return
    if (previous) this.leave(previous)
    this.#watches.set(name, watch)
    this.#inBackground(this.#acquire([watch]))
    this.#timer ??= setInterval(() => this.#startRound(), roundIntervalMs).unref()
  }

  /** The last watcher in this process has gone: releases the lease. */
  leave(watch: SharedWatch): void {
    const { name } = watch.feed
    if (this.#watches.get(name) !== watch) return
    this.#watches.delete(name)
    if (this.#held.delete(watch)) this.#inBackground(this.#release([name]))
    if (this.#watches.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    // The next watcher has not got the `problem` yet.
    this.#clearFailure()
  }

  receive(message: Extract<PeerMessage, { about: 'event' | 'released' }>): void {
    if (message.about === 'event') {
      const watch = this.#watches.get(message.feed)
      const { epoch, number } = watch?.feed.state ?? message
      if (watch && (epoch !== message.epoch || number < message.number)) watch.feed.read().catch(() => {})
    } else {
      const released = message.feeds.flatMap((name) => this.#watches.get(name) ?? [])
      this.#inBackground(this.#acquire(released))
    }
  }

  /** Releases all leases, so that other processes can take them at once. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#currentRound
    await Promise.all(this.#backgroundWork)
    const names = namesOf([...this.#held])
    this.#watches.clear()
    this.#held.clear()
    await this.#release(names)
  }

  /** Work that fails is repeated by the next round. */
  #inBackground(work: Promise<void>): void {
    const tracked: Promise<void> = work.catch(() => {}).finally(() => this.#backgroundWork.delete(tracked))
    this.#backgroundWork.add(tracked)
  }

  #startRound(): void {
    const startedAt = performance.now()
    this.#currentRound ??= this.#runRound()
      .then(
        () => this.#clearFailure(),
        (error: unknown) => this.#recordFailure(error, startedAt),
      )
      .finally(() => {
        this.#currentRound = undefined
      })
  }

  /** Renews the leases held here, acquires free ones, and reads events that were missed. */
  async #runRound(): Promise<void> {
    const { store } = this.#deps
    const toRenew = [...this.#held].filter((watch) => !watch.isFailing())
    const renewed = new Set(await leaseFeeds(store, namesOf(toRenew)))
    for (const watch of toRenew) if (!renewed.has(watch.feed.name)) this.#loseLease(watch)
    await this.#acquire([...this.#watches.values()].filter((watch) => !this.#held.has(watch)))
    const notRenewed = [...this.#watches.values()].filter((watch) => !renewed.has(watch.feed.name))
    const states = await getFeedStates(store, namesOf(notRenewed))
    const behind = notRenewed.filter(({ feed }) => {
      const state = states.get(feed.name)
      return state?.epoch !== feed.state.epoch || state.number > feed.state.number
    })
    await Promise.all(behind.map(({ feed }) => feed.read()))
    // The store no longer has these feeds although they are watched.
    const removed = behind.filter(({ feed }) => !states.has(feed.name))
    await Promise.all(removed.map(({ feed }) => feed.create()))
    if (performance.now() - this.#cleanedUpAt < cleanupIntervalMs) return
    this.#cleanedUpAt = performance.now()
    // In the background, because it may take long.
    this.#inBackground(removeOldFeeds(store))
  }

  #clearFailure(): void {
    this.#failingSince = undefined
    this.#isReported = false
  }

  #recordFailure(error: unknown, startedAt: number): void {
    this.#failingSince ??= startedAt
    if (this.#isReported || performance.now() - this.#failingSince < reportAfterMs) return
    this.#isReported = true
    this.#deps.onUnexpectedError(error)
    if (error instanceof Problem) for (const { feed } of this.#watches.values()) feed.problem(error)
  }

  async #acquire(watches: readonly SharedWatch[]): Promise<void> {
    if (watches.length === 0) return
    const leased = new Set(await leaseFeeds(this.#deps.store, namesOf(watches)))
    const noLongerWatched: string[] = []
    for (const watch of watches) {
      const { name } = watch.feed
      if (!leased.has(name)) continue
      if (this.#watches.get(name) !== watch) noLongerWatched.push(name)
      else if (!this.#held.has(watch)) {
        this.#held.add(watch)
        watch.lead()
      }
    }
    await this.#release(noLongerWatched)
  }

  #loseLease(watch: SharedWatch): void {
    if (this.#held.delete(watch)) watch.follow()
  }

  async #release(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    // When the release fails, the leases end by themselves.
    await releaseFeeds(this.#deps.store, names).catch(() => {})
    this.#deps.others.broadcast({ about: 'released', feeds: names })
  }
}

function namesOf(watches: readonly SharedWatch[]): string[] {
  return watches.map(({ feed }) => feed.name)
}
