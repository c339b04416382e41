/** A change, from its asking to its answer: recorded before it is made, made once under an `Idempotency-Key`, finished before it is told. */
import { shortName } from '@ecs-api/ecs-model'
import type { FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'
import type { AuditedRequest } from '../store/audit-records.ts'
import { Answer } from './answer.ts'
import { isAmbiguous, isFinal, type KeptAnswer, outcomeUnknown, type Try } from './idempotency.ts'
import { problemBody } from './problem-answer.ts'
import type { ServerDeps } from './server-deps.ts'

/** What was answered before, to be answered again. */
export class Replay {
  readonly answer: KeptAnswer

  constructor(answer: KeptAnswer) {
    this.answer = answer
  }
}

/** Makes the change, or gives back what it was answered with before. */
export async function makeChange(
  request: FastifyRequest,
  { audit, idempotencyKeys }: Pick<ServerDeps<unknown>, 'audit' | 'idempotencyKeys'>,
  work: (firstTryAt: Date | undefined) => Promise<unknown>,
): Promise<unknown> {
  const { idempotencyKey: key, caller } = request
  const recorded = async (firstTryAt?: Date) => {
    request.auditEntry = await audit.begin(
      audited(request),
      request.routeOptions.config.prepared?.schema.takesRightsAway,
    )
    return work(firstTryAt)
  }
  if (key === undefined) return recorded()
  const asked = JSON.stringify([
    request.method,
    request.raw.url,
    request.headers['if-match'] ?? null,
    request.body ?? null,
  ])
  const begun = await idempotencyKeys.begin({ caller: caller?.keyOwner ?? '', key }, asked)
  if (!('answered' in begun)) {
    request.isReplayed = true
    return new Replay(begun)
  }
  return settled(request, begun, () => recorded(begun.firstTryAt))
}

/** Keeps what came of a try. */
async function settled(request: FastifyRequest, attempt: Try, work: () => Promise<unknown>): Promise<unknown> {
  try {
    const value = await work()
    const { status, kept, headers } = value instanceof Answer ? value : new Answer(200, value)
    await attempt.answered({ status, headers, body: kept === null ? '' : JSON.stringify(kept) })
    return value
  } catch (error) {
    const isRepeat = attempt.firstTryAt !== undefined
    const problem = isRepeat && error instanceof Problem && isAmbiguous(error) ? outcomeUnknown(error) : error
    if (problem instanceof Problem && isFinal(problem)) {
      const body = JSON.stringify(problemBody(problem, request.id))
      await attempt.answered({ status: problem.status, headers: problem.options.headers ?? {}, body })
    } else await attempt.failed(request.tally.mayHaveChanged)
    throw problem
  }
}

/** Finishes the audit's entry of a change, or adds that it was refused. Done before the answer leaves. */
export async function recordResult(
  request: FastifyRequest,
  status: number,
  { audit }: Pick<ServerDeps<unknown>, 'audit'>,
): Promise<void> {
  const result = { status, code: request.problemCode, awsRequestIds: request.tally?.changes ?? [] }
  if (request.auditEntry !== undefined) return audit.finish(request.auditEntry, result)
  if (request.caller && request.routeOptions.config.prepared && !request.isReplayed)
    return audit.refused(audited(request), result)
}

function audited(request: FastifyRequest): AuditedRequest {
  const params = request.params as { account?: string; cluster?: string }
  const { name = '', role = '' } = request.caller ?? {}
  return {
    requestId: request.id,
    caller: name,
    role,
    source: request.source,
    action: `${request.method} ${request.routeOptions.config.prepared?.path}`,
    path: (request.raw.url ?? '').replace(/\?.*$/s, ''),
    account: params.account,
    cluster: params.cluster === undefined ? undefined : shortName(params.cluster),
    // What was not checked may be anything.
    query: request.checkedQuery ?? Object.keys(request.query as object),
    body: request.auditEntry === undefined && request.problemCode ? undefined : request.body,
  }
}
