/** Registers routes with Fastify: the checks before a handler is called, and the response from its result. */
import { isDeepStrictEqual } from 'node:util'
import { nearestName } from '@ecs-api/ecs-model'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TProperties } from 'typebox'
import { BadRequest, NotFound } from '../problems/problem.ts'
import { Answer, isSerialised, type Reply, replyUnder, type SerialisedAnswer, Upgrade } from './answer.ts'
import { awsCallsOfRequest } from './aws-calls.ts'
import { type Caller, checkPermission, nobody } from './caller.ts'
import { makeChange, Replay } from './changes.ts'
import { type CompressedBodies, compressed, encodingFor, isCompressible, varying } from './compression.ts'
import { etagOf, matchesEtag } from './etag.ts'
import type { RequestSteps } from './exchange.ts'
import type { FastPath } from './fast-path.ts'
import { FileAnswer, sendFile } from './file-answer.ts'
import { clientTokenOf, idempotencyKey } from './idempotency.ts'
import type { OpenChanges } from './open-changes.ts'
import { type Freshness, freshnessOf } from './request/freshness.ts'
import { queryReader } from './request/query.ts'
import { reachedPort } from './request/reached-port.ts'
import { exchangeOf, type PreparedRoute, setCommonHeaders } from './request-state.ts'
import type { Api, CallBasics, Handler, Method, Route, RouteOptions, RouteSchema } from './route.ts'
import { nextLink, revalidate } from './serialised-head.ts'
import type { ServerDeps } from './server-deps.ts'
import type { Sockets } from './sockets.ts'
import type { EventSource } from './streams/event-source.ts'
import type { EventStreams } from './streams/event-stream.ts'

interface Shared<Account> {
  app: FastifyInstance
  routes: Route[]
  deps: ServerDeps<Account>
  draining: AbortSignal
  streams: EventStreams
  changes: OpenChanges
  sockets: Sockets
  /** The steps that both paths share: rate limit, head of a cached answer, log line. */
  requestSteps: RequestSteps
  /** Undefined without a fast path. Reads with a cached answer are remembered there, so that it answers the next ones. */
  fastPath: FastPath | undefined
}

/** The `Api` for routes below `base`. */
export function registrar<Account>(
  base: string,
  { app, routes, deps, draining, streams, changes, sockets, requestSteps, fastPath }: Shared<Account>,
): Api<Account> {
  const reply = replyUnder(base)
  const on =
    (method: Method) =>
    <Path extends string, Query extends TProperties>(
      path: Path,
      { schema, stream }: RouteOptions<Account, Path, Query>,
      handler: Handler<Account, Path, Query>,
    ) => {
      const route = { method, path: base + path, schema: schema as RouteSchema, hasStream: stream !== undefined }
      routes.push(route)
      const prepared = { ...route, admit: admission(route, deps, sockets) }
      // The casts are safe: `admit` has checked the request against the route's schema, from which the handler's type
      // comes.
      type AnyCall = CallBasics<string, TProperties> & { account: unknown }
      const run = handler as unknown as (call: AnyCall, reply: Reply) => unknown
      const streamOf = stream as unknown as ((call: AnyCall) => EventSource) | undefined
      const respond = (request: FastifyRequest, answer: FastifyReply) => {
        const { awsCalls } = request
        awsCalls.caller = request.caller?.name
        awsCalls.isChange = method !== 'GET'
        const signalOf = () => changes.begin(request, answer)
        const call = (firstTryAt?: Date) => callOf(request, { base, signalOf, firstTryAt })
        const cursor = streamOf && cursorOf(request, route.schema)
        if (streamOf && request.wantsStream)
          return awsCallsOfRequest.run(awsCalls, () => streams.answer(request, answer, streamOf(call()), cursor))
        const work = (firstTryAt?: Date) => awsCallsOfRequest.run(awsCalls, () => run(call(firstTryAt), reply))
        const fastPathValue = fastPath?.stateOf(request.raw)?.value
        const value =
          method === 'GET'
            ? (fastPathValue ?? work())
            : makeChange(request, deps, async (firstTryAt) => work(firstTryAt))
        const sent = (what: unknown) => {
          if (what instanceof Upgrade) return upgraded(request, answer, what)
          if (what instanceof FileAnswer) {
            setCommonHeaders(request, answer, draining)
            return sendFile(request, answer, what)
          }
          if (isSerialised(what)) remember(request)
          return isSerialised(what)
            ? sendReady(request, answer, what, route.schema, requestSteps)
            : send(request, answer, what, route, draining)
        }
        return value instanceof Promise ? value.then(sent) : sent(value)
      }

      app.route({
        method,
        url: route.path,
        config: { preparedRoute: prepared },
        ...(route.schema.maxBodyBytes !== undefined && { bodyLimit: route.schema.maxBodyBytes }),
        // Not async: a cached answer is sent in the turn of the event loop in which it was requested.
        handler: (request, answer) => {
          checkBody(request.body, route)
          const { account, params, checkedQuery } = request
          const checking =
            account === undefined
              ? undefined
              : deps.checkReferences(account as Account, params as Record<string, unknown>, checkedQuery ?? {})
          return checking ? checking.then(() => respond(request, answer)) : respond(request, answer)
        },
      })

      const upgraded = async (request: FastifyRequest, answer: FastifyReply, what: Upgrade) => {
        const onOpen = () => void requestSteps.end(exchangeOf(request), { status: 101, ms: answer.elapsedTime })
        await sockets.accept(request, answer, what, route.schema.subprotocol ?? '', onOpen)
        return answer
      }
      const remember = (request: FastifyRequest) => {
        const { caller, account, raw, params } = request
        const url = raw.url ?? ''
        if (!fastPath || !caller || fastPath.knows(url, caller, account)) return
        const call = callOf(request, { base, signalOf: () => draining, freshness: freshnessOf(undefined) })
        const accountName = account === undefined ? undefined : (params as { account: string }).account
        fastPath.remember(url, caller, { route, accountName, account, handler: run, call, reply })
      }
    }
  return { get: on('GET'), post: on('POST'), put: on('PUT'), patch: on('PATCH'), delete: on('DELETE') }
}

/** The event after which a stream resumes. */
function cursorOf({ headers, checkedQuery, wantsStream }: FastifyRequest, { query }: RouteSchema): string | undefined {
  const { cursor } = checkedQuery as { cursor?: string }
  if (wantsStream) return (headers['last-event-id'] as string | undefined) ?? cursor
  if (cursor === undefined || hasPages(query)) return undefined
  const message = 'goes with `Accept: text/event-stream`, which is missing'
  throw new BadRequest('InvalidQuery', `?cursor: ${message}.`, { errors: [{ in: 'query', name: 'cursor', message }] })
}

/** Whether `?cursor` without a stream continues a list. */
function hasPages(query: RouteSchema['query']): boolean {
  return query?.limit !== undefined
}

/** Rejects a missing body, and a body that would be ignored. */
function checkBody(body: unknown, { schema }: Route): void {
  if (schema.body && !schema.bodyOptional && body === undefined) {
    throw new BadRequest('BodyMissing', 'This request needs a body.', {
      next: 'Send JSON with Content-Type: application/json.',
    })
  }
  if (schema.body || body === undefined || isDeepStrictEqual(body, {})) return
  const message = 'this request takes no body'
  throw new BadRequest('InvalidBody', `The request has a body, but ${message}.`, {
    errors: [{ in: 'body', pointer: '', message }],
  })
}

/** The checks before a body is read; built once for each route. */
function admission<Account>(
  { method, path, schema }: Route,
  deps: ServerDeps<Account>,
  sockets: Sockets,
): PreparedRoute['admit'] {
  const readQuery = schema.leavesQueryToPage
    ? () => ({})
    : queryReader(schema.query ?? {}, schema.notYetAvailable ?? {})
  const ofAccount = path.split('/').includes(':account')
  const permission = schema.permission ?? (method === 'GET' ? 'read' : 'change')
  const concernsAllClusters = schema.concernsAllClusters === true
  return (request) => {
    const {
      account,
      cluster,
      taskdef: taskDefinition,
    } = request.params as { account?: string; cluster?: string; taskdef?: string }
    if (request.caller)
      checkPermission(request.caller, { permission, account, cluster, taskDefinition, concernsAllClusters })
    if (ofAccount) request.account = accountNamed(account ?? '', request.caller, deps)
    request.idempotencyKey = idempotencyKey(request.headers['idempotency-key'], method)
    if (request.headers['if-match'] !== undefined && method !== 'GET' && !schema.ifMatch) {
      const message = 'this request does not take it'
      throw new BadRequest('InvalidHeader', `If-Match: ${message}.`, {
        errors: [{ in: 'header', name: 'If-Match', message }],
      })
    }
    request.checkedQuery = readQuery(request.query as Record<string, unknown>)
    if (request.checkedQuery.follow === true && request.method === 'GET') request.wantsStream = true
    if (schema.subprotocol !== undefined) sockets.require(request, schema.subprotocol)
  }
}

function accountNamed<Account>(
  name: string,
  caller: Caller | undefined,
  { findAccount, accountNames }: ServerDeps<Account>,
): Account {
  const account = findAccount(name)
  if (account) return account
  const meant = nearestName(
    name,
    accountNames().filter((each) => caller?.mayUseAccount(each)),
  )
  throw new NotFound('AccountNotFound', `No account is named ${name}.`, {
    next: meant ? `Did you mean ${meant}?` : 'GET /v1/ecs/accounts lists them.',
  })
}

interface CallParts {
  base: string
  signalOf: () => AbortSignal
  firstTryAt?: Date | undefined
  /** Default: from the request's headers. */
  freshness?: Freshness
}

function callOf(
  request: FastifyRequest,
  { base, signalOf, firstTryAt, freshness = freshnessOf(request.headers['cache-control']) }: CallParts,
): CallBasics<string, TProperties> & { account: unknown } {
  const { idempotencyKey: key, caller = nobody } = request
  const url = request.raw.url ?? ''
  let signal: AbortSignal | undefined
  return {
    account: request.account,
    params: request.params as Record<string, string>,
    query: request.checkedQuery,
    body: request.body,
    caller,
    firstTryAt,
    sent: {
      requestId: request.id,
      source: request.source,
      origin: request.headers.origin,
      idempotencyKey: key,
      headers: request.headers,
      get ownOrigin() {
        return `${request.protocol}://${request.host}`
      },
      get reachedPort() {
        return reachedPort(request)
      },
    },
    url: url.slice(base.length),
    freshness,
    accepts: request.acceptedType,
    ifMatch: request.headers['if-match'],
    clientToken: (call = 0) =>
      key === undefined ? undefined : clientTokenOf(caller.uniqueName, url.replace(/\?.*$/s, ''), key, call),
    get signal() {
      signal ??= signalOf()
      return signal
    },
  }
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  value: unknown,
  { method, schema }: Route,
  draining: AbortSignal,
): FastifyReply {
  if (value instanceof Replay) return sendReplay(request, reply, value, draining)
  const answer = value instanceof Answer ? value : new Answer(200, value)
  const type = answer.text?.type ?? schema.produces ?? 'application/json'
  setCommonHeaders(request, reply, draining)
  reply.code(answer.status).headers(answer.headers)
  const next = nextCursorOf(answer.value, schema)
  if (next) reply.header('link', nextLink(request.raw.url ?? '', next))
  if (schema.alsoProduces) reply.header('vary', varying(reply.getHeader('vary'), 'Accept'))
  if (answer.value === null) return reply.header('cache-control', 'no-store').send()
  const body = type === 'application/json' ? jsonOf(answer.value) : textOf(answer.text?.payload ?? String(answer.value))
  reply.type(type === 'application/json' ? type : `${type}; charset=utf-8`)
  if (method !== 'GET' || answer.status !== 200) {
    reply.header('cache-control', 'no-store')
    return sendBody(request, reply, body, schema)
  }
  reply.headers({ etag: body.etag, age: '0', 'cache-control': revalidate })
  return sendBody(request, reply, body, schema)
}

interface Body {
  payload: string
  etag: string
  compressed: CompressedBodies
}

/** The body, compressed where the client accepts that; or 304 where it has the body already. */
function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { payload, etag, compressed: known }: Body,
  { isNeverCompressed }: RouteSchema,
): FastifyReply {
  const varies = !isNeverCompressed && isCompressible(payload.length)
  if (varies) reply.header('vary', varying(reply.getHeader('vary'), 'Accept-Encoding'))
  const encoding = varies ? encodingFor(request.headers['accept-encoding'], payload.length, known) : undefined
  const ifNoneMatch = reply.hasHeader('etag') ? request.headers['if-none-match'] : undefined
  if (encoding && reply.hasHeader('etag')) reply.header('etag', `W/${etag}`)
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag))
    return reply.code(304).removeHeader('content-type').send()
  if (!encoding) return reply.send(payload)
  reply.header('content-encoding', encoding)
  return sendWhenMade(reply, compressed(payload, encoding, known))
}

function sendWhenMade(reply: FastifyReply, body: Buffer | Promise<Buffer>): FastifyReply {
  if (!(body instanceof Promise)) return reply.send(body)
  body.then(
    (bytes) => reply.send(bytes),
    (error) => reply.send(error),
  )
  return reply
}

function textOf(payload: string): Body {
  return { payload, etag: etagOf(payload), compressed: new Map() }
}

function sendReplay(
  request: FastifyRequest,
  reply: FastifyReply,
  { answer }: Replay,
  draining: AbortSignal,
): FastifyReply {
  setCommonHeaders(request, reply, draining)
  const type = answer.status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8'
  reply.code(answer.status).headers({ ...answer.headers, 'cache-control': 'no-store', 'idempotent-replayed': 'true' })
  // As bytes: Fastify adds a charset to text.
  return answer.body === '' ? reply.send() : reply.type(type).send(Buffer.from(answer.body))
}

function sendReady(
  request: FastifyRequest,
  reply: FastifyReply,
  ready: SerialisedAnswer,
  schema: RouteSchema,
  requestSteps: RequestSteps,
): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding'], ready.payload.length, ready.compressed)
  const { status, headers, ageMs } = requestSteps.head(exchangeOf(request), ready, {
    url: request.raw.url ?? '',
    ifNoneMatch: request.headers['if-none-match'],
    encoding,
    schema,
    isHttps: request.protocol === 'https',
  })
  request.ageMs = ageMs
  const { vary } = headers
  if (vary) headers.vary = varying(reply.getHeader('vary'), vary)
  reply.code(status).headers(headers)
  if (status === 304) return reply.send()
  if (!encoding) return reply.send(ready.payload)
  return sendWhenMade(reply, compressed(ready.payload, encoding, ready.compressed, ready.onCompressed))
}

/** Values that several requests share are serialised once. */
const serialised = new WeakMap<object, Body>()

function jsonOf(value: unknown): Body {
  const known = typeof value === 'object' && value !== null ? serialised.get(value) : undefined
  if (known) return known
  const payload = JSON.stringify(value)
  const made: Body = { payload, etag: etagOf(payload), compressed: new Map() }
  if (typeof value === 'object' && value !== null) serialised.set(value, made)
  return made
}

function nextCursorOf(value: unknown, schema: RouteSchema): string | undefined {
  if (!schema.query?.cursor || typeof value !== 'object' || value === null || !('nextCursor' in value)) return undefined
  return typeof value.nextCursor === 'string' ? value.nextCursor : undefined
}
