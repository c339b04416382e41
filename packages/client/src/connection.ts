/**
 * Requests to one gateway: the token, the retries, the idempotency keys, the cache of unchanged responses, and problems
 * as errors. A request is sent again when it got no response, on 429, 502, 503 and 504, and on the 409 of a key whose
 * first request still runs. All tries of an unsafe call have the same key, so it changes nothing twice.
 */
import { orAborted } from './abort.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import { backoffMs, pause } from './pause.ts'
import { clientProblem, DeploymentFailed, NoResponse, ProblemError } from './problems.ts'
import type { Problem } from './resources.ts'
import { setResponseMeta } from './response-meta.ts'
import { createSharedStreams } from './streams/share.ts'
import type { StreamOpener } from './streams/watch-event.ts'
import type { Transport, TransportResponse } from './transport.ts'

export interface ConnectionOptions {
  /** The address of the gateway, such as `http://127.0.0.1:8000`. */
  url: string
  /**
   * The bearer token, or a function that returns it before each try. An error of the function is thrown, without a
   * retry.
   */
  token?: string | (() => string | Promise<string>)
  /** The value of `X-CSRF-Token`, for a browser session with a cookie. */
  csrfToken?: string | (() => string | Promise<string>)
  /** Replaces the global `fetch`. */
  fetch?: Transport
  /** Replaces the global `WebSocket`, for terminals. */
  WebSocket?: typeof WebSocket
  /** Replaces the opener that shares streams within this process, for example to share them between browser tabs. */
  streams?: StreamOpener
  /** Default: 4 tries, all begun within 30 s. The first connection of a stream has the same number of tries. */
  retries?: { tries?: number; withinSeconds?: number }
  /**
   * The number of GET responses to keep, and to return again on status 304. `true` keeps 200; by default none is kept.
   */
  cache?: boolean | number
  /** Additional headers of each request. */
  headers?: Record<string, string>
}

export interface RequestOptions {
  query?: Record<string, unknown> | undefined
  body?: unknown
  headers?: Record<string, string | undefined> | undefined
  signal?: AbortSignal | undefined
  /** The key of an unsafe call; by default a new one. A dry run has none. */
  idempotencyKey?: string | undefined
  /**
   * How long to retry while the first request with the same key still runs, when longer than `retries.withinSeconds`.
   */
  waitSeconds?: number | undefined
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

const retriedStatuses = new Set([429, 502, 503, 504])

export interface Connection {
  readonly options: ConnectionOptions
  readonly tries: number
  readonly streams: StreamOpener
  urlOf: (path: string, query?: Record<string, unknown>) => string
  /** All headers of one try. @throws the error of `token` or `csrfToken`, or the reason of the signal */
  headersOf: (
    more: RequestOptions['headers'],
    request: Pick<RequestOptions, 'body' | 'signal'>,
  ) => Promise<Record<string, string>>
  /** One try. @throws NoResponse, or the reason of the signal */
  send: (
    method: Method,
    url: string,
    request: Pick<RequestOptions, 'body' | 'signal'> & { headers: Record<string, string> },
  ) => Promise<TransportResponse>
  /**
   * Retries, and parses the response.
   * @throws ProblemError, NoResponse, the reason of the signal, or the error of `token` or `csrfToken`
   */
  request: <T = unknown>(method: Method, path: string, options?: RequestOptions) => Promise<T>
}

/** Sends nothing: the first request is that of the first call. */
export function connect(options: ConnectionOptions): Connection {
  const baseUrl = options.url.replace(/\/+$/, '')
  // Called as a plain function, because browsers reject `fetch` as a method of another object.
  const transport: Transport = options.fetch ?? ((url, request) => fetch(url, request as RequestInit))
  const { tries = 4, withinSeconds = 30 } = options.retries ?? {}
  const cache = responseCache(options.cache === true ? 200 : Number(options.cache ?? 0))

  const headersOf: Connection['headersOf'] = async (more, { body, signal }) => {
    const headers: Record<string, string> = { accept: 'application/json, */*;q=0.1', ...options.headers }
    const token = await currentValue(options.token, signal)
    const csrfToken = await currentValue(options.csrfToken, signal)
    if (token !== undefined) headers.authorization = `Bearer ${token}`
    if (csrfToken !== undefined) headers['x-csrf-token'] = csrfToken
    if (body !== undefined) headers['content-type'] = 'application/json'
    for (const [name, value] of Object.entries(more ?? {})) if (value !== undefined) headers[name.toLowerCase()] = value
    return headers
  }

  const send: Connection['send'] = async (method, url, { body, headers, signal }) => {
    signal?.throwIfAborted()
    try {
      return await transport(url, {
        method,
        headers,
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(signal && { signal }),
        // A cookie counts only with the session's CSRF token.
        credentials: options.csrfToken === undefined ? 'omit' : 'same-origin',
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw new NoResponse(method, url, error)
    }
  }

  const request = async <T>(method: Method, path: string, requestOptions: RequestOptions = {}): Promise<T> => {
    const { signal, waitSeconds = 0 } = requestOptions
    const url = baseUrl + pathWith(path, requestOptions.query)
    // A dry run has no key: the gateway would repeat the old plan.
    const hasKey = method !== 'GET' && method !== 'HEAD' && !/[?&]dryRun=true/.test(url)
    const cached = method === 'GET' ? cache.find(url) : undefined
    const headers = {
      ...(hasKey && { 'idempotency-key': requestOptions.idempotencyKey ?? newIdempotencyKey() }),
      ...(cached && { 'if-none-match': cached.etag }),
      ...requestOptions.headers,
    }
    let firstFailureAt: number | undefined
    for (let failures = 1; ; failures++) {
      let error: ProblemError | NoResponse
      signal?.throwIfAborted()
      const requestHeaders = await headersOf(headers, requestOptions)
      try {
        const response = await send(method, url, { body: requestOptions.body, headers: requestHeaders, signal })
        const text = await response.text()
        if (response.status === 304 && cached) return cache.reuse(url, cached, response) as T
        if (response.status < 400) return cache.set(method, url, response, parsedBody(response, text)) as T
        error = problemIn(response, text)
      } catch (thrown) {
        signal?.throwIfAborted()
        error = thrown instanceof NoResponse ? thrown : new NoResponse(method, url, thrown)
      }
      const now = performance.now()
      firstFailureAt ??= now
      // A `NoResponse` has none of these properties.
      const { code, status, retryAfterSeconds = 0 } = error as Partial<ProblemError>
      const isFirstRequestRunning = code === 'RequestInProgress'
      const isRetried = status === undefined || isFirstRequestRunning || retriedStatuses.has(status)
      const delayMs = retryAfterSeconds * 1000 || backoffMs(failures - 1, 10_000)
      const budgetMs = 1000 * (isFirstRequestRunning ? Math.max(withinSeconds, waitSeconds) : withinSeconds)
      const isLast = failures >= tries && !(isFirstRequestRunning && waitSeconds > 0)
      if (!isRetried || isLast || now - firstFailureAt + delayMs > budgetMs) throw error
      await pause(delayMs, signal)
    }
  }

  return {
    options,
    tries,
    streams: options.streams ?? createSharedStreams(),
    urlOf: (path, query) => baseUrl + pathWith(path, query),
    headersOf,
    send,
    request,
  }
}

async function currentValue(value: ConnectionOptions['token'], signal: AbortSignal | undefined) {
  return typeof value === 'function' ? orAborted(value(), signal) : value
}

function pathWith(path: string, query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value instanceof Date ? value.toISOString() : String(value)]],
  )
  return pairs.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(pairs)}`
}

function parsedBody(response: TransportResponse, text: string): unknown {
  return /[/+]json\b/.test(response.headers.get('content-type') ?? '') && text ? JSON.parse(text) : text
}

/** The problem of a response. A proxy in between may respond with anything. */
export function problemIn(response: TransportResponse, text: string): ProblemError {
  const { status, headers } = response
  let value: Partial<Problem> | undefined
  try {
    value = JSON.parse(text)
  } catch {
    // A text that is not JSON does not come from the gateway.
  }
  const isProblem = typeof value?.code === 'string' && typeof value.detail === 'string'
  const problem = isProblem
    ? (value as Problem)
    : clientProblem(`Http${status}`, `Status ${status}: ${text.slice(0, 200)}`, status)
  if (problem.code === 'DeploymentFailed') return new DeploymentFailed(problem)
  return new ProblemError(problem, secondsUntil(headers.get('retry-after') ?? ''))
}

/** RFC 9110, "Retry-After": seconds, or a date. @returns undefined for another text */
function secondsUntil(retryAfter: string): number | undefined {
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Math.max(0, seconds) || undefined
}

interface CachedResponse {
  etag: string
  value: unknown
}

/** The most recently used responses, by URL. */
function responseCache(size: number) {
  const responses = new Map<string, CachedResponse>()
  const keep = (url: string, response: CachedResponse) => {
    responses.delete(url)
    responses.set(url, response)
    if (responses.size > size) responses.delete(responses.keys().next().value!)
  }
  return {
    find: (url: string) => responses.get(url),
    reuse: (url: string, cached: CachedResponse, { headers }: TransportResponse) => {
      keep(url, cached)
      setResponseMeta(cached.value, 304, headers)
      return cached.value
    },
    set: (method: Method, url: string, { status, headers }: TransportResponse, value: unknown) => {
      setResponseMeta(value, status, headers)
      const etag = headers.get('etag')
      if (size > 0 && method === 'GET' && etag) keep(url, { etag, value })
      return value
    },
  }
}
