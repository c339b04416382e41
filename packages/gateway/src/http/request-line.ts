/** The log line of a request. It never has a header, a body or a query. */
export interface RequestLine {
  /** Undefined when the bytes were no HTTP request. */
  method: string | undefined
  /** The route's pattern; undefined for unknown paths. */
  route: string | undefined
  account: string | undefined
  status: number
  code: string | undefined
  /** The cause of a 5xx, for the operator; the client does not get it. */
  cause: string | undefined
  /** Milliseconds, rounded to tenths. */
  ms: number
  requestId: string
  awsCalls: number
  awsMs: number
  token: string | undefined
  /** Age of a cached answer, in milliseconds. */
  ageMs: number | undefined
  /** For requests with an `Idempotency-Key`: whether the stored response was sent. */
  replayed: boolean | undefined
  /** `true` for a request that asked only for the plan of a change. */
  dryRun: true | undefined
  /** Undefined when traces are not exported. */
  traceId: string | undefined
}

/** Rounds a time for a log line. */
export function roundToTenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
