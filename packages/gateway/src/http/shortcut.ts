/**
 * The short way to an answer that is ready. A caller who was admitted to a path and asks for it again, with nothing in the headers that
 * would change the answer, goes past the router and its hooks to the same handler; who is asking is checked each time. Where the handler
 * has nothing ready, the request goes the long way with what the handler has begun.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { isReady, type ReadyAnswer } from './answer.ts'
import { type AwsCalls, countingAwsCalls, noCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import { headOf } from './ready-answer.ts'
import { requestIdFor, tokenIn } from './request-headers.ts'
import { type RequestLine, tenths } from './request-line.ts'
import { mannersOf } from './request-state.ts'
import type { Route } from './route.ts'

/** What a caller was admitted to. */
interface Read {
  route: Route
  accountName: string | undefined
  account: unknown
  /** Does the handler's work. */
  work: () => unknown
}

/** What was begun on the short way. */
interface Begun {
  tally: AwsCalls
  value: Promise<unknown>
}

/** An answer on its way. */
interface Answered {
  response: ServerResponse
  read: Read
  caller: Caller
  id: string
  tally: AwsCalls
  status: 200 | 304
  head: Record<string, string>
  payload: Buffer
  ageMs: number
  /** By `performance.now()`. */
  startedAt: number
}

interface ShortcutParts {
  /** Who shows this token, where that is known without a look. */
  recall: (token: string) => Caller | undefined
  findAccount: (name: string) => unknown
  /** @throws TooManyRequests */
  withinRate: (caller: string) => void
  draining: AbortSignal
  isHttps: boolean
  onAnswered: (line: RequestLine) => void
}

const mostPaths = 10_000
/** With one of these a request says more than which path it asks for. */
const telling = ['cache-control', 'if-match', 'idempotency-key', 'x-auth-token', 'content-length', 'transfer-encoding'] as const

export class Shortcut {
  readonly #parts: ShortcutParts
  /** By path and query. A caller's changed rights make it another caller. */
  readonly #reads = new LRUCache<string, WeakMap<Caller, Read>>({ max: mostPaths })
  readonly #begun = new WeakMap<IncomingMessage, Begun>()
  #answered: Answered[] = []

  constructor(parts: ShortcutParts) {
    this.#parts = parts
  }

  knows(url: string, caller: Caller): boolean {
    return this.#reads.get(url)?.has(caller) === true
  }

  remember(url: string, caller: Caller, read: Read): void {
    const reads = this.#reads.get(url) ?? new WeakMap()
    reads.set(caller, read)
    this.#reads.set(url, reads)
  }

  /** What the handler was asked for already, for the long way to go on with. */
  begun(request: IncomingMessage): Begun | undefined {
    return this.#begun.get(request)
  }

  /** @returns whether the request is answered; else it goes the long way */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const startedAt = performance.now()
    const { url = '', headers } = request
    const reads = request.method === 'GET' ? this.#reads.get(url) : undefined
    if (!reads || this.#parts.draining.aborted || !isPlain(request)) return false
    const caller = this.#parts.recall(tokenIn(headers) ?? '')
    const read = caller && reads.get(caller)
    if (!read || (read.accountName !== undefined && this.#parts.findAccount(read.accountName) !== read.account)) return false
    const id = requestIdFor(headers)
    const tally = { ...noCalls(), caller: caller.name, isChange: false }
    const ready = this.#ready(request, read, tally)
    if (!ready || !this.#isWithinRate(caller)) return false

    const { status, headers: head, ageMs } = headOf(ready, { url, ifNoneMatch: headers['if-none-match'], schema: read.route.schema })
    Object.assign(head, mannersOf({ id, tally, isHttps: this.#parts.isHttps, isDraining: false }))
    if (status === 200) head['content-length'] = String(ready.payload.length)
    this.#writeLater({ response, read, caller, id, tally, status, head, payload: ready.payload, ageMs, startedAt })
    return true
  }

  /** What is answered in one turn of the event loop is written together: a client that is busy with one answer need not be woken for the next. */
  #writeLater(answer: Answered): void {
    if (this.#answered.push(answer) === 1) setImmediate(() => this.#write())
  }

  #write(): void {
    const answered = this.#answered
    this.#answered = []
    for (const { response, status, head, payload } of answered) response.writeHead(status, head).end(status === 200 ? payload : undefined)
    for (const each of answered) this.#parts.onAnswered(lineOf(each))
  }

  #ready(request: IncomingMessage, read: Read, tally: AwsCalls): ReadyAnswer | undefined {
    let value: unknown
    try {
      value = countingAwsCalls(tally, read.work)
    } catch {
      // The long way says what is wrong.
      return undefined
    }
    if (isReady(value)) return value
    if (value instanceof Promise) {
      value.catch(() => {})
      this.#begun.set(request, { tally, value })
    }
    return undefined
  }

  #isWithinRate({ name }: Caller): boolean {
    try {
      this.#parts.withinRate(name)
      return true
    } catch {
      return false
    }
  }
}

function isPlain({ headers }: IncomingMessage): boolean {
  const { accept, host } = headers
  if (host === undefined || (accept !== undefined && accept !== '*/*' && accept !== 'application/json')) return false
  return telling.every((name) => headers[name] === undefined)
}

function lineOf({ read, caller, id, tally, status, ageMs, startedAt }: Answered): RequestLine {
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
