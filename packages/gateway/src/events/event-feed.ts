/**
 * The event feed of an account: receives ECS events from the account's SQS queue while the account is open, reports the
 * resources in the events, and deletes the messages. A message may arrive twice, late or out of order. So an event only
 * decides which resources to describe; no data is taken from it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Message, SQS } from '@aws-sdk/client-sqs'
import type { Account } from '../aws/account.ts'
import type { Change } from '../cache/invalidation.ts'
import { Problem } from '../problems/problem.ts'
import { type EcsEvent, parseEcsEvent } from './ecs-event.ts'

export interface FeedState {
  /** `silent`: the queue can be read, but no ECS event has arrived yet. */
  state: 'starting' | 'silent' | 'receiving' | 'failing'
  /** Why the feed is failing. */
  reason?: string
  /** ECS events received so far. */
  events: number
  /** Messages that are not ECS events. */
  others: number
  /** Failed calls to the queue. */
  failures: number
  /** When the last ECS event arrived, in milliseconds since 1970. */
  lastEventAt?: number
}

/** The counters of a feed: ECS events, other messages, messages deleted from the queue, failed calls to the queue. */
export type FeedCounter = 'ecs' | 'other' | 'deleted' | 'failed'

export interface FeedDeps {
  /** Called with the age of each ECS event that has a time. The time of an event is exact to a second. */
  onEventReceived: (delayMs: number) => void
  onCounterIncreased: (counter: FeedCounter, count: number) => void
  onResourcesChanged: (change: Change) => void
  /** Called with a resource whose data ECS will soon remove. */
  onExpiringResource: (expiringResource: NonNullable<EcsEvent['expiringResource']>) => void
  /** Called with true when events arrive for the first time, or again; with false when the queue begins to fail. */
  onArrivalChange: (eventsArrive: boolean) => void
  /** Receives messages for the operator: the queue fails, works again, or does not let messages be deleted. */
  onNotice: (text: string) => void
}

/** The longest wait of a long poll, by SQS's limit. */
const waitSeconds = 20
const maxMessages = 10
const backOff = { firstMs: 1000, maxMs: 30_000 }

export class EventFeed {
  readonly #account: Account
  readonly #queueUrl: string
  readonly #deps: FeedDeps
  readonly #state: FeedState = { state: 'starting', events: 0, others: 0, failures: 0 }
  /** Why the last received messages could not be deleted; undefined when they were. */
  #deleteFailure: { reason: string; isReported: boolean } | undefined
  /** Resolves when the account is closed. */
  readonly ended: Promise<void>

  constructor(account: Account, queueUrl: string, deps: FeedDeps) {
    this.#account = account
    this.#queueUrl = queueUrl
    this.#deps = deps
    this.ended = this.#run()
  }

  get state(): Readonly<FeedState> {
    return this.#state
  }

  async #run(): Promise<void> {
    const { closedSignal } = this.#account
    let deleting = Promise.resolve()
    for (let failuresInRow = 0; !closedSignal.aborted; ) {
      try {
        const sqs = await this.#account.sqs()
        // The first call is not a long poll, so that its response shows at once whether the queue can be read.
        const WaitTimeSeconds = this.#state.state === 'starting' || failuresInRow > 0 ? 0 : waitSeconds
        const input = { QueueUrl: this.#queueUrl, MaxNumberOfMessages: maxMessages, WaitTimeSeconds }
        const { Messages = [] } = await sqs.receiveMessage(input, { abortSignal: closedSignal })
        failuresInRow = 0
        this.#apply(Messages)
        await deleting
        deleting = this.#delete(sqs, Messages)
      } catch (error) {
        if (closedSignal.aborted) break
        this.#recordFailure(error)
        await pause(Math.min(backOff.firstMs * 2 ** failuresInRow++, backOff.maxMs), undefined, {
          signal: closedSignal,
          ref: false,
        }).catch(() => {})
      }
    }
    await deleting
  }

  #apply(messages: readonly Message[]): void {
    this.#reportDeleteFailure()
    for (const { Body = '' } of messages) {
      const event = parseEcsEvent(Body, this.#account.region)
      if (event === undefined) {
        this.#state.others++
        this.#deps.onCounterIncreased('other', 1)
        continue
      }
      this.#state.events++
      this.#deps.onCounterIncreased('ecs', 1)
      const now = Date.now()
      this.#state.lastEventAt = now
      // The clocks of AWS and this machine differ, so the difference may be negative.
      if (event.at !== undefined) this.#deps.onEventReceived(Math.max(0, now - event.at))
      for (const change of event.changes) this.#deps.onResourcesChanged(change)
      if (event.expiringResource) this.#deps.onExpiringResource(event.expiringResource)
    }
    const previous = this.#state.state
    this.#state.state = this.#state.events > 0 ? 'receiving' : 'silent'
    if (this.#state.state === previous) return
    delete this.#state.reason
    if (previous === 'failing') this.#deps.onNotice(`events of account ${this.#account.name} are received again`)
    // Reported only after the first event: a queue that no EventBridge rule fills looks like a queue without messages.
    if (this.#state.state === 'receiving') this.#deps.onArrivalChange(true)
  }

  #recordFailure(error: unknown): void {
    const previous = this.#state.state
    const reason = reasonOf(error)
    this.#deleteFailure = undefined
    this.#deps.onCounterIncreased('failed', 1)
    Object.assign(this.#state, { state: 'failing', reason, failures: this.#state.failures + 1 })
    if (previous === 'failing') return
    this.#deps.onArrivalChange(false)
    this.#deps.onNotice(
      `events of account ${this.#account.name} cannot be received from ${this.#queueUrl}, ` +
        `so ECS is polled instead: ${reason} Check that the queue exists and that the account’s credentials allow ` +
        'sqs:ReceiveMessage and sqs:DeleteMessage on it, or remove `events` from the configuration.',
    )
  }

  /** Deletes messages from the queue. SQS delivers a message again that could not be deleted. */
  async #delete(sqs: SQS, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return
    const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
    try {
      const { Failed = [] } = await sqs.deleteMessageBatch({ QueueUrl: this.#queueUrl, Entries })
      this.#deps.onCounterIncreased('deleted', Entries.length - Failed.length)
      if (Failed.length > 0) throw new Error(Failed[0]?.Message ?? Failed[0]?.Code)
      this.#deleteFailure = undefined
    } catch (error) {
      if (this.#account.closedSignal.aborted) return
      this.#state.failures++
      this.#deps.onCounterIncreased('failed', 1)
      // A failing queue is already reported by `receiveMessage`.
      if (this.#state.state !== 'failing')
        this.#deleteFailure = { reason: reasonOf(error), isReported: this.#deleteFailure?.isReported ?? false }
    }
  }

  /**
   * Reports a failed deletion once. Called after a successful read, which shows that only deletions fail.
   */
  #reportDeleteFailure(): void {
    if (!this.#deleteFailure || this.#deleteFailure.isReported) return
    this.#deleteFailure.isReported = true
    this.#deps.onNotice(
      `events of account ${this.#account.name} are received repeatedly, because they cannot be deleted from ` +
        `${this.#queueUrl}: ${this.#deleteFailure.reason} ` +
        'Allow the account’s credentials sqs:DeleteMessage on the queue.',
    )
  }
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Problem ? error.detail : String(error)
  return /[.!?]$/.test(reason) ? reason : `${reason}.`
}
