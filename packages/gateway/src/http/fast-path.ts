/**
 * The fast path answers a GET from the cache without Fastify's router and hooks. It calls the handler of a path
 * directly when the Fastify path has already admitted the caller to the path. Of the headers that change an answer, it
 * reads only those of caching and compression; a request with another one is left to Fastify. Token, account and rate
 * limit are checked each time. A request without a cached answer, or whose handler fails, continues on the Fastify
 * path.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { type AwsCalls, awsCallsOfRequest, newAwsCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import type { Exchange, RequestSteps } from './exchange.ts'
import { type Freshness, freshnessOf } from './request/freshness.ts'
import { requestIdFor, tokenInHeaders } from './request/headers.ts'
import { isSerialisedAnswer, type Reply, type SerialisedAnswer } from './response/answer.ts'
import { compress, encodingFor } from './response/compression.ts'
import type { Route } from './route.ts'

/** A GET that a caller was admitted to. */
export interface AdmittedRead<Call extends { freshness: Freshness } = { freshness: Freshness }> {
  route: Route
  accountName: string | undefined
  account: unknown
  handler: (call: Call, reply: Reply) => unknown
  call: Call
  /** Makes answers for the handler. It holds nothing of an earlier request. */
  reply: Reply
  /** Returns the cache's present answer while it is fresh; undefined when the handler has to be called. */
  latestIfFresh?: SerialisedAnswer['latestIfFresh']
}

/**
 * The state of a request that continues on the Fastify path: the fast path has counted it and may have called the
 * handler.
 */
interface FastPathState {
  awsCalls: AwsCalls
  value: Promise<unknown> | undefined
}

/** A request on the fast path. */
export interface FastRequest extends Exchange {
  request: IncomingMessage
  response: ServerResponse
  read: AdmittedRead
  caller: Caller
  awsCalls: AwsCalls
  /** On the clock of `performance.now()`. */
  startedAt: number
}

interface Response {
  fastRequest: FastRequest
  status: 200 | 304
  headers: Record<string, string>
  payload: Buffer
  ageMs: number
}

interface FastPathDeps {
  /** The caller of a token; undefined when that needs a lookup in the store. */
  cachedCaller: (token: string) => Caller | undefined
  findAccount: (name: string) => unknown
  requestSteps: RequestSteps
  draining: AbortSignal
  hasTls: boolean
  /** Whether `X-Forwarded-Proto` is used. */
  trustsProxies: boolean
}

const maxPaths = 10_000
/**
 * A body of at most this size is sent as a string of its bytes. Node joins a string with the head in one write, but
 * writes a buffer separately. For larger bodies, copying costs more than the second write.
 */
const maxJoinedBytes = 16_384
/** A request with one of these headers is more than a GET of its path. */
const headersForFastifyPath = [
  'if-match',
  'idempotency-key',
  'x-auth-token',
  'content-length',
  'transfer-encoding',
] as const

export class FastPath {
  readonly #deps: FastPathDeps
  /** By path and query. When the rights of a caller change, it becomes another `Caller` object. */
  readonly #reads = new LRUCache<string, WeakMap<Caller, AdmittedRead>>(maxEntries(maxPaths))
  /** States of requests that continue on the Fastify path. */
  readonly #handedOverStates = new WeakMap<IncomingMessage, FastPathState>()
  #responses: Response[] = []

  constructor(deps: FastPathDeps) {
    this.#deps = deps
  }

  /** @param account the account that currently has the name */
  hasAdmittedRead(url: string, caller: Caller, account: unknown): boolean {
    const read = this.#reads.get(url)?.get(caller)
    return read !== undefined && read.account === account
  }

  addAdmittedRead<Call extends { freshness: Freshness }>(url: string, caller: Caller, read: AdmittedRead<Call>): void {
    const reads = this.#reads.get(url) ?? new WeakMap()
    reads.set(caller, read as unknown as AdmittedRead)
    this.#reads.set(url, reads)
  }

  /** The state of a request that began on the fast path and continues on the Fastify path; undefined for others. */
  stateOf(request: IncomingMessage): FastPathState | undefined {
    return this.#handedOverStates.get(request)
  }

  /** Admits and counts the request; undefined when it must take the Fastify path. */
  admit(request: IncomingMessage, response: ServerResponse): FastRequest | undefined {
    const startedAt = performance.now()
    const { url = '', headers } = request
    const reads = request.method === 'GET' ? this.#reads.get(url) : undefined
    if (!reads || this.#deps.draining.aborted || !isPlainGet(request)) return undefined
    const caller = this.#deps.cachedCaller(tokenInHeaders(headers) ?? '')
    const read = caller && reads.get(caller)
    if (!read || !this.#isOfSameAccount(read) || !this.#isWithinRate(caller)) return undefined
    const id = requestIdFor(headers)
    const awsCalls = { ...newAwsCalls(), caller: caller.name, isChange: false, requestId: id }
    const { route, accountName } = read
    return { request, response, read, method: 'GET', route, accountName, caller, id, awsCalls, startedAt }
  }

  /** Answers the request, or continues it on the Fastify path. */
  answer(fastRequest: FastRequest, useFastifyPath: () => void): void {
    const cached = cachedAnswer(fastRequest)
    if (cached) {
      this.#writeLater(fastRequest, cached)
      return
    }
    const finish = (ready: unknown, value: Promise<unknown> | undefined) => {
      if (isSerialisedAnswer(ready)) {
        fastRequest.read.latestIfFresh = ready.latestIfFresh
        this.#writeLater(fastRequest, ready)
      } else {
        this.#handedOverStates.set(fastRequest.request, { awsCalls: fastRequest.awsCalls, value })
        useFastifyPath()
      }
    }
    const value = callHandler(fastRequest)
    if (!(value instanceof Promise)) finish(value, undefined)
    else
      value.then(
        (ready) => finish(ready, value),
        () => finish(undefined, value),
      )
  }

  /**
   * Writes the responses of one turn of the event loop together, so that a client reads several at once.
   */
  #writeLater(fastRequest: FastRequest, answer: SerialisedAnswer): void {
    const { url = '', headers: requestHeaders } = fastRequest.request
    const encoding = encodingFor(requestHeaders['accept-encoding'], answer.payload.length, answer.compressed)
    const { status, headers, ageMs } = this.#deps.requestSteps.head(fastRequest, answer, {
      url,
      ifNoneMatch: requestHeaders['if-none-match'],
      encoding,
      schema: fastRequest.read.route.schema,
      isHttps: this.#isHttps(fastRequest.request),
    })
    const isCompressed = status === 200 && encoding !== undefined
    const body = isCompressed
      ? compress(answer.payload, encoding, answer.compressed, answer.onCompressed)
      : answer.payload
    if (body instanceof Promise) {
      // The compressed body is then in `answer.compressed`, where the next call finds it.
      body.then(
        () => this.#writeLater(fastRequest, answer),
        () => fastRequest.response.destroy(),
      )
      return
    }
    if (status === 200) headers['content-length'] = String(body.length)
    if (this.#responses.push({ fastRequest, status, headers, payload: body, ageMs }) === 1)
      setImmediate(() => this.#write())
  }

  #write(): void {
    const responses = this.#responses
    this.#responses = []
    for (const { fastRequest, status, headers, payload } of responses) {
      const response = fastRequest.response.writeHead(status, headers)
      if (status === 304) response.end()
      else if (payload.length > maxJoinedBytes) response.end(payload)
      else response.end(textOf(payload), 'latin1')
    }
    for (const { fastRequest, status, ageMs } of responses)
      this.#deps.requestSteps.logResponse(fastRequest, { status, ms: performance.now() - fastRequest.startedAt, ageMs })
  }

  #isHttps({ headers }: IncomingMessage): boolean {
    if (this.#deps.hasTls) return true
    const forwarded = this.#deps.trustsProxies ? headers['x-forwarded-proto'] : undefined
    return (
      String(forwarded ?? '')
        .split(',')
        .at(-1)
        ?.trim() === 'https'
    )
  }

  #isOfSameAccount({ accountName, account }: AdmittedRead): boolean {
    return accountName === undefined || this.#deps.findAccount(accountName) === account
  }

  #isWithinRate(caller: Caller): boolean {
    try {
      this.#deps.requestSteps.admit(caller)
      return true
    } catch {
      return false
    }
  }
}

/** The bytes of cached answers as strings, each made once. */
const texts = new WeakMap<Buffer, string>()

function textOf(payload: Buffer): string {
  const known = texts.get(payload)
  if (known !== undefined) return known
  const text = payload.toString('latin1')
  texts.set(payload, text)
  return text
}

/** The cached answer; undefined when the handler must be called. */
function cachedAnswer({ request, read }: FastRequest): SerialisedAnswer | undefined {
  if (request.headers['cache-control'] !== undefined) return undefined
  try {
    return read.latestIfFresh?.()
  } catch {
    return undefined
  }
}

/**
 * The handler's value; undefined when it throws. The Fastify path then calls it again and responds with the problem.
 */
function callHandler({ request, read, awsCalls }: FastRequest): unknown {
  const freshness = freshnessOf(request.headers['cache-control'])
  if (freshness !== read.call.freshness) read.call = { ...read.call, freshness }
  try {
    return awsCallsOfRequest.run(awsCalls, () => read.handler(read.call, read.reply))
  } catch {
    return undefined
  }
}

function isPlainGet({ headers }: IncomingMessage): boolean {
  const { accept, host } = headers
  if (host === undefined || (accept !== undefined && accept !== '*/*' && accept !== 'application/json')) return false
  return headersForFastifyPath.every((name) => headers[name] === undefined)
}
