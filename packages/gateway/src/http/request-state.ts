/** What is known of a request while it is being answered. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuditRow } from '../store/audit-records.ts'
import type { AwsCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import type { Route } from './route.ts'

/** A route with its checks made ready: nothing is compiled when a request comes. */
export interface PreparedRoute extends Route {
  /** Checks headers, account and query, and leaves what it found on the request. */
  admit: (request: FastifyRequest) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    tally: AwsCalls
    caller: Caller | undefined
    /** The client's address, also where the client has gone meanwhile. */
    source: string
    problemCode: string | undefined
    problemCause: string | undefined
    /** Whether the client wants the route's event stream. */
    wantsStream: boolean
    checkedQuery: Record<string, unknown>
    account: unknown
    idempotencyKey: string | undefined
    /** The audit's, of a change that was begun. */
    auditEntry: AuditRow | undefined
    /** Answered with what was answered before. */
    isReplayed: boolean
    /** Of what was answered from a view. */
    ageMs: number | undefined
  }
  interface FastifyContextConfig {
    prepared?: PreparedRoute
  }
}

interface WithCommonHeaders {
  id: string
  tally: Pick<AwsCalls, 'calls' | 'ms'> | undefined
  isHttps: boolean
  isDraining: boolean
}

/** Adds the headers of every answer, problems too. While the process drains, a connection ends with its answer. */
export function addCommonHeaders(
  headers: Record<string, string>,
  { id, tally, isHttps, isDraining }: WithCommonHeaders,
): Record<string, string> {
  const { calls, ms } = tally ?? { calls: 0, ms: 0 }
  headers['x-request-id'] = id
  headers['server-timing'] = `aws;dur=${ms === 0 ? '0.0' : ms.toFixed(1)};desc="calls=${calls}"`
  // An answer is data: it is not guessed at, not framed, and its address goes nowhere.
  headers['x-content-type-options'] = 'nosniff'
  headers['x-frame-options'] = 'DENY'
  headers['referrer-policy'] = 'no-referrer'
  if (isHttps) headers['strict-transport-security'] = 'max-age=31536000'
  if (isDraining) headers.connection = 'close'
  return headers
}

export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply, draining: AbortSignal): void {
  const { id, tally, protocol } = request
  reply.headers(addCommonHeaders({}, { id, tally, isHttps: protocol === 'https', isDraining: draining.aborted }))
}
