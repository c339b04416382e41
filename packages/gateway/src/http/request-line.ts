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
  /** Where traces are kept. */
  traceId: string | undefined
}

/** As a line has them. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
