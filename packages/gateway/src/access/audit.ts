/**
 * The audit's pen: every change that was asked for, written before it is done and finished before its answer leaves. There is no way to
 * leave it out: without its entry a change is not made.
 */
import { randomUUID } from 'node:crypto'
import { Unavailable } from '../problems/problem.ts'
import { type AuditedRequest, type AuditedResult, type AuditRow, addEntry, finishEntry, removeEntriesBefore } from '../store/audit-records.ts'
import type { Store } from '../store/store.ts'
import { isStoreUnavailable } from '../store/unavailable.ts'
import { withoutSecrets } from './without-secrets.ts'

const dayMs = 86_400_000
const tidyEveryMs = 3_600_000

type AuditEntry = ReturnType<typeof presentEntry>

export class AuditPen {
  readonly #store: Store
  readonly #keptDays: number
  readonly #now: () => number
  readonly #onEntry: (entry: AuditEntry) => void
  readonly #onFault: (error: unknown) => void
  #tidiedAt = 0

  constructor(parts: {
    store: Store
    keptDays: number
    now: () => number
    onEntry: (entry: AuditEntry) => void
    onFault: (error: unknown) => void
  }) {
    this.#store = parts.store
    this.#keptDays = parts.keptDays
    this.#now = parts.now
    this.#onEntry = parts.onEntry
    this.#onFault = parts.onFault
  }

  /** @throws Unavailable `StoreUnavailable`: the change must not be made */
  async begin(request: AuditedRequest): Promise<AuditRow> {
    const row = this.#rowOf(request)
    await this.#written(addEntry(this.#store, row))
    return row
  }

  async finish(entry: AuditRow, result: AuditedResult): Promise<void> {
    const finished = { ...entry, ...this.#finishOf(result) }
    await finishEntry(this.#store, finished)
    this.#onEntry(presentEntry(finished))
  }

  /** A change that was refused before it began. */
  async refused(request: AuditedRequest, result: AuditedResult): Promise<void> {
    const row = { ...this.#rowOf(request), ...this.#finishOf(result) }
    await this.#written(addEntry(this.#store, row))
    this.#onEntry(presentEntry(row))
  }

  #rowOf({ requestId, caller, role, source, action, path, account, cluster, query, body }: AuditedRequest): AuditRow {
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
      input: JSON.stringify({ query, ...(body !== undefined && { body: withoutSecrets(body) }) }),
      status: null,
      code: null,
      aws_request_ids: null,
      finished_at: null,
    }
  }

  #finishOf({ status, code, awsRequestIds }: AuditedResult): Pick<AuditRow, 'status' | 'code' | 'aws_request_ids' | 'finished_at'> {
    return { status, code: code ?? null, aws_request_ids: JSON.stringify(awsRequestIds), finished_at: new Date(this.#now()).toISOString() }
  }

  async #written(write: Promise<void>): Promise<void> {
    try {
      await write
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error
      throw new Unavailable('StoreUnavailable', 'The change could not be recorded, so it was not made.', error.options)
    }
    this.#tidy()
  }

  #tidy(): void {
    if (this.#now() - this.#tidiedAt < tidyEveryMs) return
    this.#tidiedAt = this.#now()
    removeEntriesBefore(this.#store, new Date(this.#now() - this.#keptDays * dayMs).toISOString()).catch(this.#onFault)
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
