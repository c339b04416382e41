/** The feeds of an account's things, and the pollers that feed them: one for all that one call can describe together, however many watch. */
import type { Account } from '../../aws/account.ts'
import { scopeOf } from '../../aws/account-scope.ts'
import { NotFound } from '../../problems/problem.ts'
import type { Memory } from '../byte-budget.ts'
import type { Sight } from '../entry.ts'
import { Feed, type FeedEvent, type Watcher } from './feed.ts'
import type { Joined, SharedFeeds } from './feed-leases.ts'
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
  sight: () => Sight
  pace: (found: object) => Pace
}

interface Fed extends Watched {
  /** What is told at this process. */
  own: Feed
  sight: Sight
  /** Where other processes watch it too. */
  joined: Joined | undefined
}

export class AccountStreams {
  readonly #account: Account
  readonly #memory: Memory
  readonly #fed = new Map<string, Fed>()
  readonly #pollers = new Map<string, Poller>()
  #isTold = false
  #isClosed = false

  readonly #shared: SharedFeeds | undefined

  /** @param shared where other processes watch the same things */
  constructor(account: Account, memory: Memory, shared: SharedFeeds | undefined) {
    this.#account = account
    this.#memory = memory
    this.#shared = shared
  }

  /** Whether events tell of changes: then one looks of one's own accord seldom only. */
  set isTold(isTold: boolean) {
    this.#isTold = isTold
    for (const poller of this.#pollers.values()) poller.isTold = isTold
  }

  stream(streamed: Streamed): Stream {
    return { open: (cursor, watcher) => this.#open(streamed, cursor, watcher) }
  }

  close(): void {
    this.#isClosed = true
    const problem = this.#gone()
    for (const { own, joined } of this.#fed.values()) {
      if (joined) this.#shared?.leave(joined)
      own.cut(problem)
      this.#memory.drop(own)
    }
    for (const poller of this.#pollers.values()) poller.close()
    this.#fed.clear()
    this.#pollers.clear()
  }

  async #open(streamed: Streamed, cursor: string | undefined, watcher: Watcher): ReturnType<Stream['open']> {
    if (this.#isClosed) throw this.#gone()
    const fed = this.#fedOf(streamed)
    fed.own.expect()
    try {
      return await this.#begin(streamed, fed, cursor, watcher)
    } finally {
      fed.own.settled()
      // What was told stays for who comes back.
      if (fed.own.isOver || fed.own.state.number === 0) this.#forget(streamed, fed.own)
    }
  }

  async #begin(streamed: Streamed, fed: Fed, cursor: string | undefined, watcher: Watcher): ReturnType<Stream['open']> {
    const { own, joined } = fed
    // Others may have told what was not heard of here yet.
    if (joined && (cursor !== undefined || !own.isWatched)) await joined.feed.read()
    // What is watched already is not looked at for each who joins.
    const pace = own.isWatched && !own.isOver && fed.sight.isBelieved ? undefined : await this.#now(fed)
    if (this.#isClosed) throw this.#gone()
    const first = own.since(cursor)
    own.watch(watcher)
    // The one before may have been let go for want of room; while it is watched it stays.
    fed.sight = streamed.sight()
    fed.sight.onTouch = () => this.#pollers.get(streamed.poller)?.wake(fed)
    fed.sight.onNews = () => this.#pollers.get(streamed.poller)?.stir(fed)
    if (joined) this.#shared?.join(joined)
    else if (pace) this.#pollerOf(streamed.poller).watch(fed, pace)
    const close = () => {
      own.unwatch(watcher)
      if (own.isWatched) return
      fed.sight.onTouch = undefined
      fed.sight.onNews = undefined
      if (joined) this.#shared?.leave(joined)
      this.#stopPolling(streamed, fed)
      if (own.isOver) this.#forget(streamed, own)
    }
    return { first, close }
  }

  async #now({ look, feed, own, joined }: Fed): Promise<Pace> {
    const { number: since } = feed.state
    try {
      const { view, pace } = await look()
      if (own.isOver) await joined?.feed.renew()
      await joined?.feed.begin()
      await feed.publish(view, own.state.number === 0 ? 0 : since)
      return pace
    } catch (error) {
      if (error instanceof NotFound) await feed.end(since)
      throw error
    }
  }

  #fedOf(streamed: Streamed): Fed {
    const name = nameOf(streamed)
    const known = this.#fed.get(name)
    if (known && (!known.own.isOver || known.own.isPinned)) return known
    const own = new Feed(this.#memory, () => this.#forget(streamed, own))
    const shared = this.#shared?.of(`${scopeOf(this.#account)} ${name}`, own)
    const fed: Fed = {
      own,
      feed: shared ?? own,
      sight: streamed.sight(),
      look: async () => {
        const { view, found } = await fed.sight.look()
        return { view, pace: streamed.pace(found) }
      },
      joined: shared && {
        feed: shared,
        lead: () => this.#pollerOf(streamed.poller).watch(fed, 'changing'),
        follow: () => this.#stopPolling(streamed, fed),
        isFailing: () => this.#pollers.get(streamed.poller)?.isFailing(fed) ?? false,
      },
    }
    this.#fed.set(name, fed)
    return fed
  }

  #gone(): NotFound {
    return new NotFound('AccountNotFound', `The account ${this.#account.name} is not configured any more.`)
  }

  /** Unless somebody watches it, or is about to. */
  #forget(streamed: Streamed, feed: Feed): void {
    if (feed.isPinned) return
    const name = nameOf(streamed)
    if (this.#fed.get(name)?.own === feed) this.#fed.delete(name)
    this.#memory.drop(feed)
  }

  #stopPolling({ poller: name }: Streamed, fed: Fed): void {
    const poller = this.#pollers.get(name)
    poller?.unwatch(fed)
    if (poller?.isIdle) this.#pollers.delete(name)
  }

  #pollerOf(name: string): Poller {
    const known = this.#pollers.get(name)
    if (known) return known
    const made = new Poller(`watching ${name}`, this.#account.freshMs)
    made.isTold = this.#isTold
    this.#pollers.set(name, made)
    return made
  }
}

function nameOf({ poller, key }: Streamed): string {
  return `${poller} ${key}`
}
