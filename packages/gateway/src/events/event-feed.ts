/**
 * An account's event feed: receives from its queue for as long as the account is open, says what happened to what, and deletes what it has told. A message may come twice, late or out of
 * its order: it only says where to look.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Message, SQS } from '@aws-sdk/client-sqs'
import type { Account } from '../aws/account.ts'
import type { Change } from '../cache/invalidation.ts'
import { Problem } from '../problems/problem.ts'
import { type EcsEvent, ecsEvent } from './ecs-event.ts'

/** How a feed is doing. */
export interface FeedState {
  /** `silent`: messages can be received, but no event of ECS has come yet. */
  state: 'starting' | 'silent' | 'receiving' | 'failing'
  /** Why it is failing. */
  reason?: string
  /** Events of ECS so far. */
  events: number
  /** Messages that were something else. */
  others: number
  /** Calls to the queue that failed. */
  failures: number
  /** When the last event of ECS came: milliseconds since 1970. */
  lastEventAt?: number
}

/** Events of ECS, other messages, messages deleted from the queue, calls to it that failed. */
export type FeedCount = 'ecs' | 'other' | 'deleted' | 'failed'

export interface FeedDeps {
  /** Told of each event of ECS that says when it happened: how long ago that was, to a second. */
  onReceived: (delayMs: number) => void
  onCounted: (what: FeedCount, count: number) => void
  onChange: (change: Change) => void
  /** ECS will forget it before long. */
  onPassing: (passing: NonNullable<EcsEvent['passing']>) => void
  /** Whether events tell of changes from now on. */
  onRely: (eventsArrive: boolean) => void
  /** Told once when it begins to fail, and once when it is well again. */
  onNotice: (text: string) => void
}

/** The longest that SQS waits for a message. */
const waitSeconds = 20
const maxMessages = 10
const backOff = { firstMs: 1000, maxMs: 30_000 }

export class EventFeed {
  readonly #account: Account
  readonly #queueUrl: string
  readonly #deps: FeedDeps
  readonly #state: FeedState = { state: 'starting', events: 0, others: 0, failures: 0 }
  /** Why what was told could not be deleted last. */
  #undeleted: { reason: string; eventsArrive: boolean } | undefined
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
    const { closed } = this.#account
    let deleting = Promise.resolve()
    for (let failuresInRow = 0; !closed.aborted; ) {
      try {
        const sqs = await this.#account.sqs()
        // The first answer comes at once: until it has, nobody knows whether the queue can be had.
        const WaitTimeSeconds = this.#state.state === 'starting' || failuresInRow > 0 ? 0 : waitSeconds
        const asked = { QueueUrl: this.#queueUrl, MaxNumberOfMessages: maxMessages, WaitTimeSeconds }
        const { Messages = [] } = await sqs.receiveMessage(asked, { abortSignal: closed })
        failuresInRow = 0
        this.#received(Messages)
        await deleting
        deleting = this.#delete(sqs, Messages)
      } catch (error) {
        if (closed.aborted) break
        this.#failed(error)
        await pause(Math.min(backOff.firstMs * 2 ** failuresInRow++, backOff.maxMs), undefined, {
          signal: closed,
          ref: false,
        }).catch(() => {})
      }
    }
    await deleting
  }

  #received(messages: readonly Message[]): void {
    this.#tellOfUndeleted()
    for (const { Body = '' } of messages) {
      const event = ecsEvent(Body, this.#account.region)
      if (event === undefined) {
        this.#state.others++
        this.#deps.onCounted('other', 1)
        continue
      }
      this.#state.events++
      this.#deps.onCounted('ecs', 1)
      const now = Date.now()
      this.#state.lastEventAt = now
      // Clocks differ.
      if (event.at !== undefined) this.#deps.onReceived(Math.max(0, now - event.at))
      for (const each of event.change) this.#deps.onChange(each)
      if (event.passing) this.#deps.onPassing(event.passing)
    }
    const before = this.#state.state
    this.#state.state = this.#state.events > 0 ? 'receiving' : 'silent'
    if (this.#state.state === before) return
    delete this.#state.reason
    if (before === 'failing') this.#deps.onNotice(`the events of the account ${this.#account.name} come again`)
    // A queue that no rule fills answers as well as one that has nothing to tell.
    if (this.#state.state === 'receiving') this.#deps.onRely(true)
  }

  #failed(error: unknown): void {
    const before = this.#state.state
    const reason = reasonOf(error)
    this.#undeleted = undefined
    this.#deps.onCounted('failed', 1)
    Object.assign(this.#state, { state: 'failing', reason, failures: this.#state.failures + 1 })
    if (before === 'failing') return
    this.#deps.onRely(false)
    this.#deps.onNotice(
      `the events of the account ${this.#account.name} can't be received from ${this.#queueUrl}, so ECS is asked again and again instead: ${reason} ` +
        'Look whether the queue is there and the account’s credentials may do sqs:ReceiveMessage and sqs:DeleteMessage on it, or take `events` out of the configuration.',
    )
  }

  /** What could not be deleted comes again. */
  async #delete(sqs: SQS, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return
    const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
    try {
      const { Failed = [] } = await sqs.deleteMessageBatch({ QueueUrl: this.#queueUrl, Entries })
      this.#deps.onCounted('deleted', Entries.length - Failed.length)
      if (Failed.length > 0) throw new Error(Failed[0]?.Message ?? Failed[0]?.Code)
      this.#undeleted = undefined
    } catch (error) {
      if (this.#account.closed.aborted) return
      this.#state.failures++
      this.#deps.onCounted('failed', 1)
      // Of a queue that is gone is told by those who receive from it.
      if (this.#state.state !== 'failing')
        this.#undeleted = { reason: reasonOf(error), eventsArrive: this.#undeleted?.eventsArrive ?? false }
    }
  }

  #tellOfUndeleted(): void {
    if (!this.#undeleted || this.#undeleted.eventsArrive) return
    this.#undeleted.eventsArrive = true
    this.#deps.onNotice(
      `events of the account ${this.#account.name} come again and again, because they can't be deleted from ${this.#queueUrl}: ${this.#undeleted.reason} ` +
        'Allow the account’s credentials sqs:DeleteMessage on it.',
    )
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Problem ? error.detail : String(error)
}
