/** The feeds of an account's things, and the pollers that feed them: one for all that one call can describe together, however many watch. */
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'
import { Feed, type FeedEvent, type Watcher } from './feed.ts'
import type { Memory } from './memory.ts'
import { type Pace, Poller, type Watched } from './poller.ts'
import type { Sight } from './sight.ts'

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
  sight: Sight
}

export class AccountStreams {
  readonly #account: Account
  readonly #memory: Memory
  readonly #fed = new Map<string, Fed>()
  readonly #pollers = new Map<string, Poller>()
  #isTold = false

  constructor(account: Account, memory: Memory) {
    this.#account = account
    this.#memory = memory
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
    const problem = new NotFound('AccountNotFound', `The account ${this.#account.name} is not configured any more.`)
    for (const { feed } of this.#fed.values()) {
      feed.cut(problem)
      this.#memory.drop(feed)
    }
    for (const poller of this.#pollers.values()) poller.close()
    this.#fed.clear()
    this.#pollers.clear()
  }

  async #open(streamed: Streamed, cursor: string | undefined, watcher: Watcher): ReturnType<Stream['open']> {
    const fed = this.#fedOf(streamed)
    const { feed } = fed
    // What is watched already is not looked at for each who joins.
    const pace = feed.isWatched && fed.sight.isBelieved ? undefined : await this.#now(streamed, fed)
    const first = feed.since(cursor)
    feed.watch(watcher)
    const poller = this.#pollerOf(streamed.poller)
    fed.sight.onTouch = () => poller.wake(fed)
    fed.sight.onNews = () => poller.stir(fed)
    if (pace) poller.watch(fed, pace)
    const close = () => {
      feed.unwatch(watcher)
      if (feed.isWatched) return
      fed.sight.onTouch = undefined
      fed.sight.onNews = undefined
      poller.unwatch(fed)
      if (poller.isIdle) this.#pollers.delete(streamed.poller)
      if (feed.isOver) this.#forget(streamed, feed)
    }
    return { first, close }
  }

  async #now(streamed: Streamed, { look, feed }: Fed): Promise<Pace> {
    try {
      const { view, pace } = await look()
      feed.publish(view)
      return pace
    } catch (error) {
      if (error instanceof NotFound) feed.end()
      if (!feed.isWatched) this.#forget(streamed, feed)
      throw error
    }
  }

  #fedOf(streamed: Streamed): Fed {
    const name = nameOf(streamed)
    const known = this.#fed.get(name)
    if (known && !known.feed.isOver) return known
    const sight = streamed.sight()
    const feed = new Feed(this.#memory, () => this.#fed.delete(name))
    const fed: Fed = {
      feed,
      sight,
      look: async () => {
        const { view, found } = await sight.look()
        return { view, pace: streamed.pace(found) }
      },
    }
    this.#fed.set(name, fed)
    return fed
  }

  #forget(streamed: Streamed, feed: Feed): void {
    const name = nameOf(streamed)
    if (this.#fed.get(name)?.feed === feed) this.#fed.delete(name)
    this.#memory.drop(feed)
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
