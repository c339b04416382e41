/**
 * A change from request to response: the audit log has its entry before it is made, an `Idempotency-Key` makes it
 * happen once, and the entry is finished before the response is sent.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'
import type { AuditedRequest } from '../store/audit-records.ts'
import { Answer } from './answer.ts'
import { hasRunOnce, isAmbiguous, isFinal, type KeptAnswer, outcomeUnknown, type Try } from './idempotency.ts'
import { problemBody } from './problem-answer.ts'
import type { ServerDeps } from './server-deps.ts'

/** A stored response that is sent again. */
export class Replay {
  readonly answer: KeptAnswer

  constructor(answer: KeptAnswer) {
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
  const recorded = async (firstTryAt?: Date) => {
    if (request.routeOptions.config.preparedRoute?.schema.isAuditedByHandler) return work(firstTryAt)
    const mayPrecedeAudit = request.routeOptions.config.preparedRoute?.schema.mayPrecedeAudit
    request.auditEntry = await audit.begin(audited(request), { mayPrecedeAudit })
    return work(firstTryAt)
  }
  const repeats = request.routeOptions.config.preparedRoute?.schema.repeats?.(request.body)
  // A plan is never replayed, because it may be out of date. Its key stays free for the change.
  const isPlan = request.checkedQuery.dryRun === true
  if (key === undefined || repeats === 'anew' || isPlan) return recorded()
  const fingerprint = JSON.stringify([
    request.method,
    request.raw.url,
    request.headers['if-match'] ?? null,
    request.body ?? null,
  ])
  const begun = await idempotencyKeys.begin({ caller: caller?.uniqueName ?? '', key }, fingerprint)
  if (!('answered' in begun)) {
    request.isReplayed = true
    return new Replay(begun)
  }
  if (repeats === 'once') {
    // A problem can contain output of work that has begun, and output is not stored.
    const stored = (problem: Problem) => (request.awsCalls.mayHaveChanged ? hasRunOnce() : problem)
    return settled(request, begun, () => ranOnce(request, begun, recorded), stored)
  }
  return settled(request, begun, () => recorded(begun.firstTryAt))
}

/** Does the work unless it was tried before. What is stored for the key is only that the work was done. */
async function ranOnce(request: FastifyRequest, { firstTryAt }: Try, work: () => Promise<unknown>): Promise<Answer> {
  if (firstTryAt !== undefined) throw hasRunOnce()
  const problem = hasRunOnce()
  return new Answer(200, await work()).keptAs(problemBody(problem, request.id), problem.status)
}

/**
 * Stores the result of a try.
 * @param stored the problem that is stored in place of a final one
 */
async function settled(
  request: FastifyRequest,
  attempt: Try,
  work: () => Promise<unknown>,
  stored = (problem: Problem) => problem,
): Promise<unknown> {
  try {
    const value = await work()
    const { kept, headers } = value instanceof Answer ? value : new Answer(200, value)
    const body = kept.value === null ? '' : JSON.stringify(kept.value)
    await attempt.answered({ status: kept.status, headers, body })
    return value
  } catch (error) {
    const isRepeat = attempt.firstTryAt !== undefined
    const hidesOutcome = isRepeat && error instanceof Problem && isAmbiguous(error) && error.code !== 'OutcomeUnknown'
    const problem = hidesOutcome ? outcomeUnknown(error) : error
    if (problem instanceof Problem && isFinal(problem)) {
      const kept = stored(problem)
      const body = JSON.stringify(problemBody(kept, request.id))
      await attempt.answered({ status: kept.status, headers: kept.options.headers ?? {}, body })
    } else await attempt.failed(request.awsCalls.mayHaveChanged)
    throw problem
  }
}

/** Finishes the audit entry of a change, or adds an entry for a rejected one, before the response is sent. */
export async function recordResult(
  request: FastifyRequest,
  status: number,
  { audit }: Pick<ServerDeps<unknown>, 'audit'>,
): Promise<void> {
  const result = { status, code: request.problemCode, awsRequestIds: request.awsCalls?.changes ?? [] }
  if (request.auditEntry !== undefined) return audit.finish(request.auditEntry, result)
  if (request.caller && request.routeOptions.config.preparedRoute && !request.isReplayed)
    return audit.recordRejected(audited(request), result)
}

function audited(request: FastifyRequest): AuditedRequest {
  const params = request.params as { account?: string; cluster?: string }
  const { name = '', role = '' } = request.caller ?? {}
  return {
    requestId: request.id,
    caller: name,
    role,
    source: request.source,
    action: `${request.method} ${request.routeOptions.config.preparedRoute?.path}`,
    path: (request.raw.url ?? '').replace(/\?.*$/s, ''),
    account: params.account,
    cluster: params.cluster === undefined ? undefined : shortName(params.cluster),
    // Values that were not checked can be anything.
    query: request.checkedQuery ?? Object.keys(request.query as object),
    body: request.auditEntry === undefined && request.problemCode ? undefined : request.body,
  }
}
