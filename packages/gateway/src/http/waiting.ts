/** `?wait=`: describes a resource repeatedly until it has the requested state. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ProblemCode } from '../problems/codes.ts'
import { ClientDisconnected, Conflict, Problem, Unauthorized, Unavailable } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'
import type { Answer, Reply } from './response/answer.ts'

/** How a wait ended. */
export interface WaitOutcome {
  outcome: 'reached' | 'failed' | 'timeout'
  reason: string
}

/**
 * The verdict on one description: the wait has ended, or it goes on. `waitingFor` becomes the reason if the wait times
 * out.
 */
export type WaitVerdict = { ended: 'reached' | 'failed'; reason: string } | { waitingFor: string }

export interface WaitTimeout {
  /** Seconds; default 55. */
  timeout: number
  signal: AbortSignal
}

/** Spread it into a route's `query`, beside its own `wait`. */
export const waitQuery = {
  timeout: Type.Integer({
    $id: 'WaitTimeout',
    minimum: 0,
    maximum: 900,
    default: 55,
    description: 'The maximum of `?wait=` in seconds.',
  }),
  fail: Type.Boolean({
    $id: 'FailWith409',
    default: false,
    description: 'With `?wait=`: the response to a failure is 409.',
  }),
}

// The first polls are frequent, for fast changes. Later polls are rarer, to save requests of the AWS request budget.
const firstPauseMs = 50
const longestPauseMs = 2000

/**
 * Polls until a verdict ends the wait or the time is over. Returns the outcome and the last description. A poll that
 * AWS throttles or that fails does not end the wait: the change is already made, and an error would make the client
 * repeat it.
 * @param initial the state before the first poll
 */
export async function pollUntil<T>(
  describe: () => Promise<T>,
  verdictOn: (seen: T) => WaitVerdict,
  { timeout, signal }: WaitTimeout,
  initial: T,
  pauseFor: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms) => pause(ms, undefined, { signal }),
): Promise<WaitOutcome & { lastSeen: T }> {
  const deadline = performance.now() + timeout * 1000
  let lastSeen = initial
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    let verdict: WaitVerdict
    try {
      lastSeen = await describe()
      verdict = verdictOn(lastSeen)
    } catch (error) {
      if (!isAwsFailure(error)) throw error
      verdict = { waitingFor: error.detail }
    }
    if ('ended' in verdict) return { lastSeen, outcome: verdict.ended, reason: verdict.reason }
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return { lastSeen, outcome: 'timeout', reason: verdict.waitingFor }
    try {
      await pauseFor(Math.min(pauseMs, leftMs), signal)
    } catch (error) {
      const { reason } = signal
      if (!(reason instanceof Problem)) throw error
      if (reason instanceof ClientDisconnected) throw reason
      const detail = `${reason.detail} The change goes on without the wait: ${verdict.waitingFor}.`
      if (reason instanceof Unauthorized) throw new Unauthorized('Unauthorized', detail)
      throw new Unavailable('ShuttingDown', detail, {
        retryAfterSeconds: 1,
        next: 'GET the resource to see the result. Repeat the request only with the same Idempotency-Key: without it the change would be made again.',
      })
    }
  }
}

/** Whether AWS throttled the call or failed. */
export function isAwsFailure(error: unknown): error is Problem {
  return error instanceof Problem && (error.status === 429 || error.status >= 502)
}

/**
 * The response of a request that waited: 200 or 201 when the wait ended, 202 when it timed out. With `fail` a failed
 * wait is 409.
 * @param toResponse builds the response when the wait ended
 */
export function answerAfterWait<T extends object>(
  { outcome, reason }: WaitOutcome,
  resource: T,
  { fail, failureCode, reply, location }: { fail: boolean; failureCode: ProblemCode; reply: Reply; location?: string },
  toResponse: (value: T & WaitOutcome) => Answer<T & WaitOutcome> | (T & WaitOutcome),
): Answer<T & WaitOutcome> | (T & WaitOutcome) {
  const value = { ...resource, outcome, reason }
  if (outcome === 'failed' && fail) throw new Conflict(failureCode, reason, { extensionMembers: { resource: value } })
  return outcome === 'timeout' ? reply.accepted(value, location) : toResponse(value)
}
