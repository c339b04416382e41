/**
 * A change from request to response. The audit entry is written before the change is made and finished before the
 * response is sent. With an `Idempotency-Key`, repeated requests make the change only once.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'
import type { AuditedRequest } from '../store/audit-records.ts'
import { createdServiceOf } from '../store/audit-services.ts'
import {
  type Attempt,
  alreadyRunProblem,
  isFinalProblem,
  outcomeUnknownProblem,
  type StoredResponse,
  suggestsEarlierSuccess,
} from './idempotency.ts'
import { Answer } from './response/answer.ts'
import { deploymentHeader, noDeployment } from './response/deployment-header.ts'
import { problemBody } from './response/problem-answer.ts'
import type { ServerDeps } from './server-deps.ts'

/** A stored response that is sent again. */
export class Replay {
  readonly answer: StoredResponse

  constructor(answer: StoredResponse) {
    this.answer = answer
  }
}

/** Makes the change, or returns the stored response of an earlier request with the same key. */
export async function makeChange(
  request: FastifyRequest,
  { audit, idempotencyKeys }: Pick<ServerDeps<unknown>, 'audit' | 'idempotencyKeys'>,
  work: (firstTryAt: Date | undefined) => Promise<unknown>,
): Promise<unknown> {
  const { idempotencyKey: key, caller } = request
  const auditAndWork = async (firstTryAt?: Date) => {
    if (request.routeOptions.config.preparedRoute?.schema.isAuditedByHandler) return work(firstTryAt)
    const mayPrecedeAudit = request.routeOptions.config.preparedRoute?.schema.mayPrecedeAudit
    request.auditEntry = await audit.begin(auditedRequestOf(request), { mayPrecedeAudit })
    return work(firstTryAt)
  }
  const keyBehaviour = request.routeOptions.config.preparedRoute?.schema.onRepeatedKey?.(request.body)
  // A plan is never replayed, because it may be out of date. The change itself can then use the same key.
  const isPlan = request.checkedQuery.dryRun === true
  if (key === undefined || keyBehaviour === 'call-handler' || isPlan) return auditAndWork()
  const fingerprint = JSON.stringify([
    request.method,
    request.raw.url,
    request.headers['if-match'] ?? null,
    request.body ?? null,
  ])
  const attempt = await idempotencyKeys.begin({ caller: caller?.uniqueName ?? '', key }, fingerprint)
  if (!('storeResponse' in attempt)) {
    request.isReplayed = true
    return new Replay(attempt)
  }
  if (keyBehaviour === 'reject') {
    // A problem can contain output of work that has begun, and output is not stored.
    const problemToStore = (problem: Problem) => (request.awsCalls.mayHaveChanged ? alreadyRunProblem() : problem)
    return storeResultOf(request, attempt, () => runOnce(request, attempt, auditAndWork), problemToStore)
  }
  return storeResultOf(request, attempt, () => auditAndWork(attempt.firstTryAt))
}

/** Does the work unless an earlier request tried it. Stores that the work was done, and not the response. */
async function runOnce(
  request: FastifyRequest,
  { firstTryAt }: Attempt,
  work: () => Promise<unknown>,
): Promise<Answer> {
  if (firstTryAt !== undefined) throw alreadyRunProblem()
  const problem = alreadyRunProblem()
  return new Answer(200, await work()).withReplay(problemBody(problem, request.id), problem.status)
}

/**
 * Does the work and stores its result.
 * @param problemToStore returns the problem to store for a final problem
 */
async function storeResultOf(
  request: FastifyRequest,
  attempt: Attempt,
  work: () => Promise<unknown>,
  problemToStore = (problem: Problem) => problem,
): Promise<unknown> {
  try {
    const value = await work()
    const { replay, headers } = value instanceof Answer ? value : new Answer(200, value)
    const body = replay.value === null ? '' : JSON.stringify(replay.value)
    await attempt.storeResponse({ status: replay.status, headers, body })
    return value
  } catch (error) {
    const isRepeat = attempt.firstTryAt !== undefined
    const hidesOutcome =
      isRepeat && error instanceof Problem && suggestsEarlierSuccess(error) && error.code !== 'OutcomeUnknown'
    const problem = hidesOutcome ? outcomeUnknownProblem(error) : error
    if (problem instanceof Problem && isFinalProblem(problem)) {
      const kept = problemToStore(problem)
      const body = JSON.stringify(problemBody(kept, request.id))
      await attempt.storeResponse({ status: kept.status, headers: kept.options.headers ?? {}, body })
    } else await attempt.recordFailure(request.awsCalls.mayHaveChanged)
    throw problem
  }
}

/** Finishes the audit entry of a change, or adds an entry for a rejected one, before the response is sent. */
export async function recordResult(
  request: FastifyRequest,
  reply: FastifyReply,
  { audit }: Pick<ServerDeps<unknown>, 'audit'>,
): Promise<void> {
  const made = reply.getHeader(deploymentHeader)
  const result = {
    status: reply.statusCode,
    code: request.problemCode,
    awsRequestIds: request.awsCalls?.changeRequestIds ?? [],
    deployment: made === undefined || made === noDeployment ? undefined : String(made),
  }
  if (request.auditEntry !== undefined) return audit.finish(request.auditEntry, result)
  if (request.caller && request.routeOptions.config.preparedRoute && !request.isReplayed)
    return audit.recordRejected(auditedRequestOf(request), result)
}

function auditedRequestOf(request: FastifyRequest): AuditedRequest {
  const params = request.params as { account?: string; cluster?: string; service?: string }
  const { name = '', role = '' } = request.caller ?? {}
  const action = `${request.method} ${request.routeOptions.config.preparedRoute?.path}`
  // The body of a request that was rejected before its change began is not recorded: it can be anything.
  const body = request.auditEntry === undefined && request.problemCode ? undefined : request.body
  return {
    requestId: request.id,
    caller: name,
    role,
    source: request.source,
    action,
    path: (request.raw.url ?? '').replace(/\?.*$/s, ''),
    account: params.account,
    cluster: params.cluster === undefined ? undefined : shortName(params.cluster),
    service: params.service === undefined ? createdServiceOf(action, body) : shortName(params.service),
    // Before the query is checked, only its names are recorded: its values can be anything.
    query: request.checkedQuery ?? Object.keys(request.query as object),
    body,
  }
}
