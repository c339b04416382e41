/**
 * The sessions in containers. A session has a row in the store from its request to its end. With the row, any process
 * can end a session whose process has died, or to which no client has connected.
 */
import type { AuditLog } from '../access/audit.ts'
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { errorText, Problem, Unavailable } from '../problems/problem.ts'
import {
  type ExecSessionRow,
  listSessionsToCheck,
  listSessionsUnderKey,
  removeExecSession,
} from '../store/exec-records.ts'
import type { Store } from '../store/store.ts'
import { OpenTerminals, type OpenTerminalsDeps } from './open-terminals.ts'
import { removeOldRecordings } from './recording.ts'
import { terminateExecSession } from './terminate.ts'

export interface ExecSessionsDeps extends OpenTerminalsDeps {
  store: Store
  allAccounts: () => readonly Account[]
  /** Whether another process is alive. */
  isAlive: (process: string) => Promise<boolean>
  audit: AuditLog
  onNotice: (text: string) => void
  onUnexpectedError: (error: unknown) => void
}

const checkTerminalsEveryMs = 1_000
const endAbandonedEveryMs = 5_000
const removeRecordingsEveryMs = 3_600_000
/** How long a closing process waits until AWS has ended its sessions. */
const closeMs = 3_000

export class ExecSessions {
  readonly deps: ExecSessionsDeps
  /** The terminals of this process. */
  readonly terminals: OpenTerminals
  /** Work at the end of sessions that is in progress. `close` waits for it. */
  readonly #endWork = new Set<Promise<void>>()
  readonly #timers: NodeJS.Timeout[] = []
  #isClosed = false
  #isEndingAbandoned = false

  constructor(deps: ExecSessionsDeps) {
    this.deps = deps
    this.terminals = new OpenTerminals(deps)
  }

  get store(): Store {
    return this.deps.store
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Starts the timers that end invalid terminals and abandoned sessions, and remove old recordings. */
  start(): void {
    const every = (ms: number, work: () => Promise<void>) => {
      this.#timers.push(setInterval(() => void work().catch(this.deps.onUnexpectedError), ms).unref())
    }
    every(checkTerminalsEveryMs, () => this.terminals.endInvalidTerminals())
    every(endAbandonedEveryMs, () => this.#endAbandoned())
    every(removeRecordingsEveryMs, () => this.#removeOldRecordings())
  }

  /** @throws Unavailable `ShuttingDown` */
  requireOpen(): void {
    if (this.#isClosed) throw new Unavailable('ShuttingDown', shutdownReason, { retryAfterSeconds: 1 })
  }

  /**
   * Ends the sessions that the caller opened with the same `Idempotency-Key`, in any process.
   * @param beforeId a session of the caller: only sessions that began earlier are ended
   */
  async endEarlierSessions(
    account: Account,
    caller: Caller,
    idempotencyKeyHash: string,
    beforeId?: string,
  ): Promise<void> {
    const key = { account: account.name, caller: caller.uniqueName, key_hash: idempotencyKeyHash }
    for (const row of await listSessionsUnderKey(this.store, key, beforeId)) {
      this.terminals.end(row.id, 'Replaced', 'Another session was opened under the same Idempotency-Key.')
      await this.end(row)
    }
  }

  /** Ends a session at AWS, unless its `session_id` is empty, then removes its row. */
  async end({ id, session_id, account: name }: Pick<ExecSessionRow, 'id' | 'session_id' | 'account'>): Promise<void> {
    const account = this.deps.findAccount(name)
    if (account && session_id !== '') {
      await terminateExecSession(account, session_id).catch((error: unknown) => {
        const reason = error instanceof Problem ? error.detail : String(error)
        this.deps.onNotice(`the session ${session_id} of account ${name} could not be ended: ${reason}`)
      })
    }
    await removeExecSession(this.store, id).catch(this.deps.onUnexpectedError)
  }

  /** Makes `close` wait for the work, at most `closeMs`. */
  finishBeforeClose(...work: Promise<void>[]): void {
    const endWork = Promise.all(work).then(
      () => {},
      (error: unknown) => this.deps.onUnexpectedError(error),
    )
    this.#endWork.add(endWork)
    endWork.finally(() => this.#endWork.delete(endWork))
  }

  async #endAbandoned(): Promise<void> {
    if (this.#isEndingAbandoned) return
    this.#isEndingAbandoned = true
    try {
      for (const row of await listSessionsToCheck(this.store))
        if (row.owner === null || !(await this.deps.isAlive(row.owner))) await this.end(row)
    } finally {
      this.#isEndingAbandoned = false
    }
  }

  async #removeOldRecordings(): Promise<void> {
    const daysByFolder = new Map<string, number>()
    for (const { execSettings } of this.deps.allAccounts())
      if (execSettings.recordings !== undefined)
        daysByFolder.set(
          execSettings.recordings,
          Math.max(execSettings.recordingDays, daysByFolder.get(execSettings.recordings) ?? 0),
        )
    for (const [folder, longest] of daysByFolder)
      await removeOldRecordings(folder, longest).catch((error: unknown) =>
        this.deps.onNotice(`old recordings in ${folder} could not be removed: ${errorText(error)}`),
      )
  }

  /** Ends all sessions of this process, and waits up to `closeMs` until AWS has ended them. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    this.terminals.endAll('ShuttingDown', shutdownReason)
    const { promise: timeUp, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, closeMs)
    await Promise.race([Promise.all(this.#endWork), timeUp])
    clearTimeout(timer)
  }
}

export const shutdownReason = 'This process is shutting down.'
