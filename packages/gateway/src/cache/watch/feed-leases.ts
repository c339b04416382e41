/**
 * Leases on the feeds that several processes watch: the process that holds the lease of a feed polls for all of them. A
 * lease lasts four seconds, and its holder renews the lease every second while the polls succeed. The other processes
 * receive a message for each new event, and compare their feeds with the store every second in case a message was lost.
 * When the holder stops renewing the lease, another process takes it.
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
  /** Called when this process has acquired the lease and polls for all processes. */
  onLeaseAcquired: () => void
  /** Called when this process has lost the lease and another process polls. */
  onLeaseLost: () => void
  /** Whether polls fail in this process. Then the lease is not renewed, so that another process can try. */
  isFailing: () => boolean
}

const roundIntervalMs = 1_000
const cleanupIntervalMs = 600_000
/** Watchers get a `problem` when the store has been unavailable for this long. */
const reportAfterMs = 2_000

export interface FeedLeasesDeps {
  store: Store
  /** Sends messages to the other processes. */
  peerProcesses: PeerBroadcast
  onUnexpectedError: (error: unknown) => void
}

export class FeedLeases {
  readonly #deps: FeedLeasesDeps
  /** By the feed's name. */
  readonly #watches = new Map<string, SharedWatch>()
  /** The watches whose leases this process holds. */
  readonly #heldLeases = new Set<SharedWatch>()
  #timer: NodeJS.Timeout | undefined
  #currentRound: Promise<void> | undefined
  /** The start of the first failed round after the last successful round. */
  #failingSince: number | undefined
  #isReported = false
  #cleanedUpAt = Number.NEGATIVE_INFINITY
  #isClosed = false
  /** Work that only `close` waits for. */
  readonly #backgroundWork = new Set<Promise<void>>()

  constructor(deps: FeedLeasesDeps) {
    this.#deps = deps
  }

  /** Returns the shared feed with the name. @param feed the feed of this process, which gets all events */
  sharedFeed(name: string, feed: Feed): SharedFeed {
    const { store, peerProcesses } = this.#deps
    return new SharedFeed(name, feed, {
      store,
      onEvent: (position) => peerProcesses.broadcast({ about: 'event', feed: name, ...position }),
    })
  }

  /** Begins to watch the feed: tries to acquire its lease, and receives its events. */
  join(watch: SharedWatch): void {
    const { name } = watch.feed
    const previous = this.#watches.get(name)
    if (this.#isClosed || previous === watch) return
    if (previous) this.leave(previous)
    this.#watches.set(name, watch)
    this.#inBackground(this.#acquire([watch]))
    this.#timer ??= setInterval(() => this.#startRound(), roundIntervalMs).unref()
  }

  /** Releases the lease. Call it when the last watcher in this process is gone. */
  leave(watch: SharedWatch): void {
    const { name } = watch.feed
    if (this.#watches.get(name) !== watch) return
    this.#watches.delete(name)
    if (this.#heldLeases.delete(watch)) this.#inBackground(this.#release([name]))
    if (this.#watches.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    // A failure that continues must be reported to the next watcher, too.
    this.#clearFailure()
  }

  receive(message: Extract<PeerMessage, { about: 'event' | 'released' }>): void {
    if (message.about === 'event') {
      const watch = this.#watches.get(message.feed)
      const { epoch, number } = watch?.feed.position ?? message
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
    const names = namesOf([...this.#heldLeases])
    this.#watches.clear()
    this.#heldLeases.clear()
    await this.#release(names)
  }

  /** Runs work whose errors are ignored, because the next round repeats the work. */
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

  /** Renews the leases of this process, acquires free leases, and reads events whose messages were lost. */
  async #runRound(): Promise<void> {
    const { store } = this.#deps
    const toRenew = [...this.#heldLeases].filter((watch) => !watch.isFailing())
    const renewed = new Set(await leaseFeeds(store, namesOf(toRenew)))
    for (const watch of toRenew) if (!renewed.has(watch.feed.name)) this.#loseLease(watch)
    await this.#acquire([...this.#watches.values()].filter((watch) => !this.#heldLeases.has(watch)))
    const notRenewed = [...this.#watches.values()].filter((watch) => !renewed.has(watch.feed.name))
    const states = await getFeedStates(store, namesOf(notRenewed))
    const outdated = notRenewed.filter(({ feed }) => {
      const state = states.get(feed.name)
      return state?.epoch !== feed.position.epoch || state.number > feed.position.number
    })
    await Promise.all(outdated.map(({ feed }) => feed.read()))
    // The store no longer has these feeds although they are watched.
    const removed = outdated.filter(({ feed }) => !states.has(feed.name))
    await Promise.all(removed.map(({ feed }) => feed.create()))
    if (performance.now() - this.#cleanedUpAt < cleanupIntervalMs) return
    this.#cleanedUpAt = performance.now()
    // The removal runs in the background, because it may take long.
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
    if (error instanceof Problem) for (const { feed } of this.#watches.values()) feed.publishProblem(error)
  }

  async #acquire(watches: readonly SharedWatch[]): Promise<void> {
    if (watches.length === 0) return
    const leased = new Set(await leaseFeeds(this.#deps.store, namesOf(watches)))
    const noLongerWatched: string[] = []
    for (const watch of watches) {
      const { name } = watch.feed
      if (!leased.has(name)) continue
      if (this.#watches.get(name) !== watch) noLongerWatched.push(name)
      else if (!this.#heldLeases.has(watch)) {
        this.#heldLeases.add(watch)
        watch.onLeaseAcquired()
      }
    }
    await this.#release(noLongerWatched)
  }

  #loseLease(watch: SharedWatch): void {
    if (this.#heldLeases.delete(watch)) watch.onLeaseLost()
  }

  async #release(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    // When the release fails, the leases end by themselves.
    await releaseFeeds(this.#deps.store, names).catch(() => {})
    this.#deps.peerProcesses.broadcast({ about: 'released', feeds: names })
  }
}

function namesOf(watches: readonly SharedWatch[]): string[] {
  return watches.map(({ feed }) => feed.name)
}
