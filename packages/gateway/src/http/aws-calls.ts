/**
 * What a request asks of AWS: how many calls and how long they took, for `Server-Timing` and the log; what may have been changed, for the audit; and
 * in whose name. The account's clients report each call; which request it belongs to is known by the asynchronous context that it was made in.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestLine } from './request-line.ts'

export interface AwsCalls {
  calls: number
  /** Milliseconds, summed over calls that ran at the same time too. */
  ms: number
  /** Whether a call may have changed something. */
  mayHaveChanged: boolean
  /** AWS's request ids of the calls that change something. */
  changes: string[]
  /** Who asks; undefined where no token was needed. */
  caller?: string | undefined
  /** Whether the request is to change something. */
  isChange?: boolean
  trace?: RequestTrace | undefined
  requestId?: string
}

/** Where traces are kept: a request's. */
export interface RequestTrace {
  traceId: string
  awsCalled: (call: AwsCall) => void
  answered: (line: RequestLine) => void
}

export interface AwsCall {
  account: string
  action: string
  ms: number
  attempts: number
  /** Attempts that AWS refused for too many. */
  throttles: number
  /** The problem that it ended with. */
  problem: { status: number; code: string } | undefined
  /** It is one that changes something, and it was not refused. */
  mayHaveChanged: boolean
  /** AWS's request id of a call that changes something, also of one that was refused. */
  changeId: string | undefined
}

export const noCalls = (): AwsCalls => ({ calls: 0, ms: 0, mayHaveChanged: false, changes: [] })

const maxIds = 100
/** The tally of the request that is being handled: calls to AWS that are made in `run` count to it. */
export const awsCallsOfRequest = new AsyncLocalStorage<AwsCalls>()

/** Counts one finished call to AWS to the request that made it. Outside of a request it does nothing. */
export function countAwsCall(call: AwsCall): void {
  const tally = awsCallsOfRequest.getStore()
  if (!tally) return
  const { ms, mayHaveChanged, changeId } = call
  tally.trace?.awsCalled(call)
  tally.calls++
  tally.ms += ms
  if (mayHaveChanged) tally.mayHaveChanged = true
  if (changeId !== undefined && tally.changes.length < maxIds) tally.changes.push(changeId)
}

/** In whose name, and how urgently, AWS is called now. Outside of a request it is this program itself. */
export function requestCallContext(): { priority: 'write' | 'read'; caller: string } {
  const request = awsCallsOfRequest.getStore()
  return { priority: request?.isChange ? 'write' : 'read', caller: request?.caller ?? '' }
}

/** The request that this is done for; undefined outside of one. */
export function requestIdNow(): string | undefined {
  return awsCallsOfRequest.getStore()?.requestId
}
