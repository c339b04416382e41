/** The event feeds of all open accounts that have a queue. */
import type { Account } from '../aws/account.ts'
import type { Change } from '../cache/invalidation.ts'
import type { EcsEvent } from './ecs-event.ts'
import { EventFeed, type FeedCounter, type FeedState } from './event-feed.ts'

interface EventFeedsDeps {
  /** Called with the age of each ECS event. */
  onReceived: (account: Account, delayMs: number) => void
  /** Called to increase a counter. The counters outlive the account. */
  onCounted: (account: Account, counter: FeedCounter, count: number) => void
  onChange: (account: Account, change: Change) => void
  /** Called with a resource whose data ECS will soon remove. */
  onSoonRemoved: (account: Account, soonRemoved: NonNullable<EcsEvent['soonRemoved']>) => void
  /** Called when an account's events begin to arrive, and when its queue begins to fail. */
  onArrivalChange: (account: Account, eventsArrive: boolean) => void
  onNotice: (text: string) => void
}

export class EventFeeds {
  readonly #deps: EventFeedsDeps
  readonly #feeds = new Map<Account, EventFeed>()

  constructor(deps: EventFeedsDeps) {
    this.#deps = deps
  }

  /** Starts the feeds of new accounts. A feed ends by itself when its account is closed. */
  follow(accounts: readonly Account[]): void {
    for (const account of accounts)
      if (account.events && !this.#feeds.has(account)) this.#start(account, account.events.queueUrl)
  }

  /** Returns the state of an account's feed; undefined for an account without a feed. */
  stateOf(account: Account): Readonly<FeedState> | undefined {
    return this.#feeds.get(account)?.state
  }

  /** Resolves when the feeds of closed accounts have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#feeds].filter(([{ closed }]) => closed.aborted).map(([, feed]) => feed.ended))
  }

  #start(account: Account, queueUrl: string): void {
    const { onReceived, onCounted, onChange, onSoonRemoved, onArrivalChange, onNotice } = this.#deps
    const feed = new EventFeed(account, queueUrl, {
      onReceived: (delayMs) => onReceived(account, delayMs),
      onCounted: (counter, count) => onCounted(account, counter, count),
      onChange: (change) => onChange(account, change),
      onSoonRemoved: (soonRemoved) => onSoonRemoved(account, soonRemoved),
      onArrivalChange: (eventsArrive) => onArrivalChange(account, eventsArrive),
      onNotice,
    })
    this.#feeds.set(account, feed)
    void feed.ended.then(() => this.#feeds.delete(account))
  }
}
