/** The event feeds of the accounts that are open. */
import type { Account } from '../aws/account.ts'
import type { Change } from '../cache/invalidation.ts'
import type { EcsEvent } from './ecs-event.ts'
import { EventFeed, type FeedCount, type FeedState } from './event-feed.ts'

interface EventFeedsDeps {
  /** An event of ECS has come, so long after it happened. */
  onReceived: (account: Account, delayMs: number) => void
  /** What is counted for as long as the process lives, whatever becomes of the account. */
  onCounted: (account: Account, what: FeedCount, count: number) => void
  onChange: (account: Account, change: Change) => void
  /** ECS will forget it before long. */
  onPassing: (account: Account, passing: NonNullable<EcsEvent['passing']>) => void
  /** Whether events tell of an account's changes from now on. */
  onRely: (account: Account, eventsArrive: boolean) => void
  onNotice: (text: string) => void
}

export class EventFeeds {
  readonly #deps: EventFeedsDeps
  readonly #feeds = new Map<Account, EventFeed>()

  constructor(deps: EventFeedsDeps) {
    this.#deps = deps
  }

  /** These are the accounts that are open now: a feed begins with its account, and has ended with it. */
  follow(accounts: readonly Account[]): void {
    for (const account of accounts)
      if (account.events && !this.#feeds.has(account)) this.#begin(account, account.events.queueUrl)
  }

  /** Of the account of that name; undefined where it has none. */
  stateOf(account: Account): Readonly<FeedState> | undefined {
    return this.#feeds.get(account)?.state
  }

  /** Resolves when those of closed accounts have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#feeds].filter(([{ closed }]) => closed.aborted).map(([, feed]) => feed.ended))
  }

  #begin(account: Account, queueUrl: string): void {
    const { onReceived, onCounted, onChange, onPassing, onRely, onNotice } = this.#deps
    const feed = new EventFeed(account, queueUrl, {
      onReceived: (delayMs) => onReceived(account, delayMs),
      onCounted: (what, count) => onCounted(account, what, count),
      onChange: (change) => onChange(account, change),
      onPassing: (passing) => onPassing(account, passing),
      onRely: (eventsArrive) => onRely(account, eventsArrive),
      onNotice,
    })
    this.#feeds.set(account, feed)
    void feed.ended.then(() => this.#feeds.delete(account))
  }
}
