/**
 * The audit log: an entry for every requested change. The entry is written before the change is made, and completed
 * before the response is sent. A change whose entry cannot be written is rejected. The exception is a change that only
 * takes rights away, such as the revocation of a token: this change is made even then, and its entry is written later.
 */
import { randomUUID } from 'node:crypto'
import { Unavailable } from '../problems/problem.ts'
import {
  type AuditedRequest,
  type AuditedResult,
  type AuditRow,
  addAuditEntry,
  finishAuditEntry,
  removeOldAuditEntries,
} from '../store/audit-records.ts'
import { isPlanQuery } from '../store/audit-services.ts'
import { writeEvenWhenFull } from '../store/disk-reserve.ts'
import type { Store } from '../store/store.ts'
import { isStoreUnavailable } from '../store/unavailable.ts'
import { RejectionBudget, redactAndShorten, toLimitedJson } from './audit-bounds.ts'
import { withoutSecrets } from './without-secrets.ts'

const dayMs = 86_400_000
const cleanupIntervalMs = 3_600_000
/** Time from the first counted rejection until the counts are written. */
const writeCountsAfterMs = 10_000
/** The highest number of entries that wait until the store accepts writes again. */
const maxUnwritten = 1000

type AuditEntry = ReturnType<typeof toAuditEntry>

/** One entry for similar rejected requests of one caller. */
interface CountedRejections {
  row: AuditRow
  count: number
}

export class AuditLog {
  readonly #store: Store
  readonly #keptDays: number
  readonly #now: () => number
  readonly #ageingNow: () => number
  readonly #onEntry: (entry: AuditEntry) => void
  readonly #onUnexpectedError: (error: unknown) => void
  readonly #rejectionBudget: RejectionBudget
  /** The rejections since the counts were last written, by caller, action, status and code. */
  readonly #counted = new Map<string, CountedRejections>()
  #countTimer: NodeJS.Timeout | undefined
  /** Ids of entries whose change is in progress, and is made even while its entry is not stored. */
  readonly #idsThatMayPrecedeAudit = new Set<string>()
  /** Entries of such changes that began while the store accepted no entries. */
  readonly #unwritten = new Map<string, AuditRow>()
  #cleanedUpAt = 0

  constructor(deps: {
    store: Store
    keptDays: number
    /** Limit of audit entries for rejected requests, per caller. Above the limit, one entry counts the rejections. */
    rejectionsPerMinute: number
    /** Milliseconds since 1970. */
    now: () => number
    /** The clock for the age of entries: unlike `now`, it does not follow a system clock that jumps forward. */
    ageingNow: () => number
    /** Called with each completed entry. */
    onEntry: (entry: AuditEntry) => void
    onUnexpectedError: (error: unknown) => void
  }) {
    this.#store = deps.store
    this.#keptDays = deps.keptDays
    this.#now = deps.now
    this.#ageingNow = deps.ageingNow
    this.#onEntry = deps.onEntry
    this.#onUnexpectedError = deps.onUnexpectedError
    this.#rejectionBudget = new RejectionBudget(deps.rejectionsPerMinute, deps.now)
  }

  /**
   * Writes the entry of a change before the change is made.
   * @param options.mayPrecedeAudit the change may be made before its entry is stored; the entry is written later
   * @throws Unavailable `StoreUnavailable`: the change must not be made
   */
  async begin(
    request: AuditedRequest,
    { mayPrecedeAudit = false }: { mayPrecedeAudit?: boolean | undefined } = {},
  ): Promise<AuditRow> {
    const row = this.#rowOf(request)
    if (mayPrecedeAudit) this.#idsThatMayPrecedeAudit.add(row.id)
    const add = () => addAuditEntry(this.#store, row)
    try {
      await this.#awaitWrite(mayPrecedeAudit ? writeEvenWhenFull(this.#store, add) : add())
    } catch (error) {
      if (!mayPrecedeAudit || this.#unwritten.size >= maxUnwritten) {
        this.#idsThatMayPrecedeAudit.delete(row.id)
        throw error
      }
      this.#unwritten.set(row.id, row)
    }
    return row
  }

  /** Completes the entry of a change with its result. The result's `outcome` is stored in `input`. */
  async finish(entry: AuditRow, result: AuditedResult): Promise<void> {
    const { outcome, deployment = null } = result
    const input = outcome ? toLimitedJson({ ...JSON.parse(entry.input ?? '{}'), outcome }) : entry.input
    const finished = { ...entry, ...this.#resultColumns(result), input, deployment }
    const write = () => finishAuditEntry(this.#store, finished)
    const mayPrecedeAudit = this.#idsThatMayPrecedeAudit.delete(entry.id)
    if (this.#unwritten.has(entry.id)) this.#unwritten.set(entry.id, finished)
    else await (mayPrecedeAudit ? writeEvenWhenFull(this.#store, write) : write())
    this.#onEntry(toAuditEntry(finished))
  }

  /**
   * Writes the entry of a change that was rejected before it began. When a caller has used up its entries for this
   * minute, similar rejections are counted in one entry.
   */
  async recordRejected(request: AuditedRequest, result: AuditedResult): Promise<void> {
    if (!this.#rejectionBudget.take(request.caller)) return this.#count(request, result)
    const row = { ...this.#rowOf(request), ...this.#resultColumns(result) }
    await this.#awaitWrite(addAuditEntry(this.#store, row))
    this.#onEntry(toAuditEntry(row))
  }

  /** Writes the counts and the entries that are not written yet. */
  async close(): Promise<void> {
    clearTimeout(this.#countTimer)
    await this.#writeCounts().catch(this.#onUnexpectedError)
    await this.#writeUnwritten()
    for (const { id } of this.#unwritten.values())
      this.#onUnexpectedError(new Error(`The entry ${id} of the audit log is lost: the store accepts no entries.`))
  }

  #count(request: AuditedRequest, result: AuditedResult): void {
    const name = JSON.stringify([request.caller, request.action, result.status, result.code])
    const counted = this.#counted.get(name)
    if (counted) counted.count++
    else {
      // Members that differ between similar requests are left empty.
      const row = {
        ...this.#rowOf({ ...request, path: '', cluster: undefined, service: undefined, query: [], body: undefined }),
        ...this.#resultColumns(result),
      }
      this.#counted.set(name, { row, count: 1 })
    }
    this.#writeCountsLater()
  }

  #writeCountsLater(): void {
    const write = async () => {
      this.#countTimer = undefined
      await this.#writeCounts().catch((error: unknown) => {
        if (isStoreUnavailable(error)) this.#writeCountsLater()
        else this.#onUnexpectedError(error)
      })
    }
    this.#countTimer ??= setTimeout(() => void write(), writeCountsAfterMs).unref()
  }

  /** Writes the counts. After a write that fails, this count and the following counts stay for the next attempt. */
  async #writeCounts(): Promise<void> {
    for (const [name, { row, count }] of this.#counted) {
      const entry = {
        ...row,
        finished_at: new Date(this.#now()).toISOString(),
        input: JSON.stringify({ alikeRequests: count }),
      }
      this.#counted.delete(name)
      try {
        await addAuditEntry(this.#store, entry)
      } catch (error) {
        const countMeanwhile = this.#counted.get(name)?.count ?? 0
        this.#counted.set(name, { row, count: count + countMeanwhile })
        throw error
      }
      this.#onEntry(toAuditEntry(entry))
    }
  }

  #rowOf(request: AuditedRequest): AuditRow {
    const { requestId, caller, role, source, action, path, account, cluster, service, query, body } =
      redactAndShorten(request)
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
      service: service ?? null,
      is_plan: isPlanQuery(query) ? 1 : 0,
      input: toLimitedJson({ query, ...(body !== undefined && { body: withoutSecrets(body) }) }),
      status: null,
      code: null,
      aws_request_ids: null,
      finished_at: null,
      revision: null,
      deployment: null,
      outcome: null,
      outcome_reason: null,
      ended_at: null,
      check_at: null,
    }
  }

  #resultColumns({
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

  /**
   * Awaits the write of an entry. After a success, it removes old entries and writes waiting entries in the background.
   * @throws Unavailable `StoreUnavailable`
   */
  async #awaitWrite(write: Promise<void>): Promise<void> {
    try {
      await write
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error
      throw new Unavailable('StoreUnavailable', 'The change could not be recorded, so it was not made.', error.options)
    }
    this.#removeOldEntries()
    void this.#writeUnwritten()
  }

  /** Writes the waiting entries of finished changes. An entry that cannot be written continues to wait. */
  async #writeUnwritten(): Promise<void> {
    const finished = [...this.#unwritten.values()].filter(({ finished_at }) => finished_at !== null)
    for (const { id } of finished) this.#unwritten.delete(id)
    const writes = finished.map((row) =>
      addAuditEntry(this.#store, row).catch((error: unknown) => {
        if (isStoreUnavailable(error)) this.#unwritten.set(row.id, row)
        else this.#onUnexpectedError(error)
      }),
    )
    await Promise.all(writes)
  }

  #removeOldEntries(): void {
    const now = this.#ageingNow()
    if (now - this.#cleanedUpAt < cleanupIntervalMs) return
    this.#cleanedUpAt = now
    removeOldAuditEntries(this.#store, new Date(now - this.#keptDays * dayMs)).catch(this.#onUnexpectedError)
  }
}

/** Converts a row of the store to an entry as the API and the log show it. */
export function toAuditEntry(row: AuditRow) {
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
    service: row.service,
    input: row.input === null ? null : JSON.parse(row.input),
    status: row.status,
    code: row.code,
    awsRequestIds: row.aws_request_ids === null ? [] : JSON.parse(row.aws_request_ids),
    deployment: deploymentOf(row),
  }
}

function deploymentOf({ revision, deployment, outcome, outcome_reason, ended_at }: AuditRow) {
  if (revision === null && deployment === null) return null
  return { id: deployment, outcome: outcome ?? 'under-way', reason: outcome_reason, endedAt: ended_at }
}
