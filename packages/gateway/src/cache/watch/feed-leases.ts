/**
 * Which process looks at what is watched at several: the one that holds the feed in the store, for some seconds and again while its looks succeed. The
 * others hear of its events, and look in the store every second in case they did not; when the holder is silent one of them takes its place.
 */
import { Problem } from '../../problems/problem.ts'
import { feedStates, holdFeeds, releaseFeeds, removeOldFeeds } from '../../store/feed-records.ts'
import type { Store } from '../../store/store.ts'
import type { PeerBroadcast, PeerMessage } from '../peer-messages.ts'
import type { Feed } from './feed.ts'
import { SharedFeed } from './shared-feed.ts'

/** A feed that is watched at this process. */
export interface SharedWatch {
  feed: SharedFeed
  /** From now on this process looks at the thing, for all. */
  lead: () => void
  /** Another one does. */
  follow: () => void
  /** Looks don't succeed here: another process may have more luck. */
  isFailing: () => boolean
}

const turnMs = 1_000
const cleanEveryMs = 600_000
/** Without the store, before those who watch are told. */
const reportAfterMs = 2_000

export interface FeedLeasesDeps {
  store: Store
  others: PeerBroadcast
  onFault: (error: unknown) => void
}

export class FeedLeases {
  readonly #deps: FeedLeasesDeps
  readonly #joined = new Map<string, SharedWatch>()
  readonly #led = new Set<SharedWatch>()
  #timer: NodeJS.Timeout | undefined
  #turning: Promise<void> | undefined
  /** When the first of the turns began that have failed since one succeeded. */
  #failingSince: number | undefined
  #alreadyReported = false
  #cleanedAt = Number.NEGATIVE_INFINITY
  #isClosed = false
  /** What nobody waits for but the end. */
  readonly #begun = new Set<Promise<void>>()

  constructor(deps: FeedLeasesDeps) {
    this.#deps = deps
  }

  of(name: string, feed: Feed): SharedFeed {
    const { store, others } = this.#deps
    return new SharedFeed(name, feed, {
      store,
      onEvent: (at) => others.broadcast({ about: 'event', feed: name, ...at }),
    })
  }

  /** Somebody watches it here from now on. */
  join(joined: SharedWatch): void {
    const { name } = joined.feed
    const before = this.#joined.get(name)
    if (this.#isClosed || before === joined) return
    if (before) this.leave(before)
    this.#joined.set(name, joined)
    this.#begin(this.#claim([joined]))
    this.#timer ??= setInterval(() => this.#turn(), turnMs).unref()
  }

  /** Nobody does any more. */
  leave(joined: SharedWatch): void {
    const { name } = joined.feed
    if (this.#joined.get(name) !== joined) return
    this.#joined.delete(name)
    if (this.#led.delete(joined)) this.#begin(this.#release([name]))
    if (this.#joined.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    // Whoever watches next has been told nothing yet.
    this.#fine()
  }

  receive(message: Extract<PeerMessage, { about: 'event' | 'released' }>): void {
    if (message.about === 'event') {
      const joined = this.#joined.get(message.feed)
      const { epoch, number } = joined?.feed.state ?? message
      if (joined && (epoch !== message.epoch || number < message.number)) joined.feed.read().catch(() => {})
    } else {
      const free = message.feeds.flatMap((name) => this.#joined.get(name) ?? [])
      this.#begin(this.#claim(free))
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#turning
    await Promise.all(this.#begun)
    const led = [...this.#led].map(({ feed }) => feed.name)
    this.#joined.clear()
    this.#led.clear()
    await this.#release(led)
  }

  /** What fails is tried again by the next turn. */
  #begin(work: Promise<void>): void {
    const begun: Promise<void> = work.catch(() => {}).finally(() => this.#begun.delete(begun))
    this.#begun.add(begun)
  }

  #turn(): void {
    const begunAt = performance.now()
    this.#turning ??= this.#look()
      .then(
        () => this.#fine(),
        (error: unknown) => this.#failed(error, begunAt),
      )
      .finally(() => {
        this.#turning = undefined
      })
  }

  /** Keeps what is led here, takes what nobody leads, and reads what others have told. */
  async #look(): Promise<void> {
    const { store } = this.#deps
    const kept = [...this.#led].filter((joined) => !joined.isFailing())
    const held = new Set(await holdFeeds(store, namesOf(kept)))
    for (const joined of kept) if (!held.has(joined.feed.name)) this.#follow(joined)
    await this.#claim(this.#followed())
    const followed = [...this.#joined.values()].filter((joined) => !held.has(joined.feed.name))
    const states = await feedStates(store, namesOf(followed))
    const behind = followed.filter(({ feed }) => {
      const state = states.get(feed.name)
      return state?.epoch !== feed.state.epoch || state.number > feed.state.number
    })
    await Promise.all(behind.map(({ feed }) => feed.read()))
    // Of those that are watched the store had forgotten some.
    const forgotten = behind.filter(({ feed }) => !states.has(feed.name))
    await Promise.all(forgotten.map(({ feed }) => feed.begin()))
    if (performance.now() - this.#cleanedAt < cleanEveryMs) return
    this.#cleanedAt = performance.now()
    // It may take long, and nothing waits for it.
    this.#begin(removeOldFeeds(store))
  }

  #fine(): void {
    this.#failingSince = undefined
    this.#alreadyReported = false
  }

  #failed(error: unknown, begunAt: number): void {
    this.#failingSince ??= begunAt
    if (this.#alreadyReported || performance.now() - this.#failingSince < reportAfterMs) return
    this.#alreadyReported = true
    this.#deps.onFault(error)
    if (error instanceof Problem) for (const { feed } of this.#joined.values()) feed.trouble(error)
  }

  async #claim(wanted: readonly SharedWatch[]): Promise<void> {
    if (wanted.length === 0) return
    const held = new Set(await holdFeeds(this.#deps.store, namesOf(wanted)))
    const late: string[] = []
    for (const joined of wanted) {
      const { name } = joined.feed
      if (!held.has(name)) continue
      if (this.#joined.get(name) !== joined) late.push(name)
      else if (!this.#led.has(joined)) {
        this.#led.add(joined)
        joined.lead()
      }
    }
    await this.#release(late)
  }

  #follow(joined: SharedWatch): void {
    if (this.#led.delete(joined)) joined.follow()
  }

  #followed(): SharedWatch[] {
    return [...this.#joined.values()].filter((joined) => !this.#led.has(joined))
  }

  async #release(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    // If it fails, they are free when their time is over.
    await releaseFeeds(this.#deps.store, names).catch(() => {})
    this.#deps.others.broadcast({ about: 'released', feeds: names })
  }
}

function namesOf(joined: readonly SharedWatch[]): string[] {
  return joined.map(({ feed }) => feed.name)
}
