/**
 * A cache entry: AWS's latest description of one resource or one list, and the bytes of the response with it. A read of
 * a fresh entry needs no call to AWS. A read of an entry that will soon be too old refreshes the entry in the
 * background, so frequent readers never wait.
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
  kind: Pick<ResourceKind<Value>, 'action' | 'describe' | 'applyRecentWrites' | 'toApiResource'> & {
    maxPerCall?: number
  }
  ref: ResourceRef
  /** How old an answer may be, in milliseconds; default: the account's `freshMs`. */
  freshMs?: number | undefined
  /** Returns other entries that the same call could refresh and that will soon be too old, `max` at most. */
  companions?: (max: number) => AnyCacheEntry[]
  /** Called before each call to AWS. */
  onFetch?: () => void
  /** Called when the entry is evicted. */
  forget: () => void
}

/** An entry of any kind. */
export type AnyCacheEntry = CacheEntry<object>

/** A read refreshes an entry in the background when the entry is older than this share of its allowed age. */
const refreshAheadShare = 0.8
/** An entry older than this share of its allowed age is refreshed together with another entry. */
const refreshAlongShare = 0.6
/** A read returns a cached answer that is too old rather than wait longer than this for the request budget. */
const maxBudgetDelayMs = 250
/** A read waits for a refresh ahead of time only if the refresh began within this time: an older one may be stuck. */
const joinableMs = 300
/** Memory of an entry beside the response's bytes, with its path in the HTTP server: measured with 15,000 paths. */
const overheadBytes = 4096

/** A response's bytes, and the resource in them. */
interface Rendered<Value extends object> {
  described: Value
  answer: CachedAnswer
}

interface Refresh {
  answer: Promise<CachedAnswer>
  startedAt: number
  /** The refresh began while the cached answer was still fresh enough. */
  isAheadOfTime: boolean
}

export class CacheEntry<Value extends object> implements BudgetedEntry {
  readonly #source: EntrySource<Value>
  readonly #byteBudget: ByteBudget
  #latest: Described<Value> | undefined
  #rendered: Rendered<Value> | undefined
  /** The time of the last write. A description that was requested earlier may lack the write. */
  #invalidatedAt = Number.NEGATIVE_INFINITY
  #lastReadAt = 0
  /** When the byte budget was last informed of a use. */
  #markedUsedAt = Number.NEGATIVE_INFINITY
  #refreshInProgress: Refresh | undefined
  /** The number of calls to AWS that have not returned. */
  #fetchesInFlight = 0
  /** Called after a write to the resource. An entry with this listener is not evicted. */
  onInvalidate: (() => void) | undefined
  /** Called when the resource may have changed elsewhere. The latest description stays valid until its age ends. */
  onReportedChange: (() => void) | undefined

  constructor(source: EntrySource<Value>, byteBudget: ByteBudget) {
    this.#source = source
    this.#byteBudget = byteBudget
  }

  /**
   * Returns the answer. A fresh cached answer is returned directly, not as a promise.
   * @throws NotFound, and the problem of a failed call to AWS; TooManyRequests only without a cached answer, or with a
   *   `maxAgeMs` of 0
   */
  read({ maxAgeMs }: Freshness): CachedAnswer | Promise<CachedAnswer> {
    const now = performance.now()
    this.#markUsed(now)
    if (maxAgeMs <= 0) return this.#fetch().then(answerOf)
    const freshMs = this.#freshMs
    const latest = this.#latest
    const ageMs = latest && this.#isCurrent(latest) ? now - latest.requestedAt : Number.POSITIVE_INFINITY
    if (latest && ageMs <= Math.min(maxAgeMs, freshMs)) {
      if (ageMs > freshMs * refreshAheadShare && !this.#refreshInProgress) this.#refreshAhead()
      return this.#render(latest).answer
    }
    if (latest && this.#budgetDelayMs() > maxBudgetDelayMs) {
      if (!this.#refreshInProgress) this.refreshInBackground()
      return this.#render(latest).answer
    }
    return this.#joinOrRefresh(now).catch((error: unknown) => {
      const cached = this.#latest
      if (cached && error instanceof TooManyRequests) return this.#render(cached).answer
      throw error
    })
  }

  /** Requests the resource from AWS now. @throws NotFound */
  async refresh(): Promise<{ answer: CachedAnswer; described: Value }> {
    this.#markUsed(performance.now())
    return this.#fetch()
  }

  /**
   * Requests the resource from AWS and does not wait for the response.
   * @param options.isAheadOfTime the cached answer is still fresh enough
   */
  refreshInBackground({ isAheadOfTime = false } = {}): void {
    const refresh: Refresh = { answer: this.#fetch().then(answerOf), startedAt: performance.now(), isAheadOfTime }
    this.#refreshInProgress = refresh
    const onSettled = () => {
      if (this.#refreshInProgress === refresh) this.#refreshInProgress = undefined
    }
    refresh.answer.then(onSettled, onSettled)
  }

  /** Call it after a write: descriptions that were requested before the write are not current any more. */
  invalidate(): void {
    this.#invalidatedAt = performance.now()
    this.onInvalidate?.()
  }

  /** Invalidates and removes the cached answer. For composite answers, to which recent writes are not added. */
  clear(): void {
    this.invalidate()
    this.#latest = undefined
    this.#rendered = undefined
  }

  /** Whether the entry has been read since the last refresh and will soon be too old. */
  isDueSoon(now: number): boolean {
    const latest = this.#latest
    return (
      latest !== undefined &&
      !this.#refreshInProgress &&
      this.#lastReadAt > latest.requestedAt &&
      now - latest.requestedAt > this.#freshMs * refreshAlongShare
    )
  }

  /** Whether the latest description is newer than the last write. */
  get isCurrent(): boolean {
    return this.#latest !== undefined && this.#isCurrent(this.#latest)
  }

  get fetchedAt(): number {
    return this.#latest?.requestedAt ?? Number.NEGATIVE_INFINITY
  }

  get isPinned(): boolean {
    return this.#fetchesInFlight > 0 || this.onInvalidate !== undefined
  }

  forget(): void {
    this.#latest = undefined
    this.#rendered = undefined
    this.#source.forget()
  }

  /** Returns the cached answer; undefined when a refresh is due. */
  readonly #cachedIfFresh = (): CachedAnswer | undefined => {
    const latest = this.#latest
    if (!latest || !this.#isCurrent(latest)) return undefined
    const now = performance.now()
    const share = this.#refreshInProgress ? 1 : refreshAheadShare
    if (now - latest.requestedAt > this.#freshMs * share) return undefined
    this.#markUsed(now)
    return this.#render(latest).answer
  }

  /** Waits for a refresh that began after the last write, or begins a refresh with the priority of this read. */
  #joinOrRefresh(now: number): Promise<CachedAnswer> {
    const refresh = this.#refreshInProgress
    const isJoinable =
      refresh &&
      refresh.startedAt >= this.#invalidatedAt &&
      (!refresh.isAheadOfTime || now - refresh.startedAt < joinableMs)
    if (isJoinable) return refresh.answer
    for (const companion of this.#companions()) companion.refreshInBackground()
    this.refreshInBackground()
    return this.#refreshInProgress!.answer
  }

  #refreshAhead(): void {
    withCallContext({ priority: 'background', caller: 'cache' }, () => {
      for (const each of [this as unknown as AnyCacheEntry, ...this.#companions()])
        each.refreshInBackground({ isAheadOfTime: true })
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

  /** Requests the resource from AWS. The entry stays pinned, so that a write during the call invalidates the result. */
  async #fetch(): Promise<Rendered<Value>> {
    this.#fetchesInFlight++
    try {
      const { kind, account, ref, onFetch } = this.#source
      onFetch?.()
      return this.#accept(await kind.describe(account, ref))
    } finally {
      this.#fetchesInFlight--
    }
  }

  #accept(description: Described<Value>): Rendered<Value> {
    if (description.requestedAt >= this.#invalidatedAt && description.requestedAt >= this.fetchedAt) {
      this.#latest = keepIfUnchanged(this.#latest, description)
      return this.#render(this.#latest)
    }
    // The description is older than the latest description or the last write, so it is not stored.
    return this.#render(this.#latest && this.#isCurrent(this.#latest) ? this.#latest : description)
  }

  #isCurrent(latest: Described<Value>): boolean {
    return latest.requestedAt >= this.#invalidatedAt
  }

  #render(latest: Described<Value>): Rendered<Value> {
    const { kind, account, ref } = this.#source
    const described = kind.applyRecentWrites(account, ref, latest.value)
    const rendered = this.#rendered
    if (rendered?.described === described) {
      if (rendered.answer.requestedAt !== latest.requestedAt)
        rendered.answer = { ...rendered.answer, requestedAt: latest.requestedAt }
      return rendered
    }
    const { freshMs } = this.#source
    const answer = {
      ...cachedAnswerOf(kind.toApiResource(described), latest.requestedAt),
      ...(freshMs !== undefined && { maxFreshAgeMs: freshMs }),
      latestIfFresh: this.#cachedIfFresh,
      onCompressed: () => {
        if (this.#rendered?.answer.payload === answer.payload) this.#byteBudget.use(this, this.#bytes)
      },
    }
    this.#rendered = { described, answer }
    this.#byteBudget.use(this, this.#bytes)
    return this.#rendered
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
    return account.requestBudget.delayMs(kind.action, account.callContext())
  }

  #markUsed(now: number): void {
    this.#lastReadAt = now
    if (now - this.#markedUsedAt < 1000) return
    this.#markedUsedAt = now
    this.#byteBudget.use(this, this.#bytes)
  }
}

function answerOf({ answer }: Rendered<object>): CachedAnswer {
  return answer
}

/** Keeps the previous object when AWS returns an equal description, so that the response is not serialised again. */
function keepIfUnchanged<Value>(previous: Described<Value> | undefined, latest: Described<Value>): Described<Value> {
  return previous?.value !== undefined && deepEqual(previous.value, latest.value)
    ? { value: previous.value, requestedAt: latest.requestedAt }
    : latest
}
