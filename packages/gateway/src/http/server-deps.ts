/** What the front door needs from the rest of the house; compose.ts brings it. */
import type { IncomingHttpHeaders } from 'node:http'
import type { AuditedRequest, AuditedResult, AuditRow } from '../store/audit-records.ts'
import type { RequestTrace } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import type { IdempotencyKeys } from './idempotency.ts'
import type { RequestLine } from './request-line.ts'

export interface ServerDeps<Account> {
  findAccount: (name: string) => Account | undefined
  accountNames: () => readonly string[]
  /** Checks references in a path and query that may be another account's; undefined where there is nothing to check. */
  checkReferences: (
    account: Account,
    params: Readonly<Record<string, unknown>>,
    query: Readonly<Record<string, unknown>>,
  ) => Promise<void> | undefined
  /** Who shows this token, or undefined. */
  authenticate: (token: string) => Caller | undefined | Promise<Caller | undefined>
  /** Who shows this token, where that is known without a look. */
  recall: (token: string) => Caller | undefined
  /** Calls the listener whenever a token may not be good any more. */
  onTokensChanged: (listener: () => void) => void
  audit: Audit
  idempotencyKeys: IdempotencyKeys
  /** Resolves once other processes have heard what was changed here; undefined where there are none. */
  peersAcknowledged?: (() => Promise<void>) | undefined
  /** Where traces are kept: a request begins. */
  trace?: ((headers: IncomingHttpHeaders) => RequestTrace) | undefined
  /** Told once a request is answered. */
  onAnswered: (line: RequestLine) => void
  /** Told of every 500: a bug. */
  onBug: (error: unknown, requestId?: string) => void
}

/** Keeps the audit. */
interface Audit {
  begin: (request: AuditedRequest, takesRightsAway?: boolean) => Promise<AuditRow>
  finish: (entry: AuditRow, result: AuditedResult) => Promise<void>
  refused: (request: AuditedRequest, result: AuditedResult) => Promise<void>
}
