/**
 * The fast path: it answers a GET from the cache without Fastify's router and hooks. A caller who was admitted to a
 * path by the Fastify path, and asks for it again with no header that changes the answer, gets the same handler at
 * once. Token, account and rate limit are checked each time. A request that has no such answer, or that fails, goes on
 * with the Fastify path, which makes the response of it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { isSerialised, type Reply, type SerialisedAnswer } from './answer.ts'
import { type AwsCalls, awsCallsOfRequest, newAwsCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import { compressed, encodingFor } from './compression.ts'
import type { Exchange, RequestSteps } from './exchange.ts'
import { type Freshness, freshnessOf } from './request/freshness.ts'
import { requestIdFor, tokenIn } from './request/headers.ts'
import type { Route } from './route.ts'

/** A GET that a caller was admitted to. */
export interface AdmittedRead<Call extends { freshness: Freshness } = { freshness: Freshness }> {
  route: Route
  accountName: string | undefined
  account: unknown
  handler: (call: Call, reply: Reply) => unknown
  call: Call
  reply: Reply
  /** The last answer's: the cached answer that follows it. */
  latestIfFresh?: SerialisedAnswer['latestIfFresh']
}

/**
 * A request that the fast path has counted, and whose handler may have been called, when the Fastify path takes over.
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
  /** By `performance.now()`. */
  startedAt: number
}

interface Response {
  asked: FastRequest
  status: 200 | 304
  headers: Record<string, string>
  payload: Buffer
  ageMs: number
}

interface FastPathDeps {
  /** The caller of a token, where no lookup in the store is needed. */
  cachedCaller: (token: string) => Caller | undefined
  findAccount: (name: string) => unknown
  requestSteps: RequestSteps
  draining: AbortSignal
  hasTls: boolean
  /** `X-Forwarded-Proto` counts. */
  trustsProxies: boolean
}

const maxPaths = 10_000
/**
 * A body of at most this size is sent as a string of its bytes: Node joins a string with the head and writes both at
 * once, but passes a buffer on as a second piece. For larger bodies the copies cost more than that.
 */
const maxJoinedBytes = 16_384
/** A request with one of these headers is more than a GET of its path. */
const otherHeaders = ['if-match', 'idempotency-key', 'x-auth-token', 'content-length', 'transfer-encoding'] as const

export class FastPath {
  readonly #deps: FastPathDeps
  /** By path and query. A caller whose rights change is another `Caller`. */
  readonly #reads = new LRUCache<string, WeakMap<Caller, AdmittedRead>>({ max: maxPaths })
  readonly handedOver = new WeakMap<IncomingMessage, FastPathState>()
  #responses: Response[] = []

  constructor(deps: FastPathDeps) {
    this.#deps = deps
  }

  /** @param account the account that has the name now */
  knows(url: string, caller: Caller, account: unknown): boolean {
    const read = this.#reads.get(url)?.get(caller)
    return read !== undefined && read.account === account
  }

  remember<Call extends { freshness: Freshness }>(url: string, caller: Caller, read: AdmittedRead<Call>): void {
    const reads = this.#reads.get(url) ?? new WeakMap()
    reads.set(caller, read as unknown as AdmittedRead)
    this.#reads.set(url, reads)
  }

  /** State of a request that began on the fast path. */
  stateOf(request: IncomingMessage): FastPathState | undefined {
    return this.handedOver.get(request)
  }

  /** Admits and counts the request; undefined where it must take the Fastify path. */
  admit(request: IncomingMessage, response: ServerResponse): FastRequest | undefined {
    const startedAt = performance.now()
    const { url = '', headers } = request
    const reads = request.method === 'GET' ? this.#reads.get(url) : undefined
    if (!reads || this.#deps.draining.aborted || !isPlain(request)) return undefined
    const caller = this.#deps.cachedCaller(tokenIn(headers) ?? '')
    const read = caller && reads.get(caller)
    if (!read || !this.#isOfSameAccount(read) || !this.#isWithinRate(caller)) return undefined
    const id = requestIdFor(headers)
    const awsCalls = { ...newAwsCalls(), caller: caller.name, isChange: false, requestId: id }
    const { route, accountName } = read
    return { request, response, read, method: 'GET', route, accountName, caller, id, awsCalls, startedAt }
  }

  /** Answers the request, or lets it go on with the Fastify path. */
  answer(asked: FastRequest, useFastifyPath: () => void): void {
    const cached = cachedAnswer(asked)
    if (cached) {
      this.#writeLater(asked, cached)
      return
    }
    const finish = (ready: unknown, value: Promise<unknown> | undefined) => {
      if (isSerialised(ready)) {
        asked.read.latestIfFresh = ready.latestIfFresh
        this.#writeLater(asked, ready)
      } else {
        this.handedOver.set(asked.request, { awsCalls: asked.awsCalls, value })
        useFastifyPath()
      }
    }
    const value = callHandler(asked)
    if (!(value instanceof Promise)) finish(value, undefined)
    else
      value.then(
        (ready) => finish(ready, value),
        () => finish(undefined, value),
      )
  }

  /**
   * Writes the responses of one turn of the event loop together: a client that reads one need not be woken again for
   * the next.
   */
  #writeLater(asked: FastRequest, ready: SerialisedAnswer): void {
    const { url = '', headers: sent } = asked.request
    const encoding = encodingFor(sent['accept-encoding'], ready.payload.length, ready.compressed)
    const { status, headers, ageMs } = this.#deps.requestSteps.head(asked, ready, {
      url,
      ifNoneMatch: sent['if-none-match'],
      encoding,
      schema: asked.read.route.schema,
      isHttps: this.#isHttps(asked.request),
    })
    const isWhole = status === 200 && encoding !== undefined
    const body = isWhole ? compressed(ready.payload, encoding, ready.compressed, ready.onCompressed) : ready.payload
    if (body instanceof Promise) {
      body.then(
        () => this.#writeLater(asked, ready),
        () => asked.response.destroy(),
      )
      return
    }
    if (status === 200) headers['content-length'] = String(body.length)
    if (this.#responses.push({ asked, status, headers, payload: body, ageMs }) === 1) setImmediate(() => this.#write())
  }

  #write(): void {
    const responses = this.#responses
    this.#responses = []
    for (const { asked, status, headers, payload } of responses) {
      const response = asked.response.writeHead(status, headers)
      if (status === 304) response.end()
      else if (payload.length > maxJoinedBytes) response.end(payload)
      else response.end(textOf(payload), 'latin1')
    }
    for (const { asked, status, ageMs } of responses)
      this.#deps.requestSteps.end(asked, { status, ms: performance.now() - asked.startedAt, ageMs })
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

/** The cached answer; undefined where the handler must decide, also whether the resource still exists. */
function cachedAnswer({ request, read }: FastRequest): SerialisedAnswer | undefined {
  if (request.headers['cache-control'] !== undefined) return undefined
  try {
    return read.latestIfFresh?.()
  } catch {
    return undefined
  }
}

/** The handler's value; undefined where it throws: the Fastify path calls it again and makes the problem response. */
function callHandler({ request, read, awsCalls }: FastRequest): unknown {
  const freshness = freshnessOf(request.headers['cache-control'])
  if (freshness !== read.call.freshness) read.call = { ...read.call, freshness }
  try {
    return awsCallsOfRequest.run(awsCalls, () => read.handler(read.call, read.reply))
  } catch {
    return undefined
  }
}

function isPlain({ headers }: IncomingMessage): boolean {
  const { accept, host } = headers
  if (host === undefined || (accept !== undefined && accept !== '*/*' && accept !== 'application/json')) return false
  return otherHeaders.every((name) => headers[name] === undefined)
}
