/** What the front door needs from the rest of the house; compose.ts brings it. */

import type { AuditedRequest, AuditedResult, AuditRow } from '../store/audit-records.ts'
import type { Caller } from './caller.ts'
import type { IdempotencyKeys } from './idempotency.ts'

export interface ServerParts<Account> {
  findAccount: (name: string) => Account | undefined
  accountNames: () => readonly string[]
  /** Who shows this token, or undefined. */
  authenticate: (token: string) => Caller | undefined | Promise<Caller | undefined>
  audit: Audit
  idempotencyKeys: IdempotencyKeys
  /** Told once a request is answered. */
  onAnswered: (line: RequestLine) => void
  /** Told of every 500: a bug. */
  onBug: (error: unknown, requestId: string) => void
}

/** Keeps the audit. */
interface Audit {
  begin: (request: AuditedRequest) => Promise<AuditRow>
  finish: (entry: AuditRow, result: AuditedResult) => Promise<void>
  refused: (request: AuditedRequest, result: AuditedResult) => Promise<void>
}

/** All that the log says of a request: never a header, a body or a query. */
export interface RequestLine {
  /** Absent where what came was no HTTP request. */
  method: string | undefined
  /** The route's pattern; absent on unknown paths. */
  route: string | undefined
  account: string | undefined
  status: number
  code: string | undefined
  /** What lies behind a 5xx, for whoever runs the service; the client is not told. */
  cause: string | undefined
  /** Milliseconds, to a tenth. */
  ms: number
  requestId: string
  awsCalls: number
  awsMs: number
  token: string | undefined
  /** How old the answer was, in milliseconds; of what is answered from a view. */
  ageMs: number | undefined
  /** Under an `Idempotency-Key`: whether the first answer was given again. */
  replayed: boolean | undefined
}
