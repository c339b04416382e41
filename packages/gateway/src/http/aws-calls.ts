/**
 * The calls to AWS of one request: their number and time for `Server-Timing` and the log, the changes for the audit
 * log, and the caller who sent the request. The account's clients report each call. The asynchronous context of a call
 * tells which request it belongs to.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestLine } from './request-line.ts'

export interface AwsCalls {
  calls: number
  /** Milliseconds, summed over all calls, also those that ran in parallel. */
  ms: number
  /** A call may have changed something. */
  mayHaveChanged: boolean
  /** AWS's request ids of the calls that change something. */
  changeRequestIds: string[]
  /** Name of the caller's token; undefined without a token. */
  caller?: string | undefined
  /** The request's method is not GET. */
  isChange?: boolean
  trace?: RequestTrace | undefined
  requestId?: string
}

/** The trace of a request. It exists only when traces are exported. */
export interface RequestTrace {
  traceId: string
  onAwsCall: (call: AwsCall) => void
  onAnswered: (line: RequestLine) => void
}

export interface AwsCall {
  account: string
  action: string
  durationMs: number
  attempts: number
  /** Attempts that AWS throttled. */
  throttles: number
  /** The problem of a call that failed. */
  problem: { status: number; code: string } | undefined
  /** The call changes something and was not rejected. */
  mayHaveChanged: boolean
  /** AWS's request id of a call that changes something, also of a rejected one. */
  writeRequestId: string | undefined
}

export const newAwsCalls = (): AwsCalls => ({ calls: 0, ms: 0, mayHaveChanged: false, changeRequestIds: [] })

const maxChangeRequestIds = 100
/** The calls of the current request: calls to AWS made within its `run` are counted. */
export const awsCallsOfRequest = new AsyncLocalStorage<AwsCalls>()

/** Counts a finished call to AWS for the request that made it. Has no effect outside of a request. */
export function countAwsCall(call: AwsCall): void {
  const awsCalls = awsCallsOfRequest.getStore()
  if (!awsCalls) return
  const { durationMs, mayHaveChanged, writeRequestId } = call
  awsCalls.trace?.onAwsCall(call)
  awsCalls.calls++
  awsCalls.ms += durationMs
  if (mayHaveChanged) awsCalls.mayHaveChanged = true
  if (writeRequestId !== undefined && awsCalls.changeRequestIds.length < maxChangeRequestIds)
    awsCalls.changeRequestIds.push(writeRequestId)
}

/**
 * Priority and caller of a call to AWS that is made now. Outside of a request the caller is '', this program itself.
 */
export function requestCallContext(): { priority: 'write' | 'read'; caller: string } {
  const request = awsCallsOfRequest.getStore()
  return { priority: request?.isChange ? 'write' : 'read', caller: request?.caller ?? '' }
}

/** The id of the current request; undefined outside of a request. */
export function currentRequestId(): string | undefined {
  return awsCallsOfRequest.getStore()?.requestId
}
