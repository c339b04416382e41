/**
 * A cache entry: AWS's latest description of one resource or one list, and the bytes of the response that is made of
 * it. A read of a fresh entry costs nothing. A read late in the life of an entry refreshes it in the background, so
 * frequent readers never wait.
 */
import { deepEqual } from 'fast-equals'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { TooManyRequests } from '../problems/problem.ts'
import type { BudgetedEntry, ByteBudget } from './byte-budget.ts'
import { type CachedAnswer, cachedAnswerOf, type Freshness } from './cached-answer.ts'
import type { ResourceKind, ResourceRef } from './resource-kind.ts'

/** Where an entry's answers come from. */
export interface EntrySource<Value extends object> {
  account: Account
  kind: Pick<ResourceKind<Value>, 'action' | 'describe' | 'find' | 'present'> & { maxPerCall?: number }
  ref: ResourceRef
  /** How old an answer may be, in milliseconds; default: as the account says. */
  freshMs?: number | undefined
  /** Other entries that the same call could refresh, and that will soon be too old. */
  companions?: (room: number) => AnyCacheEntry[]
  /** AWS is asked. */
  onFetch?: () => void
  forget: () => void
}

/** An entry of any kind. */
export type AnyCacheEntry = CacheEntry<object>

/**
 * Shares of the age that an account allows: an entry older than that is refreshed ahead of time, or along with another
 * entry.
 */
const refreshAheadAt = 0.8
const refreshAlongAt = 0.6
/** A read that has an older answer does not wait longer for the request budget. */
const worthWaitingMs = 250
/** A refresh ahead of time that began earlier is probably stuck: a read begins its own. */
const joinableMs = 300
/** Bytes of the objects behind a response, its path in the fast path included: measured with 15,000 distinct paths. */
const overheadBytes = 4096

/** A response's bytes, and the resource that they were made of. */
interface Rendered<Value extends object> {
  of: Value
  answer: CachedAnswer
}

interface Refresh {
  answer: Promise<CachedAnswer>
  startedAt: number
  isAheadOfTime: boolean
}

export class CacheEntry<Value extends object> implements BudgetedEntry {
  readonly #source: EntrySource<Value>
  readonly #byteBudget: ByteBudget
  #latest: Described<Value> | undefined
  #rendered: Rendered<Value> | undefined
  /** Descriptions that were asked for before this time are older than a write. */
  #notBefore = Number.NEGATIVE_INFINITY
  #lastRead = 0
  #lastUse = Number.NEGATIVE_INFINITY
  #refreshing: Refresh | undefined
  /** Calls to AWS that have not returned. */
  #fetching = 0
  /** Called after a write to the resource. An entry with this listener is not evicted. */
  onInvalidate: (() => void) | undefined
  /** Called when the resource may have changed elsewhere. The latest description stays valid until its age ends. */
  onReportedChange: (() => void) | undefined

  constructor(source: EntrySource<Value>, byteBudget: ByteBudget) {
    this.#source = source
    this.#byteBudget = byteBudget
  }

  /**
   * The answer, at once where a fresh one is cached.
   * @throws NotFound, and the problem that AWS's error means; TooManyRequests only without any cached answer, or when
   *   the client asks for an answer of now
   */
  read({ maxAgeMs }: Freshness): CachedAnswer | Promise<CachedAnswer> {
    const now = performance.now()
    this.#markUsed(now)
    if (maxAgeMs <= 0) return this.#fetch().then(answerOf)
    const freshMs = this.#freshMs
    const latest = this.#latest
    const ageMs = latest && this.#isCurrent(latest) ? now - latest.at : Number.POSITIVE_INFINITY
    if (latest && ageMs <= Math.min(maxAgeMs, freshMs)) {
      if (ageMs > freshMs * refreshAheadAt && !this.#refreshing) this.#refreshAhead()
      return this.#render(latest).answer
    }
    if (latest && this.#budgetDelayMs() > worthWaitingMs) {
      if (!this.#refreshing) this.refreshInBackground()
      return this.#render(latest).answer
    }
    return this.#joinOrRefresh(now).catch((error: unknown) => {
      const kept = this.#latest
      if (kept && error instanceof TooManyRequests) return this.#render(kept).answer
      throw error
    })
  }

  /** Asks AWS now. @throws NotFound */
  async refresh(): Promise<{ answer: CachedAnswer; described: Value }> {
    this.#markUsed(performance.now())
    const { answer, of } = await this.#fetch()
    return { answer, described: of }
  }

  /** Asks AWS with the caller's priority; nobody waits for the result. */
  refreshInBackground(isAheadOfTime = false): void {
    const refreshing: Refresh = { answer: this.#fetch().then(answerOf), startedAt: performance.now(), isAheadOfTime }
    this.#refreshing = refreshing
    const settled = () => {
      if (this.#refreshing === refreshing) this.#refreshing = undefined
    }
    refreshing.answer.then(settled, settled)
  }

  /** After a write: descriptions from before it are not current any more. */
  invalidate(): void {
    this.#notBefore = performance.now()
    this.onInvalidate?.()
  }

  /** Like `invalidate`, for answers that own writes cannot bring up to date. */
  clear(): void {
    this.invalidate()
    this.#latest = undefined
    this.#rendered = undefined
  }

  /** Whether it has been read since the last refresh, and will soon be too old. */
  isDueSoon(now: number): boolean {
    const latest = this.#latest
    return (
      latest !== undefined &&
      !this.#refreshing &&
      this.#lastRead > latest.at &&
      now - latest.at > this.#freshMs * refreshAlongAt
    )
  }

  /** Whether the latest description is newer than the last write. */
  get isCurrent(): boolean {
    return this.#latest !== undefined && this.#isCurrent(this.#latest)
  }

  get fetchedAt(): number {
    return this.#latest?.at ?? Number.NEGATIVE_INFINITY
  }

  get isPinned(): boolean {
    return this.#fetching > 0 || this.onInvalidate !== undefined
  }

  forget(): void {
    this.#latest = undefined
    this.#rendered = undefined
    this.#source.forget()
  }

  /** The cached answer, where no refresh is due. */
  readonly #cachedIfFresh = (): CachedAnswer | undefined => {
    const latest = this.#latest
    if (!latest || !this.#isCurrent(latest)) return undefined
    const now = performance.now()
    const share = this.#refreshing ? 1 : refreshAheadAt
    if (now - latest.at > this.#freshMs * share) return undefined
    this.#markUsed(now)
    return this.#render(latest).answer
  }

  /** Joins a refresh that is under way and will show every write, or begins one with the priority of this read. */
  #joinOrRefresh(now: number): Promise<CachedAnswer> {
    const refreshing = this.#refreshing
    const isGood =
      refreshing &&
      refreshing.startedAt >= this.#notBefore &&
      (!refreshing.isAheadOfTime || now - refreshing.startedAt < joinableMs)
    if (isGood) return refreshing.answer
    for (const other of this.#companions()) other.refreshInBackground()
    this.refreshInBackground()
    return this.#refreshing!.answer
  }

  #refreshAhead(): void {
    withCallContext({ priority: 'background', caller: 'cache' }, () => {
      for (const each of [this as unknown as AnyCacheEntry, ...this.#companions()]) each.refreshInBackground(true)
    })
  }

  #companions(): AnyCacheEntry[] {
    const {
      companions,
      kind: { maxPerCall = 1 },
    } = this.#source
    return companions && maxPerCall > 1
      ? companions(maxPerCall - 1).filter((other) => other !== (this as unknown as AnyCacheEntry))
      : []
  }

  /** The entry is not evicted meanwhile: a write during the call must invalidate its result. */
  async #fetch(): Promise<Rendered<Value>> {
    this.#fetching++
    try {
      const { kind, account, ref, onFetch } = this.#source
      onFetch?.()
      return this.#accept(await kind.describe(account, ref))
    } finally {
      this.#fetching--
    }
  }

  #accept(description: Described<Value>): Rendered<Value> {
    if (description.at >= this.#notBefore && description.at >= this.fetchedAt) {
      this.#latest = sameIfUnchanged(this.#latest, description)
      return this.#render(this.#latest)
    }
    // A later call has returned sooner, or a write came in between: this older description must not replace them.
    return this.#render(this.#latest && this.#isCurrent(this.#latest) ? this.#latest : description)
  }

  #isCurrent(latest: Described<Value>): boolean {
    return latest.at >= this.#notBefore
  }

  #render(latest: Described<Value>): Rendered<Value> {
    const { kind, account, ref } = this.#source
    const found = kind.find(account, ref, latest.value)
    const rendered = this.#rendered
    if (rendered?.of === found) {
      if (rendered.answer.requestedAt !== latest.at) rendered.answer = { ...rendered.answer, requestedAt: latest.at }
      return rendered
    }
    const { freshMs } = this.#source
    const answer = {
      ...cachedAnswerOf(kind.present(found), latest.at),
      ...(freshMs !== undefined && { maxFreshAgeMs: freshMs }),
      findNewest: this.#cachedIfFresh,
      onCompressed: () => {
        if (this.#rendered?.answer.payload === answer.payload) this.#byteBudget.use(this, this.#bytes)
      },
    }
    const made = { of: found, answer }
    this.#rendered = made
    this.#byteBudget.use(this, this.#bytes)
    return made
  }

  get #bytes(): number {
    const answer = this.#rendered?.answer
    if (!answer) return overheadBytes
    const compressed = [...answer.compressed.values()].map((body) => (body instanceof Promise ? 0 : body.length))
    return overheadBytes + 2 * answer.payload.length + compressed.reduce((sum, bytes) => sum + bytes, 0)
  }

  get #freshMs(): number {
    return this.#source.freshMs ?? this.#source.account.freshMs
  }

  #budgetDelayMs(): number {
    const { account, kind } = this.#source
    return account.budget.delayMs(kind.action, account.callContext())
  }

  #markUsed(now: number): void {
    this.#lastRead = now
    if (now - this.#lastUse < 1000) return
    this.#lastUse = now
    this.#byteBudget.use(this, this.#bytes)
  }
}

function answerOf({ answer }: Rendered<object>): CachedAnswer {
  return answer
}

/** Keeps the earlier object when AWS describes the same again, so that its bytes are not made again. */
function sameIfUnchanged<Value>(before: Described<Value> | undefined, now: Described<Value>): Described<Value> {
  return before?.value !== undefined && deepEqual(before.value, now.value) ? { value: before.value, at: now.at } : now
}
