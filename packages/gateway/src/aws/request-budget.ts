/**
 * An account's share of AWS's request buckets in its Region. Every call of every client takes a token first, retries too; who finds none
 * waits for a turn, if it comes in time, and is refused otherwise without anything being sent.
 */

import { type BucketSize, type RequestGroup, requestGroupOf, requestGroups } from '@ecs-api/ecs-model'
import type { Asking } from './asking.ts'
import { Bucket } from './bucket.ts'
import { Turns } from './turns.ts'

/** What differs from AWS's own figures; `off` where no bucket is to be minded. */
export type BudgetSettings = 'off' | { [group in RequestGroup]?: BucketSize }

/** No token can be had in time. */
export class BudgetSpent extends Error {
  /** When one can be expected. */
  readonly waitMs: number

  constructor(waitMs: number) {
    super('the request budget is spent')
    this.waitMs = waitMs
  }
}

export interface Headroom {
  group: RequestGroup
  /** Calls that can be made at once. */
  tokens: number
  /** Calls a second that AWS is believed to give; at most what is configured. */
  rate: number
  /** The configured figures. */
  size: BucketSize
  /** Calls waiting for a token. */
  waiting: number
}

interface Waiting {
  asking: Asking
  serve: () => void
}

interface Line {
  group: RequestGroup
  size: BucketSize
  bucket: Bucket
  turns: Turns<Waiting>
  timer: NodeJS.Timeout | undefined
}

export class RequestBudget {
  readonly #sizes: Exclude<BudgetSettings, 'off'> | undefined
  readonly #now: () => number
  readonly #lines = new Map<RequestGroup, Line>()

  constructor(settings: BudgetSettings, now: () => number = () => performance.now()) {
    this.#sizes = settings === 'off' ? undefined : settings
    this.#now = now
  }

  /**
   * Resolves when the call may be made.
   * @param patienceMs how long it can wait
   * @throws BudgetSpent at once when its turn will not come in time, or when it did not come
   */
  async take(action: string, asking: Asking, patienceMs: number): Promise<void> {
    const line = this.#lineOf(action)
    if (!line) return
    const now = this.#now()
    if (line.turns.size === 0 && line.bucket.take(asking.urgency, now)) return
    const waitMs = line.bucket.delayMs(asking.urgency, line.turns.ahead(asking), now)
    if (waitMs > patienceMs) throw new BudgetSpent(waitMs)
    await this.#wait(line, asking, patienceMs)
  }

  /** How long a call would wait for its turn, were it made now, in milliseconds. */
  delayMs(action: string, asking: Asking): number {
    const line = this.#lineOf(action)
    return line ? line.bucket.delayMs(asking.urgency, line.turns.ahead(asking), this.#now()) : 0
  }

  /** AWS has refused such a call for too many. */
  throttled(action: string): void {
    this.#lineOf(action)?.bucket.throttled(this.#now())
  }

  /** Of every group that has been used. */
  headroom(): Headroom[] {
    return [...this.#lines.values()].map(({ group, size, bucket, turns }) => ({ group, size, ...bucket.look(this.#now()), waiting: turns.size }))
  }

  #lineOf(action: string): Line | undefined {
    const group = this.#sizes && requestGroupOf(action)
    if (!group) return undefined
    const known = this.#lines.get(group)
    if (known) return known
    const { burst, refill } = this.#sizes?.[group] ?? requestGroups[group]
    const size = { burst, refill }
    const made: Line = { group, size, bucket: new Bucket(size, this.#now()), turns: new Turns(), timer: undefined }
    this.#lines.set(group, made)
    return made
  }

  #wait(line: Line, asking: Asking, patienceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        asking,
        serve: () => {
          clearTimeout(patience)
          resolve()
        },
      }
      const patience = setTimeout(() => {
        line.turns.remove(asking, waiting)
        reject(new BudgetSpent(line.bucket.delayMs(asking.urgency, line.turns.ahead(asking), this.#now())))
      }, patienceMs)
      line.turns.add(asking, waiting)
      this.#serve(line)
    })
  }

  /** Serves as many as there are tokens for, and comes back when there is one for the next. */
  #serve(line: Line): void {
    clearTimeout(line.timer)
    line.timer = undefined
    for (let urgency = line.turns.nextUrgency; urgency; urgency = line.turns.nextUrgency) {
      if (!line.bucket.take(urgency, this.#now())) {
        line.timer = setTimeout(() => this.#serve(line), Math.max(1, Math.ceil(line.bucket.delayMs(urgency, 0, this.#now()))))
        return
      }
      line.turns.next()?.serve()
    }
  }
}
