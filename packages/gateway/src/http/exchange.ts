/**
 * The steps of a request that the fast path and the Fastify path share: admitting the caller, making the head of a
 * cached answer, and writing the log line.
 */

import type { AwsCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import { type RequestLine, roundToTenths } from './request-line.ts'
import type { SerialisedAnswer } from './response/answer.ts'
import { addCommonHeaders } from './response/common-headers.ts'
import type { Encoding } from './response/compression.ts'
import { headOf, type SerialisedHead } from './response/serialised-head.ts'
import type { Route, RouteSchema } from './route.ts'

/** A request on either path, with the facts that its response and its log line need. */
export interface Exchange {
  method: string
  /** Undefined on unknown paths. */
  route: Pick<Route, 'path'> | undefined
  /** Undefined for paths without an account, and when no account has the name. */
  accountName: string | undefined
  caller: Caller | undefined
  /** The request id. */
  id: string
  /** Undefined when the request was rejected before its calls were counted. */
  awsCalls: AwsCalls | undefined
}

interface RequestStepsDeps {
  /** @throws TooManyRequests */
  countRequest: (caller: string) => void
  draining: AbortSignal
  onAnswered: (line: RequestLine) => void
}

interface HeadRequest {
  /** Path and query, as they were sent. */
  url: string
  ifNoneMatch: string | undefined
  encoding: Encoding | undefined
  schema: RouteSchema
  isHttps: boolean
}

interface ResponseFigures {
  status: number
  /** Milliseconds since the request arrived. */
  ms: number
  /** Age of a cached answer in milliseconds. */
  ageMs?: number | undefined
  code?: string | undefined
  cause?: string | undefined
  replayed?: boolean | undefined
  dryRun?: true | undefined
}

/** The steps of a request that both paths share. */
export class RequestSteps {
  readonly #deps: RequestStepsDeps

  constructor(deps: RequestStepsDeps) {
    this.#deps = deps
  }

  /** Counts the request towards its caller's rate limit. @throws TooManyRequests `RateLimitExceeded` */
  admit(caller: Caller): void {
    this.#deps.countRequest(caller.name)
  }

  /** Status and headers of a cached answer. */
  head({ id, awsCalls }: Exchange, answer: SerialisedAnswer, { isHttps, ...headRequest }: HeadRequest): SerialisedHead {
    const head = headOf(answer, headRequest)
    addCommonHeaders(head.headers, { id, awsCalls, isHttps, isDraining: this.#deps.draining.aborted })
    return head
  }

  /** Writes the log line of an answered request. */
  logResponse(exchange: Exchange, figures: ResponseFigures): RequestLine {
    const line = lineOf(exchange, figures)
    this.#deps.onAnswered(line)
    return line
  }
}

function lineOf(
  { method, route, accountName, caller, id, awsCalls }: Exchange,
  { status, ms, ageMs, code, cause, replayed, dryRun }: ResponseFigures,
): RequestLine {
  return {
    method,
    route: route?.path,
    account: accountName,
    status,
    code,
    cause,
    ms: roundToTenths(ms),
    requestId: id,
    awsCalls: awsCalls?.calls ?? 0,
    awsMs: roundToTenths(awsCalls?.ms ?? 0),
    token: caller?.name,
    ageMs: ageMs === undefined ? undefined : Math.round(ageMs),
    replayed,
    dryRun,
    traceId: awsCalls?.trace?.traceId,
  }
}
