/**
 * The short way to an answer from a view. A caller who was admitted to a path and asks for it again, with nothing in the headers that
 * would change what the answer is, goes past the router and its hooks to the same handler; who is asking is checked each time. What is no
 * such answer after all, and what fails, goes the long way from there.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { isReady, type ReadyAnswer } from './answer.ts'
import { type AwsCalls, countingAwsCalls, noCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import { type Freshness, freshnessOf } from './freshness.ts'
import { headOf } from './ready-answer.ts'
import { requestIdFor, tokenIn } from './request-headers.ts'
import { type RequestLine, tenths } from './request-line.ts'
import { addCommonHeaders } from './request-state.ts'
import type { Route } from './route.ts'

/** What a caller was admitted to. */
interface Read {
  route: Route
  accountName: string | undefined
  account: unknown
  /** Does the handler's work. */
  work: (freshness: Freshness) => unknown
  /** The last answer's. */
  again?: ReadyAnswer['again']
}

/** What was begun on the short way: the request is counted, and the handler may have been asked. */
interface Begun {
  tally: AwsCalls
  value: Promise<unknown> | undefined
}

/** A request on the short way. */
interface Asked {
  request: IncomingMessage
  response: ServerResponse
  read: Read
  caller: Caller
  id: string
  tally: AwsCalls
  /** By `performance.now()`. */
  startedAt: number
}

/** An answer on its way. */
interface Answered {
  asked: Asked
  status: 200 | 304
  head: Record<string, string>
  payload: Buffer
  ageMs: number
}

interface FastPathDeps {
  /** Who shows this token, where that is known without a look. */
  recall: (token: string) => Caller | undefined
  findAccount: (name: string) => unknown
  /** @throws TooManyRequests */
  withinRate: (caller: string) => void
  draining: AbortSignal
  isHttps: boolean
  onAnswered: (line: RequestLine) => void
}

const maxPaths = 10_000
/** With one of these a request says more than which path it asks for. */
const telling = ['if-match', 'idempotency-key', 'x-auth-token', 'content-length', 'transfer-encoding'] as const

export class FastPath {
  readonly #deps: FastPathDeps
  /** By path and query. A caller's changed rights make it another caller. */
  readonly #reads = new LRUCache<string, WeakMap<Caller, Read>>({ max: maxPaths })
  readonly #begun = new WeakMap<IncomingMessage, Begun>()
  #answered: Answered[] = []

  constructor(deps: FastPathDeps) {
    this.#deps = deps
  }

  /** @param account that the name means now */
  knows(url: string, caller: Caller, account: unknown): boolean {
    const read = this.#reads.get(url)?.get(caller)
    return read !== undefined && read.account === account
  }

  remember(url: string, caller: Caller, read: Read): void {
    const reads = this.#reads.get(url) ?? new WeakMap()
    reads.set(caller, read)
    this.#reads.set(url, reads)
  }

  /** What the long way has to go on with. */
  begun(request: IncomingMessage): Begun | undefined {
    return this.#begun.get(request)
  }

  /** Answers the request, or lets it go the long way. */
  answer(request: IncomingMessage, response: ServerResponse, useFastifyPath: () => void): void {
    const asked = this.#enter(request, response)
    if (!asked) {
      useFastifyPath()
      return
    }
    const cached = cachedFor(asked)
    if (cached) {
      this.#writeLater(asked, cached)
      return
    }
    const finish = (ready: unknown, value: Promise<unknown> | undefined) => {
      if (isReady(ready)) {
        asked.read.again = ready.again
        this.#writeLater(asked, ready)
      } else {
        this.#begun.set(request, { tally: asked.tally, value })
        useFastifyPath()
      }
    }
    const value = workOf(asked)
    if (!(value instanceof Promise)) finish(value, undefined)
    else
      value.then(
        (ready) => finish(ready, value),
        () => finish(undefined, value),
      )
  }

  /** The request as the short way has it, admitted and counted; undefined where that is not its way. */
  #enter(request: IncomingMessage, response: ServerResponse): Asked | undefined {
    const startedAt = performance.now()
    const { url = '', headers } = request
    const reads = request.method === 'GET' ? this.#reads.get(url) : undefined
    if (!reads || this.#deps.draining.aborted || !isPlain(request)) return undefined
    const caller = this.#deps.recall(tokenIn(headers) ?? '')
    const read = caller && reads.get(caller)
    if (!read || !this.#isOfSameAccount(read) || !this.#isWithinRate(caller)) return undefined
    const id = requestIdFor(headers)
    const tally = { ...noCalls(), caller: caller.name, isChange: false, requestId: id }
    return { request, response, read, caller, id, tally, startedAt }
  }

  /** What is answered in one turn of the event loop is written together: a client that is busy with one answer need not be woken for the next. */
  #writeLater(asked: Asked, ready: ReadyAnswer): void {
    const { request, read, id, tally } = asked
    const { isHttps, draining } = this.#deps
    const {
      status,
      headers: head,
      ageMs,
    } = headOf(ready, {
      url: request.url ?? '',
      ifNoneMatch: request.headers['if-none-match'],
      schema: read.route.schema,
    })
    addCommonHeaders(head, { id, tally, isHttps, isDraining: draining.aborted })
    if (status === 200) head['content-length'] = String(ready.payload.length)
    if (this.#answered.push({ asked, status, head, payload: ready.payload, ageMs }) === 1)
      setImmediate(() => this.#write())
  }

  #write(): void {
    const answered = this.#answered
    this.#answered = []
    for (const { asked, status, head, payload } of answered)
      asked.response.writeHead(status, head).end(status === 200 ? payload : undefined)
    for (const each of answered) this.#deps.onAnswered(lineOf(each))
  }

  #isOfSameAccount({ accountName, account }: Read): boolean {
    return accountName === undefined || this.#deps.findAccount(accountName) === account
  }

  #isWithinRate({ name }: Caller): boolean {
    try {
      this.#deps.withinRate(name)
      return true
    } catch {
      return false
    }
  }
}

/** What the last answer is followed by, without the handler; undefined where the handler is to say, also that it is not there any more. */
function cachedFor({ request, read }: Asked): ReadyAnswer | undefined {
  if (request.headers['cache-control'] !== undefined) return undefined
  try {
    return read.again?.()
  } catch {
    return undefined
  }
}

/** What the handler gives; undefined where it throws: the long way says what is wrong. */
function workOf({ request, read, tally }: Asked): unknown {
  try {
    return countingAwsCalls(tally, () => read.work(freshnessOf(request.headers['cache-control'])))
  } catch {
    return undefined
  }
}

function isPlain({ headers }: IncomingMessage): boolean {
  const { accept, host } = headers
  if (host === undefined || (accept !== undefined && accept !== '*/*' && accept !== 'application/json')) return false
  return telling.every((name) => headers[name] === undefined)
}

function lineOf({ asked: { read, caller, id, tally, startedAt }, status, ageMs }: Answered): RequestLine {
  return {
    method: 'GET',
    route: read.route.path,
    account: read.accountName,
    status,
    code: undefined,
    cause: undefined,
    ms: tenths(performance.now() - startedAt),
    requestId: id,
    awsCalls: tally.calls,
    awsMs: tenths(tally.ms),
    token: caller.name,
    ageMs: Math.round(ageMs),
    replayed: undefined,
    traceId: undefined,
  }
}
