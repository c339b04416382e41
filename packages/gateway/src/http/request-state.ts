/** State of a request while it is handled. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuditRow } from '../store/audit-records.ts'
import type { AwsCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import type { Exchange } from './exchange.ts'
import { addCommonHeaders } from './response/common-headers.ts'
import type { Route } from './route.ts'

/** A route with its checks, which are built once and not for each request. */
export interface PreparedRoute extends Route {
  /** Checks headers, account and query, and stores the results on the request. */
  admit: (request: FastifyRequest) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    awsCalls: AwsCalls
    caller: Caller | undefined
    /** The client's address. Unlike `request.ip`, it is still known after the client has disconnected. */
    source: string
    problemCode: string | undefined
    problemCause: string | undefined
    /** The media type of the response that the client prefers. */
    acceptedType: string
    /** The client requests the route's event stream. */
    wantsStream: boolean
    checkedQuery: Record<string, unknown>
    account: unknown
    idempotencyKey: string | undefined
    /** The audit log's entry of a change that has begun. */
    auditEntry: AuditRow | undefined
    /** The stored response was sent again. */
    isReplayed: boolean
    /** Age of a cached answer, in milliseconds. */
    ageMs: number | undefined
  }
  interface FastifyContextConfig {
    preparedRoute?: PreparedRoute
  }
}

export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply, draining: AbortSignal): void {
  const { id, awsCalls, protocol } = request
  reply.headers(addCommonHeaders({}, { id, awsCalls, isHttps: protocol === 'https', isDraining: draining.aborted }))
}

/** A Fastify request as an exchange. */
export function exchangeOf(request: FastifyRequest): Exchange {
  const { method, account, caller, id, awsCalls, params, routeOptions } = request
  const accountName = account === undefined ? undefined : (params as { account?: string }).account
  return { method, route: routeOptions.config.preparedRoute, accountName, caller, id, awsCalls }
}
