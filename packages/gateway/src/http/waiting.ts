/** Waiting for something of ECS's to become what was asked for (`?wait=`), by looking again and again. */
import { setTimeout as pause } from 'node:timers/promises'
import Type from 'typebox'
import type { ProblemCode } from '../problems/codes.ts'
import { Conflict, Problem, Unauthorized, Unavailable } from '../problems/problem.ts'
import type { Answer, Reply } from './answer.ts'

/** How a wait ended. */
export interface Outcome {
  outcome: 'reached' | 'failed' | 'timeout'
  reason: string
}

/** What a look says: it has ended so, or it goes on (and why, should time run out). */
export type Verdict = { ended: 'reached' | 'failed'; reason: string } | { waitingFor: string }

export interface WaitTimeout {
  /** Seconds; 55 unless the client says otherwise. */
  timeout: number
  signal: AbortSignal
}

/** Spread into a route's `query`, beside its own `wait`. */
export const waitQuery = {
  timeout: Type.Integer({
    $id: 'WaitTimeout',
    minimum: 0,
    maximum: 900,
    default: 55,
    description: 'How many seconds `?wait=` waits at most.',
  }),
  fail: Type.Boolean({
    $id: 'FailWith409',
    default: false,
    description: 'With `?wait=`: a failure is answered with 409.',
  }),
}

// The first looks come quickly, for what is fast; then less and less often, to spare AWS's request bucket.
const firstPauseMs = 50
const longestPauseMs = 2000

/**
 * Looks until the verdict is an end or the time has run out; the last look comes back with how it ended. A look that AWS throttles or
 * fails ends nothing: what is waited for was asked of AWS already, and an error would have the client ask again.
 * @param before what was seen before the first look
 */
export async function until<T>(
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
      const detail = `${reason.detail} What was asked for goes on without it: ${verdict.waitingFor}.`
      if (reason instanceof Unauthorized) throw new Unauthorized('Unauthorized', detail)
      throw new Unavailable('ShuttingDown', detail, {
        retryAfterSeconds: 1,
        next: 'Look at it. Repeat the call only with the Idempotency-Key that it had: without one it would be done again.',
      })
    }
  }
}

/** AWS throttles or fails: what was asked for before stands. */
export function isAwsFailure(error: unknown): error is Problem {
  return error instanceof Problem && (error.status === 429 || error.status >= 502)
}

/** The answer to a call that waited: 200/201 when it ended, 202 when the time ran out; 409 for a failure when the client asked for that. */
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
