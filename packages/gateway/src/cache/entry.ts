/**
 * One thing, or one list, as it was last seen, with the bytes that answer for it. A read that finds it fresh costs nothing; one that comes
 * late in its time has it looked at again before it is too old, so that what is read often is never waited for.
 */
import { deepEqual } from 'fast-equals'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { TooManyRequests } from '../problems/problem.ts'
import type { BudgetedEntry, ByteBudget } from './byte-budget.ts'
import { type CachedAnswer, cachedAnswerOf, type Freshness } from './cached-answer.ts'

/** Where a sight's answers come from. */
export interface Source<Seen extends object> {
  account: Account
  /** Of ECS: whose budget is asked whether it is worth waiting. */
  action: string
  /** Asks AWS, now. */
  ask: () => Promise<Described<Seen>>
  /**
   * What is answered for what was seen: with own writes laid over it.
   * @throws NotFound when it is not there
   */
  find: (seen: Seen | undefined) => Seen
  present: (found: Seen) => object
  /** Others that the same call could look at, and whose time is near. */
  companions?: (room: number) => AnyCacheEntry[]
  maxPerCall?: number
  forget: () => void
}

/** A sight of whatever kind. */
export type AnyCacheEntry = CacheEntry<object>

/** Shares of how old an answer may be: when it is looked at again though it is fresh, and when it goes along with another. */
const aheadAt = 0.8
const alongAt = 0.6
/** Who has an older answer doesn't wait longer for the budget. */
const worthWaitingMs = 250
/** A look that began so long ago is stuck. */
const joinedForMs = 300
/** Bytes of the objects behind a response, its path in the fast path included: measured with 15,000 distinct paths. */
const bytesBeside = 4096

/** What answers, and what it was made of. */
interface Shown<Seen extends object> {
  of: Seen
  answer: CachedAnswer
}

interface Flight {
  looked: Promise<CachedAnswer>
  startedAt: number
  isAhead: boolean
}

export class CacheEntry<Seen extends object> implements BudgetedEntry {
  readonly #source: Source<Seen>
  readonly #byteBudget: ByteBudget
  #seen: Described<Seen> | undefined
  #shown: Shown<Seen> | undefined
  /** What was asked for before this is older than a write. */
  #notBefore = Number.NEGATIVE_INFINITY
  #lastRead = 0
  #lastUse = Number.NEGATIVE_INFINITY
  #flight: Flight | undefined
  /** Looks under way. */
  #looking = 0
  /** Told when something was written to it; while there is one, the sight stays. */
  onInvalidate: (() => void) | undefined
  /** Told when something happened to it elsewhere; what was seen is as good as it was before. */
  onPoke: (() => void) | undefined

  constructor(source: Source<Seen>, byteBudget: ByteBudget) {
    this.#source = source
    this.#byteBudget = byteBudget
  }

  /**
   * The answer: at once where one is fresh.
   * @throws NotFound, or what AWS's answer means; TooManyRequests only where there is no answer at all, or the client wants none but now's
   */
  read({ maxAgeMs }: Freshness): CachedAnswer | Promise<CachedAnswer> {
    const now = performance.now()
    this.#used(now)
    if (maxAgeMs <= 0) return this.#look().then(answerOf)
    const { freshMs } = this.#source.account
    const seen = this.#seen
    const ageMs = seen && this.#isCurrent(seen) ? now - seen.at : Number.POSITIVE_INFINITY
    if (seen && ageMs <= Math.min(maxAgeMs, freshMs)) {
      if (ageMs > freshMs * aheadAt && !this.#flight) this.#lookAhead()
      return this.#show(seen).answer
    }
    if (seen && this.#budgetDelayMs() > worthWaitingMs) {
      if (!this.#flight) this.lookAgain()
      return this.#show(seen).answer
    }
    return this.#joined(now).catch((error: unknown) => {
      const kept = this.#seen
      if (kept && error instanceof TooManyRequests) return this.#show(kept).answer
      throw error
    })
  }

  /** Asks AWS now. @throws NotFound when it is not there */
  async look(): Promise<{ answer: CachedAnswer; found: Seen }> {
    this.#used(performance.now())
    const { answer, of } = await this.#look()
    return { answer, found: of }
  }

  /** Looks again with whatever urgency the caller has, and nobody waits for it. */
  lookAgain(isAhead = false): void {
    const flight: Flight = { looked: this.#look().then(answerOf), startedAt: performance.now(), isAhead }
    this.#flight = flight
    const landed = () => {
      if (this.#flight === flight) this.#flight = undefined
    }
    flight.looked.then(landed, landed)
  }

  /** Something was written to it: an answer from before is not current any more. */
  invalidate(): void {
    this.#notBefore = performance.now()
    this.onInvalidate?.()
  }

  /** Likewise, and nothing laid over it could make the old answer true. */
  clear(): void {
    this.invalidate()
    this.#seen = undefined
    this.#shown = undefined
  }

  /** Whether it has been read since it was seen, and will be too old before long. */
  isDueSoon(now: number): boolean {
    const seen = this.#seen
    return (
      seen !== undefined &&
      !this.#flight &&
      this.#lastRead > seen.at &&
      now - seen.at > this.#source.account.freshMs * alongAt
    )
  }

  /** Whether it has been seen since the last write to it. */
  get isBelieved(): boolean {
    return this.#seen !== undefined && this.#isCurrent(this.#seen)
  }

  get seenAt(): number {
    return this.#seen?.at ?? Number.NEGATIVE_INFINITY
  }

  get isPinned(): boolean {
    return this.#looking > 0 || this.onInvalidate !== undefined
  }

  forget(): void {
    this.#seen = undefined
    this.#shown = undefined
    this.#source.forget()
  }

  /** A fresh answer that it is too early to look at again. */
  readonly #cachedIfFresh = (): CachedAnswer | undefined => {
    const seen = this.#seen
    if (!seen || !this.#isCurrent(seen)) return undefined
    const now = performance.now()
    const enough = this.#flight ? 1 : aheadAt
    if (now - seen.at > this.#source.account.freshMs * enough) return undefined
    this.#used(now)
    return this.#show(seen).answer
  }

  /** Joins a look that is under way and will bring what is asked for, else begins one, as urgent as this read. */
  #joined(now: number): Promise<CachedAnswer> {
    const flight = this.#flight
    const isGood =
      flight && flight.startedAt >= this.#notBefore && (!flight.isAhead || now - flight.startedAt < joinedForMs)
    if (isGood) return flight.looked
    for (const other of this.#companions()) other.lookAgain()
    this.lookAgain()
    return this.#flight!.looked
  }

  #lookAhead(): void {
    withCallContext({ priority: 'watching', caller: 'views' }, () => {
      for (const each of [this as unknown as AnyCacheEntry, ...this.#companions()]) each.lookAgain(true)
    })
  }

  #companions(): AnyCacheEntry[] {
    const { companions, maxPerCall = 1 } = this.#source
    return companions && maxPerCall > 1
      ? companions(maxPerCall - 1).filter((other) => other !== (this as unknown as AnyCacheEntry))
      : []
  }

  /** While it lasts the sight stays: what is written meanwhile must reach it. */
  async #look(): Promise<Shown<Seen>> {
    this.#looking++
    try {
      return this.#taken(await this.#source.ask())
    } finally {
      this.#looking--
    }
  }

  #taken(seen: Described<Seen>): Shown<Seen> {
    if (seen.at >= this.#notBefore && seen.at >= this.seenAt) {
      this.#seen = sameIfUnchanged(this.#seen, seen)
      return this.#show(this.#seen)
    }
    // A later look has come back sooner, or a write has: it must not be undone by this one.
    return this.#show(this.#seen && this.#isCurrent(this.#seen) ? this.#seen : seen)
  }

  #isCurrent(seen: Described<Seen>): boolean {
    return seen.at >= this.#notBefore
  }

  #show(seen: Described<Seen>): Shown<Seen> {
    const { find, present } = this.#source
    const found = find(seen.value)
    const shown = this.#shown
    if (shown?.of === found) {
      if (shown.answer.at !== seen.at) shown.answer = { ...shown.answer, at: seen.at }
      return shown
    }
    const answer = { ...cachedAnswerOf(present(found), seen.at), again: this.#cachedIfFresh }
    const made = { of: found, answer }
    this.#shown = made
    this.#byteBudget.use(this, bytesBeside + 2 * answer.payload.length)
    return made
  }

  #budgetDelayMs(): number {
    const { account, action } = this.#source
    return account.budget.delayMs(action, account.callContext())
  }

  #used(now: number): void {
    this.#lastRead = now
    if (now - this.#lastUse < 1000) return
    this.#lastUse = now
    this.#byteBudget.use(this, bytesBeside + 2 * (this.#shown?.answer.payload.length ?? 0))
  }
}

function answerOf({ answer }: Shown<object>): CachedAnswer {
  return answer
}

/** What AWS says again is the very thing that it was, so that its bytes need not be made again. */
function sameIfUnchanged<Seen>(before: Described<Seen> | undefined, now: Described<Seen>): Described<Seen> {
  return before?.value !== undefined && deepEqual(before.value, now.value) ? { value: before.value, at: now.at } : now
}
