/**
 * The audit log: every change that was asked for, written before it is done and finished before its answer leaves. There is no way to
 * leave it out: without its entry a change is not made, save one that only takes rights away.
 */
import { randomUUID } from 'node:crypto'
import { Unavailable } from '../problems/problem.ts'
import {
  type AuditedRequest,
  type AuditedResult,
  type AuditRow,
  addEntry,
  finishEntry,
  removeOldEntries,
} from '../store/audit-records.ts'
import { evenWhenFull } from '../store/reserve.ts'
import type { Store } from '../store/store.ts'
import { isStoreUnavailable } from '../store/unavailable.ts'
import { bounded, boundedInput, RejectionBudget } from './audit-bounds.ts'
import { withoutSecrets } from './without-secrets.ts'

const dayMs = 86_400_000
const tidyEveryMs = 3_600_000
/** How often the number of rejections that are counted together is written. */
const countEveryMs = 10_000
/** Entries that wait for a store that takes them again. */
const maxUnwritten = 1000

type AuditEntry = ReturnType<typeof presentEntry>

/** Rejected requests of one caller that are alike, in one entry. */
interface Counted {
  row: AuditRow
  count: number
}

export class AuditLog {
  readonly #store: Store
  readonly #keptDays: number
  readonly #now: () => number
  readonly #ageingNow: () => number
  readonly #onEntry: (entry: AuditEntry) => void
  readonly #onFault: (error: unknown) => void
  readonly #budget: RejectionBudget
  /** By caller, action, status and code, since the last time that the counts were written. */
  #counted = new Map<string, Counted>()
  #counting: NodeJS.Timeout | undefined
  /** Ids of entries of changes that take rights away and are under way. */
  readonly #takingRightsAway = new Set<string>()
  /** Entries of changes that take rights away, made while the store took none. */
  readonly #unwritten = new Map<string, AuditRow>()
  #tidiedAt = 0

  constructor(parts: {
    store: Store
    keptDays: number
    rejectionsPerMinute: number
    now: () => number
    /** By which entries grow old. */
    ageingNow: () => number
    onEntry: (entry: AuditEntry) => void
    onFault: (error: unknown) => void
  }) {
    this.#store = parts.store
    this.#keptDays = parts.keptDays
    this.#now = parts.now
    this.#ageingNow = parts.ageingNow
    this.#onEntry = parts.onEntry
    this.#onFault = parts.onFault
    this.#budget = new RejectionBudget(parts.rejectionsPerMinute, parts.now)
  }

  /**
   * @param takesRightsAway such a change is made also where the store has no room for its entry, which is written once it has
   * @throws Unavailable `StoreUnavailable`: the change must not be made
   */
  async begin(request: AuditedRequest, takesRightsAway = false): Promise<AuditRow> {
    const row = this.#rowOf(request)
    if (takesRightsAway) this.#takingRightsAway.add(row.id)
    const add = () => addEntry(this.#store, row)
    try {
      await this.#written(takesRightsAway ? evenWhenFull(this.#store, add) : add())
    } catch (error) {
      if (!takesRightsAway || this.#unwritten.size >= maxUnwritten) throw error
      this.#unwritten.set(row.id, row)
    }
    return row
  }

  async finish(entry: AuditRow, result: AuditedResult): Promise<void> {
    const finished = { ...entry, ...this.#finishOf(result) }
    const write = () => finishEntry(this.#store, finished)
    const takesRightsAway = this.#takingRightsAway.delete(entry.id)
    if (this.#unwritten.has(entry.id)) this.#unwritten.set(entry.id, finished)
    else await (takesRightsAway ? evenWhenFull(this.#store, write) : write())
    this.#onEntry(presentEntry(finished))
  }

  /** A change that was rejected before it began. Beyond a budget of each caller, alike ones are counted in one entry. */
  async refused(request: AuditedRequest, result: AuditedResult): Promise<void> {
    if (!this.#budget.take(request.caller)) return this.#count(request, result)
    const row = { ...this.#rowOf(request), ...this.#finishOf(result) }
    await this.#written(addEntry(this.#store, row))
    this.#onEntry(presentEntry(row))
  }

  /** Writes what is counted but not written. */
  async close(): Promise<void> {
    clearTimeout(this.#counting)
    await this.#writeCounts().catch(this.#onFault)
  }

  #count(request: AuditedRequest, result: AuditedResult): void {
    const name = JSON.stringify([request.caller, request.action, result.status, result.code])
    const counted = this.#counted.get(name)
    if (counted) counted.count++
    else {
      // Members that differ among alike requests say nothing of all of them.
      const row = {
        ...this.#rowOf({ ...request, path: '', cluster: undefined, query: [], body: undefined }),
        ...this.#finishOf(result),
      }
      this.#counted.set(name, { row, count: 1 })
    }
    this.#counting ??= setTimeout(() => void this.#writeCounts().catch(this.#onFault), countEveryMs).unref()
  }

  async #writeCounts(): Promise<void> {
    this.#counting = undefined
    const counted = this.#counted
    this.#counted = new Map()
    for (const { row, count } of counted.values()) {
      const counting = {
        ...row,
        finished_at: new Date(this.#now()).toISOString(),
        input: JSON.stringify({ alikeRequests: count }),
      }
      await this.#written(addEntry(this.#store, counting))
      this.#onEntry(presentEntry(counting))
    }
  }

  #rowOf(request: AuditedRequest): AuditRow {
    const { requestId, caller, role, source, action, path, account, cluster, query, body } = bounded(request)
    return {
      id: randomUUID(),
      at: new Date(this.#now()).toISOString(),
      request_id: requestId,
      caller,
      role,
      source,
      action,
      path,
      account: account ?? null,
      cluster: cluster ?? null,
      input: boundedInput({ query, ...(body !== undefined && { body: withoutSecrets(body) }) }),
      status: null,
      code: null,
      aws_request_ids: null,
      finished_at: null,
    }
  }

  #finishOf({
    status,
    code,
    awsRequestIds,
  }: AuditedResult): Pick<AuditRow, 'status' | 'code' | 'aws_request_ids' | 'finished_at'> {
    return {
      status,
      code: code ?? null,
      aws_request_ids: JSON.stringify(awsRequestIds),
      finished_at: new Date(this.#now()).toISOString(),
    }
  }

  async #written(write: Promise<void>): Promise<void> {
    try {
      await write
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error
      throw new Unavailable('StoreUnavailable', 'The change could not be recorded, so it was not made.', error.options)
    }
    this.#tidy()
    this.#writeUnwritten()
  }

  #writeUnwritten(): void {
    for (const [id, row] of this.#unwritten) {
      if (row.finished_at === null) continue
      this.#unwritten.delete(id)
      addEntry(this.#store, row).catch((error: unknown) => {
        if (isStoreUnavailable(error)) this.#unwritten.set(id, row)
        else this.#onFault(error)
      })
    }
  }

  #tidy(): void {
    const now = this.#ageingNow()
    if (now - this.#tidiedAt < tidyEveryMs) return
    this.#tidiedAt = now
    removeOldEntries(this.#store, new Date(now - this.#keptDays * dayMs)).catch(this.#onFault)
  }
}

/** An entry as people and log shippers see it. */
export function presentEntry(row: AuditRow) {
  return {
    id: row.id,
    at: row.at,
    finishedAt: row.finished_at,
    requestId: row.request_id,
    caller: row.caller,
    role: row.role,
    source: row.source,
    action: row.action,
    path: row.path,
    account: row.account,
    cluster: row.cluster,
    input: row.input === null ? null : JSON.parse(row.input),
    status: row.status,
    code: row.code,
    awsRequestIds: row.aws_request_ids === null ? [] : JSON.parse(row.aws_request_ids),
  }
}
