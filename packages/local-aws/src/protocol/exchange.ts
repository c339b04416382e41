/** A request, from whichever door it came. Header names are lower-case. */
export interface Call {
  method: string
  path: string
  query: Record<string, string | string[]>
  headers: Record<string, string>
  body: Uint8Array
  /** Aborted when nobody waits for the answer any more. */
  gone?: AbortSignal
}

export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Who asks, and where: what a signature tells, or what the door in process is trusted with. */
export interface Caller {
  /** Twelve digits. */
  account: string
  region: string
  /** The ARN that `registeredBy`, `createdBy` and GetCallerIdentity show. */
  arn: string
  /** What GetCallerIdentity calls `UserId`. */
  userId: string
}
