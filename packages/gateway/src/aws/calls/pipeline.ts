/**
 * The corridor to AWS: what every call of an account's clients goes through. A call is counted, its errors become Problems, and nothing of
 * it is sent after its time; each attempt at it, the SDK's retries among them, takes from the request budget and heeds the circuit breaker.
 */
import { BadGateway, GatewayTimeout, Problem, TooManyRequests } from '../../problems/problem.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import { isThrottle, problemOf } from './errors.ts'
import { type Permit, permitIn } from './permit.ts'
import { type CallContext, currentCallContext, type Priority } from './priority.ts'
import { BudgetExhausted, type BudgetPeers, type RequestBudget } from './request-budget.ts'
import { noteSent } from './sent-at.ts'

/** A finished call to AWS, failed or not, retries included. */
export interface FinishedCall {
  account: string
  action: string
  ms: number
  attempts: number
  /** Attempts that AWS refused for too many. */
  throttles: number
  /** The problem that it ended with. */
  problem: Problem | undefined
  /** It is one that changes something, and it was not refused for certain. */
  mayHaveChanged: boolean
  /** AWS's request id of a call that changes something. */
  changeId: string | undefined
}

/** Who hears of calls, and in whose name they are made when nothing else is said. */
export interface CallDeps {
  /** Throws where the account's guardrails forbid the call: then nothing is sent. */
  allow: (action: string, input: object) => void
  /** Whether the account's guardrails say anything about task definitions. */
  guardsDefinitions: () => boolean
  onCall: (call: FinishedCall) => void
  /** Calls to it fail at once from now on: nothing got through lately. */
  onCircuitOpened?: (service: 'ecs' | 'sqs' | 'ec2') => void
  callContext: () => CallContext
  /** Who shares the account's request buckets with this process; nobody unless given. */
  budgetPeers?: BudgetPeers | undefined
}

/** A call that may have changed something, and has ended. */
export interface AwsWrite {
  action: string
  input: Readonly<Record<string, unknown>>
}

export interface PipelineDeps extends CallDeps {
  account: string
  budget: RequestBudget
  breaker: CircuitBreaker
  /** Milliseconds after which no further attempt at a call is made. */
  deadlineMs: number
  onWrite: (write: AwsWrite) => void
}

/** What is known of a call from one attempt to the next; it goes with the call's arguments from `call` to `attempt`. */
export interface CallState {
  startedAt: number
  /** Of the first attempt, where the call came with one. */
  permit: Permit | undefined
  attempts: number
  throttles: number
  /** How the last attempt failed. */
  failure: unknown
  /** An attempt that failed may have taken effect all the same. */
  mayHaveTakenEffect: boolean
}

/** The end of a call whatever the SDK would make of its error: it has no cause that the SDK could find to be worth a retry. */
class FinalError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** Writes that ECS has no `clientToken` for and that do something again when they are said again. */
const notIdempotent: ReadonlySet<string> = new Set(['RegisterTaskDefinition', 'UpdateService'])

/** How long a call may wait for the budget; in a hurry it is better refused than late. */
const maxWaitMs: Readonly<Record<Priority, number>> = { write: 20_000, step: 60_000, read: 5_000, watching: 30_000 }

type Context = { commandName?: string }

/**
 * Waits for a token of the request budget for `action` and returns a permit. Pass the permit to the call (`withPermit`), or release it.
 * @throws TooManyRequests when there is no token in time; the call counts as one that was made and failed
 */
export async function acquirePermit(
  action: string,
  { account, budget, deadlineMs, callContext: defaultContext, onCall }: PipelineDeps,
): Promise<Permit> {
  const callContext = currentCallContext() ?? defaultContext()
  const startedAt = performance.now()
  try {
    await budget.take(action, callContext, Math.min(maxWaitMs[callContext.priority], deadlineMs))
  } catch (error) {
    const problem = error instanceof BudgetExhausted ? budgetExhausted(account, error) : error
    const ms = performance.now() - startedAt
    const notSent = { attempts: 0, throttles: 0, mayHaveChanged: false, changeId: undefined }
    onCall({ account, action, ms, ...notSent, problem: problem instanceof Problem ? problem : undefined })
    throw problem
  }
  return { action, callContext, isUsed: false }
}

export function callPipeline(deps: PipelineDeps) {
  const { account, budget, breaker, deadlineMs } = deps

  async function call<Result extends { output: object }>(
    context: Context,
    input: object,
    next: (state: CallState) => Promise<Result>,
  ): Promise<Result> {
    const action = actionOf(context)
    deps.allow(action, input)
    const startedAt = performance.now()
    const state = newCallState(startedAt, permitIn(input))
    let problem: unknown
    let answer: unknown
    try {
      // Before there are credentials: where they are what is not to be had, asking for them is what takes long.
      finalIfOpen(() => breaker.heed())
      const result = await next(state)
      answer = result.output
      return result
    } catch (error) {
      problem = error instanceof FinalError ? error.problem : problemOf(error, { account, action })
      answer = error
      // No attempt was made: there are no credentials to sign one with.
      if (!(error instanceof FinalError) && state.failure === undefined) breaker.ended(problem)
      throw problem
    } finally {
      const isChange = !reads.test(action)
      if (isChange) deps.onWrite({ action, input: input as Record<string, unknown> })
      deps.onCall({
        account,
        action,
        ms: performance.now() - startedAt,
        attempts: state.attempts,
        throttles: state.throttles,
        problem: problem instanceof Problem ? problem : undefined,
        mayHaveChanged: isChange && (problem === undefined || state.mayHaveTakenEffect),
        changeId: isChange ? requestIdIn(answer) : undefined,
      })
    }
  }

  async function attempt<Result extends { output: object }>(
    context: Context,
    state: CallState,
    next: () => Promise<Result>,
  ): Promise<Result> {
    const action = actionOf(context)
    const leftMs = state.startedAt + deadlineMs - performance.now()
    if (leftMs <= 0 && state.failure !== undefined) throw new FinalError(problemFor(state.failure, action))
    await admit(action, state, leftMs)
    const sent = performance.now()
    state.attempts++
    try {
      const result = await next()
      noteSent(result.output, sent)
      breaker.ended(undefined)
      return result
    } catch (error) {
      state.failure = error
      state.mayHaveTakenEffect ||= mayHaveTakenEffect(error)
      if (isThrottle(error)) {
        state.throttles++
        budget.throttled(action)
      }
      breaker.ended(problemOf(error, { account, action }))
      if (notIdempotent.has(action) && mayHaveTakenEffect(error)) throw new FinalError(unknownOutcome(action, error))
      throw error
    }
  }

  async function admit(action: string, { permit }: CallState, leftMs: number): Promise<void> {
    const callContext = permit?.callContext ?? currentCallContext() ?? deps.callContext()
    try {
      if (permit && !permit.isUsed) permit.isUsed = true
      else await budget.take(action, callContext, Math.min(maxWaitMs[callContext.priority], leftMs))
    } catch (error) {
      throw error instanceof BudgetExhausted ? new FinalError(budgetExhausted(account, error)) : error
    }
    try {
      finalIfOpen(() => breaker.enter())
    } catch (error) {
      budget.release(action)
      throw error
    }
  }

  function finalIfOpen(pass: () => void): void {
    try {
      pass()
    } catch (error) {
      throw error instanceof Problem ? new FinalError(error) : error
    }
  }

  function unknownOutcome(action: string, error: unknown): Problem {
    const problem = problemFor(error, action)
    // Its words say already that it may have taken effect.
    return problem instanceof GatewayTimeout ? problem : answerLost(account, action, error)
  }

  function problemFor(error: unknown, action: string): Problem {
    const problem = problemOf(error, { account, action })
    return problem instanceof Problem ? problem : answerLost(account, action, error)
  }

  return { call, attempt }
}

function newCallState(startedAt: number, permit: Permit | undefined): CallState {
  return { startedAt, permit, attempts: 0, throttles: 0, failure: undefined, mayHaveTakenEffect: false }
}

const reads = /^(Describe|List|Get)/

function actionOf({ commandName = '' }: Context): string {
  return commandName.replace(/Command$/, '')
}

function requestIdIn(answer: unknown): string | undefined {
  return (answer as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId
}

/** What did not reach AWS, and what AWS refused, has done nothing. */
function mayHaveTakenEffect(error: unknown): boolean {
  const {
    name = '',
    code,
    $metadata,
  } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } }
  if (error instanceof FinalError || name.endsWith('ProviderError')) return false
  if (code !== undefined && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return false
  // Of an answer that broke off in its middle there is the good status.
  const { httpStatusCode = 500 } = $metadata ?? {}
  return httpStatusCode < 400 || httpStatusCode >= 500
}

function answerLost(account: string, action: string, error: unknown): BadGateway {
  const reason = (error instanceof Error && error.message) || 'no reason was told'
  return new BadGateway('AwsError', `AWS’s answer to ${action} for the account ${account} was lost (${reason}).`, {
    next: 'It may have taken effect: look before you repeat.',
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
