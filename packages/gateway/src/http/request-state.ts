/** What is known of a request while it is being answered. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AwsCalls } from './aws-calls.ts'
import type { Caller, Route } from './route.ts'

/** A route with its checks made ready: nothing is compiled when a request comes. */
export interface PreparedRoute extends Route {
  /** Checks headers, account and query, and leaves what it found on the request. */
  admit: (request: FastifyRequest) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    tally: AwsCalls
    caller: Caller | undefined
    problemCode: string | undefined
    problemCause: string | undefined
    /** Whether the client wants the route's event stream. */
    wantsStream: boolean
    checkedQuery: Record<string, unknown>
    account: unknown
    idempotencyKey: string | undefined
  }
  interface FastifyContextConfig {
    prepared?: PreparedRoute
  }
}

/** The headers of every answer, problems too. While the process drains, a connection ends with its answer. */
export function setManners(request: FastifyRequest, reply: FastifyReply, draining: AbortSignal): void {
  const { calls, ms } = request.tally ?? { calls: 0, ms: 0 }
  reply.header('x-request-id', request.id).header('server-timing', `aws;dur=${ms.toFixed(1)};desc="calls=${calls}"`)
  reply.header('x-content-type-options', 'nosniff')
  if (draining.aborted) reply.header('connection', 'close')
}
