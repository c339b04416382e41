/**
 * This process's part of AWS's request buckets of an account in its Region. Every call of every client takes a token first, retries too; who finds none
 * waits for a turn, if it comes in time, and is refused otherwise without anything being sent.
 */

import { type BucketSize, type RequestGroup, requestGroupOf, requestGroups } from '@ecs-api/ecs-model'
import { FairQueue } from './fair-queue.ts'
import type { CallContext } from './priority.ts'
import { TokenBucket } from './token-bucket.ts'

/** What differs from AWS's own figures; `off` where no bucket is to be minded. */
export type BudgetSettings = 'off' | { [group in RequestGroup]?: BucketSize }

/** No token can be had in time. */
export class BudgetExhausted extends Error {
  /** When one can be expected. */
  readonly waitMs: number

  constructor(waitMs: number) {
    super('the request budget is spent')
    this.waitMs = waitMs
  }
}

/** The processes that share an account's buckets: each has the same part. */
export interface BudgetPeers {
  /** How many there are, this one among them. */
  count: () => number
  /** This process came to others that may have emptied the buckets: it has what refills from then on. */
  joinedLate: boolean
}

export interface Headroom {
  group: RequestGroup
  /** Calls that can be made at once. */
  tokens: number
  /** Calls a second that AWS is believed to give this process. */
  rate: number
  /** This process's part of the configured figures. */
  size: BucketSize
  /** Calls waiting for a token. */
  waiting: number
}

interface Waiting {
  callContext: CallContext
  serve: () => void
}

interface GroupQueue {
  group: RequestGroup
  size: BucketSize
  /** Of how many. */
  parts: number
  bucket: TokenBucket
  turns: FairQueue<Waiting>
  timer: NodeJS.Timeout | undefined
}

export class RequestBudget {
  readonly #sizes: Exclude<BudgetSettings, 'off'> | undefined
  readonly #now: () => number
  readonly #company: BudgetPeers
  readonly #beganAt: number
  readonly #lines = new Map<RequestGroup, GroupQueue>()

  constructor(
    settings: BudgetSettings,
    {
      now = () => performance.now(),
      budgetPeers = alone,
    }: { now?: () => number; budgetPeers?: BudgetPeers | undefined } = {},
  ) {
    this.#sizes = settings === 'off' ? undefined : settings
    this.#now = now
    this.#company = budgetPeers
    this.#beganAt = now()
  }

  /**
   * Resolves when the call may be made.
   * @param maxWaitMs how long it can wait
   * @throws BudgetSpent at once when its turn will not come in time, or when it did not come
   */
  async take(action: string, callContext: CallContext, maxWaitMs: number): Promise<void> {
    const line = this.#lineOf(action)
    if (!line) return
    const now = this.#now()
    if (line.turns.size === 0 && line.bucket.take(callContext.priority, now)) return
    const waitMs = line.bucket.delayMs(callContext.priority, line.turns.ahead(callContext), now)
    if (waitMs > maxWaitMs) throw new BudgetExhausted(waitMs)
    await this.#wait(line, callContext, maxWaitMs)
  }

  /** A call that had its turn was not made. */
  release(action: string): void {
    const line = this.#lineOf(action)
    if (!line) return
    line.bucket.release()
    this.#serve(line)
  }

  /** How long a call would wait for its turn, were it made now, in milliseconds. */
  delayMs(action: string, callContext: CallContext): number {
    const line = this.#lineOf(action)
    return line ? line.bucket.delayMs(callContext.priority, line.turns.ahead(callContext), this.#now()) : 0
  }

  /** AWS has refused such a call for too many. */
  throttled(action: string): void {
    this.#lineOf(action)?.bucket.throttled(this.#now())
  }

  /** Of every group that has been used. */
  headroom(): Headroom[] {
    return [...this.#lines.keys()]
      .map((group) => this.#lineIn(group))
      .map(({ group, size, bucket, turns }) => ({ group, size, ...bucket.look(this.#now()), waiting: turns.size }))
  }

  #lineOf(action: string): GroupQueue | undefined {
    const group = this.#sizes && requestGroupOf(action)
    return group && this.#lineIn(group)
  }

  #lineIn(group: RequestGroup): GroupQueue {
    const now = this.#now()
    const parts = this.#company.count()
    const size = partOf(this.#sizes?.[group] ?? requestGroups[group], parts)
    const known = this.#lines.get(group)
    if (!known) {
      const bucket = this.#company.joinedLate ? new TokenBucket(size, this.#beganAt, 1) : new TokenBucket(size, now)
      const made: GroupQueue = { group, size, parts, bucket, turns: new FairQueue(), timer: undefined }
      this.#lines.set(group, made)
      return made
    }
    if (known.parts !== parts) {
      known.bucket.resize(size, now)
      Object.assign(known, { size, parts })
      if (known.turns.size > 0) this.#serve(known)
    }
    return known
  }

  #wait(line: GroupQueue, callContext: CallContext, maxWaitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        callContext,
        serve: () => {
          clearTimeout(waitTimer)
          resolve()
        },
      }
      const waitTimer = setTimeout(() => {
        line.turns.remove(callContext, waiting)
        reject(
          new BudgetExhausted(line.bucket.delayMs(callContext.priority, line.turns.ahead(callContext), this.#now())),
        )
      }, maxWaitMs)
      line.turns.add(callContext, waiting)
      this.#serve(line)
    })
  }

  /** Serves as many as there are tokens for, and comes back when there is one for the next. */
  #serve(line: GroupQueue): void {
    clearTimeout(line.timer)
    line.timer = undefined
    for (let priority = line.turns.nextUrgency; priority; priority = line.turns.nextUrgency) {
      if (!line.bucket.take(priority, this.#now())) {
        line.timer = setTimeout(
          () => this.#serve(line),
          Math.max(1, Math.ceil(line.bucket.delayMs(priority, 0, this.#now()))),
        )
        return
      }
      line.turns.next()?.serve()
    }
  }
}

const alone: BudgetPeers = { count: () => 1, joinedLate: false }

/** Together they have no more than there is, save that each can make a call at all. */
function partOf({ burst, refill }: BucketSize, parts: number): BucketSize {
  return { burst: Math.max(1, Math.floor(burst / parts)), refill: refill / parts }
}
