/**
 * The types of requests and responses, for clients in this process and over TCP alike. Names of headers are lower-case.
 */
export interface Call {
  method: string
  path: string
  query: Record<string, string | string[]>
  headers: Record<string, string>
  body: Uint8Array
  /** Aborts when the client no longer waits for the response. */
  signal?: AbortSignal
}

export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** The caller of a request: over TCP it follows from the signature, in process the handler fixes it. */
export interface Caller {
  /** Twelve digits. */
  account: string
  region: string
  /** The ARN in `registeredBy`, `createdBy` and GetCallerIdentity. */
  arn: string
  /** `UserId` in GetCallerIdentity. */
  userId: string
}
