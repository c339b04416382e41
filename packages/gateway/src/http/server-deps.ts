/** Dependencies of the HTTP server; compose.ts passes them in. */
import type { IncomingHttpHeaders } from 'node:http'
import type { AuditedRequest, AuditedResult, AuditRow } from '../store/audit-records.ts'
import type { RequestTrace } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import type { IdempotencyKeys } from './idempotency.ts'
import type { RequestLine } from './request-line.ts'

export interface ServerDeps<Account> {
  findAccount: (name: string) => Account | undefined
  accountNames: () => readonly string[]
  /**
   * Checks references in path and query that may belong to another account; undefined when there is nothing to check.
   */
  rejectForeignArns: (
    account: Account,
    params: Readonly<Record<string, unknown>>,
    query: Readonly<Record<string, unknown>>,
  ) => Promise<void> | undefined
  /** The caller of a token; undefined when the token is not valid. */
  authenticate: (token: string) => Caller | undefined | Promise<Caller | undefined>
  /** The caller of a token; undefined also when that needs a lookup in the store. */
  cachedCaller: (token: string) => Caller | undefined
  /** The caller of a session's CSRF token and one of the cookies; undefined without a valid pair. */
  authenticateSession: (cookies: readonly string[], csrfToken: string) => Promise<Caller | undefined>
  /** Calls the listener whenever a token or a session may have become invalid. */
  onTokensChanged: (listener: () => void) => void
  audit: Audit
  idempotencyKeys: IdempotencyKeys
  /** Resolves once the other processes have acknowledged the changes of this one; undefined without other processes. */
  peersAcknowledged?: (() => Promise<void>) | undefined
  /** Begins the trace of a request; undefined when traces are not exported. */
  trace?: ((headers: IncomingHttpHeaders) => RequestTrace) | undefined
  /** Called when a request has been answered. */
  onAnswered: (line: RequestLine) => void
  /** Called for every 500: a bug. */
  onBug: (error: unknown, requestId?: string) => void
}

/** The audit log. */
export interface Audit {
  begin: (request: AuditedRequest, options?: { mayPrecedeAudit?: boolean | undefined }) => Promise<AuditRow>
  finish: (entry: AuditRow, result: AuditedResult) => Promise<void>
  recordRejected: (request: AuditedRequest, result: AuditedResult) => Promise<void>
}
