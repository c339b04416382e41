/**
 * The call pipeline: two middlewares that every call of an account's clients to AWS goes through (`aws/client.ts` adds
 * them). `call` wraps the whole call: it checks the guardrails, reports the finished call and turns errors into
 * Problems. `attempt` wraps each attempt, the SDK's retries included: it takes a token of the request budget, passes
 * the circuit breaker, and starts no retry after the deadline of the call.
 */

import { BadGateway, errorText, GatewayTimeout, Problem, TooManyRequests } from '../../problems/problem.ts'
import type { AccountGuardrails } from '../account-guardrails.ts'
import type { BreakerService, CircuitBreaker } from './circuit-breaker.ts'
import { checkBeforeRetryStep, isThrottle, problemOfAwsError } from './errors.ts'
import { type Permit, permitIn } from './permit.ts'
import { type CallContext, currentCallContext, type Priority } from './priority.ts'
import { BudgetExhausted, type BudgetPeers, type RequestBudget } from './request-budget.ts'
import { recordSentAt } from './sent-at.ts'

/** A finished call to AWS, successful or not, retries included. */
export interface FinishedCall {
  account: string
  action: string
  durationMs: number
  attempts: number
  /** Attempts that AWS throttled. */
  throttles: number
  /** The problem that the call failed with; undefined on success. */
  problem: Problem | undefined
  /** True for a write, unless AWS certainly rejected the call. */
  mayHaveChanged: boolean
  /** AWS's request id of a write. */
  writeRequestId: string | undefined
}

/** The dependencies of an account's calls. `compose.ts` provides them. */
export interface CallDeps {
  /** A call that they forbid is not sent. */
  guardrails: AccountGuardrails
  /** Called with every finished call. */
  onCall: (call: FinishedCall) => void
  /** Called when the circuit breaker of an AWS service has opened: calls to it fail at once from now on. */
  onCircuitOpened?: (service: BreakerService) => void
  /** The priority and the caller of calls that are made outside of `withCallContext`. */
  callContext: () => CallContext
  /** The processes that share the account's request buckets; without it, this process has them alone. */
  budgetPeers?: BudgetPeers | undefined
}

/** A finished call of a write action. It may have changed something, even when it failed. */
export interface AwsWrite {
  action: string
  input: Readonly<Record<string, unknown>>
}

export interface PipelineDeps extends CallDeps {
  account: string
  requestBudget: RequestBudget
  breaker: CircuitBreaker
  /** Milliseconds from the start of a call after which no further attempt is made. */
  deadlineMs: number
  /** Called with every finished write, before `onCall`. */
  onWrite: (write: AwsWrite) => void
}

/**
 * The state of a call across its attempts. `call` creates it, and it travels with the call's arguments to `attempt`.
 */
export interface CallState {
  /** On the clock of `performance.now()`. */
  startedAt: number
  /** The token for the first attempt, where the call's input carries one. */
  permit: Permit | undefined
  attempts: number
  throttles: number
  /** The error of the last failed attempt. */
  failure: unknown
  /** True when a failed attempt may have taken effect. */
  mayHaveTakenEffect: boolean
}

/** Ends a call without a retry: the SDK retries errors of certain names or causes, and this error has none of these. */
class FinalError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** Writes that take effect again when they are repeated, and for which ECS has no `clientToken`. */
const notIdempotent: ReadonlySet<string> = new Set(['RegisterTaskDefinition', 'UpdateService', 'ExecuteCommand'])

/**
 * How long a call may wait for a token of the request budget: a client is better served by an early 429 than by a late
 * response.
 */
const maxWaitMs: Readonly<Record<Priority, number>> = {
  write: 20_000,
  readAfterWrite: 60_000,
  read: 5_000,
  background: 30_000,
}

/** The part of the SDK's middleware context that the pipeline reads. */
type MiddlewareContext = { commandName?: string }

/**
 * Waits for a token of the request budget for `action` and returns a permit. Pass the permit to the call
 * (`withPermit`), or release the token.
 * @throws TooManyRequests when no token is free in time. The call is reported to `onCall` as a failed call
 */
export async function waitForPermit(
  action: string,
  { account, requestBudget, deadlineMs, callContext: defaultContext, onCall }: PipelineDeps,
): Promise<Permit> {
  const callContext = currentCallContext() ?? defaultContext()
  const startedAt = performance.now()
  try {
    await requestBudget.takeToken(action, callContext, Math.min(maxWaitMs[callContext.priority], deadlineMs))
  } catch (error) {
    const problem = error instanceof BudgetExhausted ? budgetExhausted(account, error) : error
    const durationMs = performance.now() - startedAt
    const notSent = { attempts: 0, throttles: 0, mayHaveChanged: false, writeRequestId: undefined }
    onCall({ account, action, durationMs, ...notSent, problem: problem instanceof Problem ? problem : undefined })
    throw problem
  }
  return { action, callContext, isUsed: false }
}

/** Builds the middlewares `call` and `attempt` for an account's client. `call` throws AWS's errors as Problems. */
export function createCallPipeline(deps: PipelineDeps) {
  const { account, requestBudget, breaker, deadlineMs } = deps

  async function call<Result extends { output: object }>(
    context: MiddlewareContext,
    input: object,
    next: (state: CallState) => Promise<Result>,
  ): Promise<Result> {
    const action = actionOf(context)
    deps.guardrails.requireAllowed(action, input)
    const startedAt = performance.now()
    const state = newCallState(startedAt, permitIn(input))
    let problem: unknown
    let outcome: unknown
    try {
      // Checked before the SDK resolves credentials: when these caused the failures, their resolution takes long.
      rethrowAsFinalError(() => breaker.throwIfOpen())
      const result = await next(state)
      outcome = result.output
      return result
    } catch (error) {
      problem = error instanceof FinalError ? error.problem : problemOfAwsError(error, { account, action, input })
      outcome = error
      // The call failed before its first attempt, because no credentials could be resolved.
      if (!(error instanceof FinalError) && state.failure === undefined) breaker.recordFailure(problem)
      throw problem
    } finally {
      const isChange = !readActions.test(action)
      if (isChange) deps.onWrite({ action, input: input as Record<string, unknown> })
      deps.onCall({
        account,
        action,
        durationMs: performance.now() - startedAt,
        attempts: state.attempts,
        throttles: state.throttles,
        problem: problem instanceof Problem ? problem : undefined,
        mayHaveChanged: isChange && (problem === undefined || state.mayHaveTakenEffect),
        writeRequestId: isChange ? requestIdIn(outcome) : undefined,
      })
    }
  }

  async function attempt<Result extends { output: object }>(
    context: MiddlewareContext,
    state: CallState,
    next: () => Promise<Result>,
  ): Promise<Result> {
    const action = actionOf(context)
    const remainingMs = state.startedAt + deadlineMs - performance.now()
    if (remainingMs <= 0 && state.failure !== undefined) throw new FinalError(problemFor(state.failure, action))
    await admit(action, state, remainingMs)
    const sentAtMs = performance.now()
    state.attempts++
    try {
      const result = await next()
      recordSentAt(result.output, sentAtMs)
      breaker.recordResponse()
      return result
    } catch (error) {
      state.failure = error
      state.mayHaveTakenEffect ||= mayHaveTakenEffect(error)
      if (isThrottle(error)) {
        state.throttles++
        requestBudget.recordThrottle(action)
      }
      breaker.recordFailure(problemOfAwsError(error, { account, action }))
      if (notIdempotent.has(action) && mayHaveTakenEffect(error)) throw new FinalError(unknownOutcome(action, error))
      throw error
    }
  }

  /** Takes a token, unless the call has an unused permit, and passes the circuit breaker. */
  async function admit(action: string, { permit }: CallState, remainingMs: number): Promise<void> {
    const callContext = permit?.callContext ?? currentCallContext() ?? deps.callContext()
    try {
      if (permit && !permit.isUsed) permit.isUsed = true
      else await requestBudget.takeToken(action, callContext, Math.min(maxWaitMs[callContext.priority], remainingMs))
    } catch (error) {
      throw error instanceof BudgetExhausted ? new FinalError(budgetExhausted(account, error)) : error
    }
    try {
      rethrowAsFinalError(() => breaker.admitCall())
    } catch (error) {
      requestBudget.releaseToken(action)
      throw error
    }
  }

  /** Throws the problem of an open circuit breaker as a `FinalError`, so that the SDK does not retry the call. */
  function rethrowAsFinalError(checkBreaker: () => void): void {
    try {
      checkBreaker()
    } catch (error) {
      throw error instanceof Problem ? new FinalError(error) : error
    }
  }

  function unknownOutcome(action: string, error: unknown): Problem {
    const problem = problemFor(error, action)
    // The detail of a GatewayTimeout already says that the call may have taken effect.
    return problem instanceof GatewayTimeout ? problem : responseLost(account, action, error)
  }

  function problemFor(error: unknown, action: string): Problem {
    const problem = problemOfAwsError(error, { account, action })
    return problem instanceof Problem ? problem : responseLost(account, action, error)
  }

  return { call, attempt }
}

function newCallState(startedAt: number, permit: Permit | undefined): CallState {
  return { startedAt, permit, attempts: 0, throttles: 0, failure: undefined, mayHaveTakenEffect: false }
}

/** KMS's GenerateDataKey is a read: KMS does not store the key that it returns. */
const readActions = /^(Describe|Filter|Get|List|GenerateDataKey$)/

function actionOf({ commandName = '' }: MiddlewareContext): string {
  return commandName.replace(/Command$/, '')
}

/** @param outcome the output of a call, or the SDK's error */
function requestIdIn(outcome: unknown): string | undefined {
  return (outcome as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId
}

/**
 * Whether an attempt with this error may have changed something: not if it did not reach AWS or was rejected by AWS.
 */
function mayHaveTakenEffect(error: unknown): boolean {
  const {
    name = '',
    code,
    $metadata,
  } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } }
  if (error instanceof FinalError || name.endsWith('ProviderError')) return false
  if (code !== undefined && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return false
  // An error without a status means that no response arrived. A response that broke off has a status, even a 200.
  const { httpStatusCode = 500 } = $metadata ?? {}
  return httpStatusCode < 400 || httpStatusCode >= 500
}

function responseLost(account: string, action: string, error: unknown): BadGateway {
  const reason = (error instanceof Error && errorText(error)) || 'no reason is known'
  return new BadGateway('AwsError', `AWS’s response to ${action} for account ${account} was lost (${reason}).`, {
    next: checkBeforeRetryStep,
  })
}

function budgetExhausted(account: string, { waitMs }: BudgetExhausted): TooManyRequests {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new TooManyRequests(
    'TooManyRequests',
    `The AWS request budget of account ${account} is exhausted, so the request was not sent.`,
    {
      retryAfterSeconds: seconds,
      next: `Retry in about ${seconds} s.`,
    },
  )
}
