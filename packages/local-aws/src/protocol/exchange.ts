/** A request of a client in this process or over TCP. Header names are lower-case. */
export interface AwsRequest {
  method: string
  path: string
  query: Record<string, string | string[]>
  headers: Record<string, string>
  body: Uint8Array
  /** Aborts when the client no longer waits for the response. */
  signal?: AbortSignal
}

/** The response to an AwsRequest. */
export interface AwsResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/** The caller of a request. Over TCP the signature determines it, in process the request handler. */
export interface Caller {
  /** Twelve digits. */
  account: string
  region: string
  /** The ARN in `registeredBy`, `createdBy` and GetCallerIdentity. */
  arn: string
  /** `UserId` in GetCallerIdentity. */
  userId: string
}
