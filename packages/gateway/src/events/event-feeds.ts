/** The event feeds of all open accounts that have a queue. */
import type { Account } from '../aws/account.ts'
import type { Change } from '../cache/invalidation.ts'
import type { EcsEvent } from './ecs-event.ts'
import { EventFeed, type FeedCounter, type FeedState } from './event-feed.ts'

interface EventFeedsDeps {
  /** Called with the age of each ECS event. */
  onEventReceived: (account: Account, delayMs: number) => void
  /** Called to increase a counter. The counters outlive the account. */
  onCounterIncreased: (account: Account, counter: FeedCounter, count: number) => void
  /** Called with the resources that an event names. */
  onResourcesChanged: (account: Account, change: Change) => void
  /** Called with a resource whose data ECS will soon remove. */
  onExpiringResource: (account: Account, expiringResource: NonNullable<EcsEvent['expiringResource']>) => void
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
  startFeedsOf(accounts: readonly Account[]): void {
    for (const account of accounts)
      if (account.events && !this.#feeds.has(account)) this.#start(account, account.events.queueUrl)
  }

  /** Returns the state of an account's feed; undefined for an account without a feed. */
  stateOf(account: Account): Readonly<FeedState> | undefined {
    return this.#feeds.get(account)?.state
  }

  /** Resolves when the feeds of closed accounts have ended. */
  async whenEnded(): Promise<void> {
    await Promise.all(
      [...this.#feeds].filter(([{ closedSignal }]) => closedSignal.aborted).map(([, feed]) => feed.ended),
    )
  }

  #start(account: Account, queueUrl: string): void {
    const { onEventReceived, onCounterIncreased, onResourcesChanged, onExpiringResource, onArrivalChange, onNotice } =
      this.#deps
    const feed = new EventFeed(account, queueUrl, {
      onEventReceived: (delayMs) => onEventReceived(account, delayMs),
      onCounterIncreased: (counter, count) => onCounterIncreased(account, counter, count),
      onResourcesChanged: (change) => onResourcesChanged(account, change),
      onExpiringResource: (expiringResource) => onExpiringResource(account, expiringResource),
      onArrivalChange: (eventsArrive) => onArrivalChange(account, eventsArrive),
      onNotice,
    })
    this.#feeds.set(account, feed)
    void feed.ended.then(() => this.#feeds.delete(account))
  }
}
