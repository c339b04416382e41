/** `?wait=`: describes a resource again and again until it has the requested state. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ProblemCode } from '../problems/codes.ts'
import { ClientDisconnected, Conflict, Problem, Unauthorized, Unavailable } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'
import type { Answer, Reply } from './answer.ts'

/** How a wait ended. */
export interface Outcome {
  outcome: 'reached' | 'failed' | 'timeout'
  reason: string
}

/** The verdict of one description: the wait has ended so, or it goes on (and why, should it time out). */
export type Verdict = { ended: 'reached' | 'failed'; reason: string } | { waitingFor: string }

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

// The first polls are frequent, for fast changes; later ones are rarer, to spare AWS's request bucket.
const firstPauseMs = 50
const longestPauseMs = 2000

/**
 * Polls until a verdict ends the wait or the time is over; the last description is returned with the outcome. A poll
 * that AWS throttles or that fails ends nothing: the change was made already, and an error would make the client repeat
 * it.
 * @param before the state before the first poll
 */
export async function pollUntil<T>(
  look: () => Promise<T>,
  judge: (seen: T) => Verdict,
  { timeout, signal }: WaitTimeout,
  before: T,
  pauseFor: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms) => pause(ms, undefined, { signal }),
): Promise<Outcome & { seen: T }> {
  const deadline = performance.now() + timeout * 1000
  let seen = before
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    let verdict: Verdict
    try {
      seen = await look()
      verdict = judge(seen)
    } catch (error) {
      if (!isAwsFailure(error)) throw error
      verdict = { waitingFor: error.detail }
    }
    if ('ended' in verdict) return { seen, outcome: verdict.ended, reason: verdict.reason }
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return { seen, outcome: 'timeout', reason: verdict.waitingFor }
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

/** AWS throttles or fails: the last verdict stands. */
export function isAwsFailure(error: unknown): error is Problem {
  return error instanceof Problem && (error.status === 429 || error.status >= 502)
}

/**
 * The response of a request that waited: 200 or 201 when the wait ended, 202 on a timeout; 409 for a failure when the
 * client asked for that.
 */
export function answerAfterWait<T extends object>(
  { outcome, reason }: Outcome,
  resource: T,
  { fail, failure, reply, location }: { fail: boolean; failure: ProblemCode; reply: Reply; location?: string },
  ended: (value: T & Outcome) => Answer<T & Outcome> | (T & Outcome),
): Answer<T & Outcome> | (T & Outcome) {
  const value = { ...resource, outcome, reason }
  if (outcome === 'failed' && fail) throw new Conflict(failure, reason, { also: { resource: value } })
  return outcome === 'timeout' ? reply.accepted(value, location) : ended(value)
}
