/**
 * This process's share of AWS's request buckets for an account in its Region. Every attempt of every call, retries
 * included, takes a token from the bucket of its action first. A call that finds no token waits in a queue. A call for
 * which no token will be free in time is rejected without being sent.
 */

import { type BucketSize, type RequestGroup, requestGroupOf, requestGroups } from '@ecs-api/ecs-model'
import { FairQueue } from './fair-queue.ts'
import type { CallContext } from './priority.ts'
import { TokenBucket } from './token-bucket.ts'

/** The sizes that differ from AWS's documented figures; `off` for a budget without limits. */
export type BudgetSettings = 'off' | { [group in RequestGroup]?: BucketSize }

/** Thrown when no token will be free in time. */
export class BudgetExhausted extends Error {
  /** Milliseconds until a token can be expected. */
  readonly waitMs: number

  constructor(waitMs: number) {
    super('the request budget is exhausted')
    this.waitMs = waitMs
  }
}

/** The processes that share an account's buckets. All have the same share. */
export interface BudgetPeers {
  /** The number of processes, this one included. */
  count: () => number
  /**
   * Other processes ran before this process and may have emptied the buckets. So this process starts with one token and
   * the tokens refilled since its start.
   */
  joinedLate: boolean
}

/** The state of one bucket, for metrics. */
export interface BucketState {
  group: RequestGroup
  /** Calls that can be made at once. */
  tokens: number
  /** The assumed refill rate of this process's share, in calls a second. */
  rate: number
  /** This process's share of the configured figures. */
  size: BucketSize
  /** Calls that wait for a token. */
  waiting: number
}

interface WaitingCall {
  callContext: CallContext
  resume: () => void
}

/** The bucket of a request group, and the calls that wait for its tokens. */
interface GroupQueue {
  group: RequestGroup
  size: BucketSize
  /** The number of processes that AWS's bucket is divided by. */
  processes: number
  bucket: TokenBucket
  waiting: FairQueue<WaitingCall>
  /** Fires when a token is free for the next waiting call. */
  timer: NodeJS.Timeout | undefined
}

export class RequestBudget {
  readonly #sizes: Exclude<BudgetSettings, 'off'> | undefined
  readonly #now: () => number
  readonly #peers: BudgetPeers
  readonly #startedAt: number
  readonly #queues = new Map<RequestGroup, GroupQueue>()

  constructor(
    settings: BudgetSettings,
    {
      now = () => performance.now(),
      budgetPeers = noPeers,
    }: { now?: () => number; budgetPeers?: BudgetPeers | undefined } = {},
  ) {
    this.#sizes = settings === 'off' ? undefined : settings
    this.#now = now
    this.#peers = budgetPeers
    this.#startedAt = now()
  }

  /**
   * Takes a token for a call of `action`; resolves when the call may be sent.
   * @param maxWaitMs how long the call may wait for a token
   * @throws BudgetExhausted at once when no token will be free in time, or after `maxWaitMs` when none became free
   */
  async takeToken(action: string, callContext: CallContext, maxWaitMs: number): Promise<void> {
    const queue = this.#queueOf(action)
    if (!queue) return
    const now = this.#now()
    if (queue.waiting.size === 0 && queue.bucket.takeToken(callContext.priority, now)) return
    const waitMs = queue.bucket.delayMs(callContext.priority, queue.waiting.countAhead(callContext), now)
    if (waitMs > maxWaitMs) throw new BudgetExhausted(waitMs)
    await this.#wait(queue, callContext, maxWaitMs)
  }

  /** Puts back the token of a call that was not sent. */
  releaseToken(action: string): void {
    const queue = this.#queueOf(action)
    if (!queue) return
    queue.bucket.releaseToken()
    this.#serve(queue)
  }

  /** Milliseconds that a call made now would wait for its token. */
  delayMs(action: string, callContext: CallContext): number {
    const queue = this.#queueOf(action)
    return queue ? queue.bucket.delayMs(callContext.priority, queue.waiting.countAhead(callContext), this.#now()) : 0
  }

  /** This process's share of the calls a second of the action's group; infinity without a limit. */
  refillPerSecond(action: string): number {
    return this.#queueOf(action)?.size.refill ?? Number.POSITIVE_INFINITY
  }

  /** Records that AWS throttled a call of `action`. */
  recordThrottle(action: string): void {
    this.#queueOf(action)?.bucket.recordThrottle(this.#now())
  }

  /** The state of every bucket that has been used. */
  bucketStates(): BucketState[] {
    return [...this.#queues.keys()]
      .map((group) => this.#queueOfGroup(group))
      .map(({ group, size, bucket, waiting }) => ({
        group,
        size,
        ...bucket.stateAt(this.#now()),
        waiting: waiting.size,
      }))
  }

  #queueOf(action: string): GroupQueue | undefined {
    const group = this.#sizes && requestGroupOf(action)
    return group && this.#queueOfGroup(group)
  }

  /** Returns the group's queue, resized when the number of processes has changed. */
  #queueOfGroup(group: RequestGroup): GroupQueue {
    const now = this.#now()
    const processes = this.#peers.count()
    const size = shareOf(this.#sizes?.[group] ?? requestGroups[group], processes)
    const existing = this.#queues.get(group)
    if (!existing) {
      const bucket = this.#peers.joinedLate ? new TokenBucket(size, this.#startedAt, 1) : new TokenBucket(size, now)
      const queue: GroupQueue = { group, size, processes, bucket, waiting: new FairQueue(), timer: undefined }
      this.#queues.set(group, queue)
      return queue
    }
    if (existing.processes !== processes) {
      existing.bucket.resize(size, now)
      Object.assign(existing, { size, processes })
      if (existing.waiting.size > 0) this.#serve(existing)
    }
    return existing
  }

  #wait(queue: GroupQueue, callContext: CallContext, maxWaitMs: number): Promise<void> {
    const { bucket, waiting } = queue
    return new Promise((resolve, reject) => {
      const call: WaitingCall = {
        callContext,
        resume: () => {
          clearTimeout(waitTimer)
          resolve()
        },
      }
      const waitTimer = setTimeout(() => {
        waiting.remove(callContext, call)
        const waitMs = bucket.delayMs(callContext.priority, waiting.countAhead(callContext), this.#now())
        reject(new BudgetExhausted(waitMs))
      }, maxWaitMs)
      waiting.add(callContext, call)
      this.#serve(queue)
    })
  }

  /** Resumes as many waiting calls as there are tokens, and sets the timer for the next waiting call. */
  #serve(queue: GroupQueue): void {
    const { bucket, waiting } = queue
    clearTimeout(queue.timer)
    queue.timer = undefined
    for (let priority = waiting.nextPriority; priority; priority = waiting.nextPriority) {
      if (!bucket.takeToken(priority, this.#now())) {
        const delayMs = bucket.delayMs(priority, 0, this.#now())
        queue.timer = setTimeout(() => this.#serve(queue), Math.max(1, Math.ceil(delayMs)))
        return
      }
      waiting.next()?.resume()
    }
  }
}

const noPeers: BudgetPeers = { count: () => 1, joinedLate: false }

/** Divides AWS's bucket by the number of processes. A share has a burst of at least one call. */
function shareOf({ burst, refill }: BucketSize, processes: number): BucketSize {
  return { burst: Math.max(1, Math.floor(burst / processes)), refill: refill / processes }
}
