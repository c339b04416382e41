/** What is known of a request while it is being answered. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuditRow } from '../store/audit-records.ts'
import type { AwsCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import { addCommonHeaders } from './common-headers.ts'
import type { Exchange } from './exchange.ts'
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

export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply, draining: AbortSignal): void {
  const { id, tally, protocol } = request
  reply.headers(addCommonHeaders({}, { id, tally, isHttps: protocol === 'https', isDraining: draining.aborted }))
}

/** A request of Fastify's as an exchange. */
export function exchangeOf(request: FastifyRequest): Exchange {
  const { method, account, caller, id, tally, params, routeOptions } = request
  const accountName = account === undefined ? undefined : (params as { account?: string }).account
  return { method, route: routeOptions.config.prepared, accountName, caller, id, tally }
}
