/** Registers routes with Fastify: the checks before a handler is called, and the response from its result. */
import { isDeepStrictEqual } from 'node:util'
import { nearestName } from '@ecs-api/ecs-model'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TProperties } from 'typebox'
import { BadRequest, NotFound } from '../problems/problem.ts'
import { awsCallsOfRequest } from './aws-calls.ts'
import { type Caller, checkPermission, nobody } from './caller.ts'
import { makeChange, Replay } from './changes.ts'
import type { RequestSteps } from './exchange.ts'
import type { FastPath } from './fast-path.ts'
import { clientTokenOf, idempotencyKey } from './idempotency.ts'
import type { OpenChanges } from './open-changes.ts'
import { type Freshness, freshnessOf } from './request/freshness.ts'
import { queryReader } from './request/query.ts'
import { reachedPort } from './request/reached-port.ts'
import { exchangeOf, type PreparedRoute, setCommonHeaders } from './request-state.ts'
import {
  Answer,
  createReply,
  isSerialisedAnswer,
  type Reply,
  type SerialisedAnswer,
  Upgrade,
} from './response/answer.ts'
import { addToVary, type CompressedBodies, compress, encodingFor, isCompressible } from './response/compression.ts'
import { etagOf, matchesEtag } from './response/etag.ts'
import { FileAnswer, sendFile } from './response/file-answer.ts'
import { alwaysRevalidate, nextLink } from './response/serialised-head.ts'
import type { Api, CallBasics, Handler, Method, Route, RouteOptions, RouteSchema } from './route.ts'
import type { ServerDeps } from './server-deps.ts'
import type { Sockets } from './sockets.ts'
import type { EventSource } from './streams/event-source.ts'
import type { EventStreams } from './streams/event-stream.ts'

interface RegistrarDeps<Account> {
  app: FastifyInstance
  routes: Route[]
  deps: ServerDeps<Account>
  draining: AbortSignal
  streams: EventStreams
  changes: OpenChanges
  sockets: Sockets
  /** The steps that the fast path and the Fastify path share: rate limit, head of a cached answer, log line. */
  requestSteps: RequestSteps
  /** Reads with a cached answer are added here, and then the fast path answers the next ones. Undefined without it. */
  fastPath: FastPath | undefined
}

/** The `Api` for routes below `base`. */
export function registrar<Account>(
  base: string,
  { app, routes, deps, draining, streams, changes, sockets, requestSteps, fastPath }: RegistrarDeps<Account>,
): Api<Account> {
  const reply = createReply(base)
  const registerWith =
    (method: Method) =>
    <Path extends string, Query extends TProperties>(
      path: Path,
      { schema, stream }: RouteOptions<Account, Path, Query>,
      handler: Handler<Account, Path, Query>,
    ) => {
      const route = { method, path: base + path, schema: schema as RouteSchema, hasStream: stream !== undefined }
      routes.push(route)
      const prepared = { ...route, admit: buildAdmission(route, deps, sockets) }
      // The casts are safe: the handler's type is derived from the route's schema, and `admit` has checked the request
      // against that schema.
      type AnyCall = CallBasics<string, TProperties> & { account: unknown }
      const run = handler as unknown as (call: AnyCall, reply: Reply) => unknown
      const streamOf = stream as unknown as ((call: AnyCall) => EventSource) | undefined
      const respond = (request: FastifyRequest, answer: FastifyReply) => {
        const { awsCalls } = request
        awsCalls.caller = request.caller?.name
        awsCalls.isChange = method !== 'GET'
        const getSignal = () => changes.begin(request, answer)
        const call = (firstTryAt?: Date) => callOf(request, { base, getSignal, firstTryAt })
        const cursor = streamOf && cursorOf(request, route.schema)
        if (streamOf && request.wantsStream)
          return awsCallsOfRequest.run(awsCalls, () => streams.answer(request, answer, streamOf(call()), cursor))
        const work = (firstTryAt?: Date) => awsCallsOfRequest.run(awsCalls, () => run(call(firstTryAt), reply))
        const fastPathValue = fastPath?.stateOf(request.raw)?.value
        const value =
          method === 'GET'
            ? (fastPathValue ?? work())
            : makeChange(request, deps, async (firstTryAt) => work(firstTryAt))
        const sendResult = (result: unknown) => {
          if (result instanceof Upgrade) return upgrade(request, answer, result)
          if (result instanceof FileAnswer) {
            setCommonHeaders(request, answer, draining)
            return sendFile(request, answer, result)
          }
          if (isSerialisedAnswer(result)) addToFastPath(request)
          return isSerialisedAnswer(result)
            ? sendSerialised(request, answer, result, route.schema, requestSteps)
            : send(request, answer, result, route, draining)
        }
        return value instanceof Promise ? value.then(sendResult) : sendResult(value)
      }

      app.route({
        method,
        url: route.path,
        config: { preparedRoute: prepared },
        ...(route.schema.maxBodyBytes !== undefined && { bodyLimit: route.schema.maxBodyBytes }),
        // Not async, so that a cached answer is sent in the same turn of the event loop.
        handler: (request, answer) => {
          checkBody(request.body, route)
          const { account, params, checkedQuery } = request
          const checking =
            account === undefined
              ? undefined
              : deps.rejectForeignArns(account as Account, params as Record<string, unknown>, checkedQuery ?? {})
          return checking ? checking.then(() => respond(request, answer)) : respond(request, answer)
        },
      })

      const upgrade = async (request: FastifyRequest, answer: FastifyReply, result: Upgrade) => {
        const onOpen = () => void requestSteps.logResponse(exchangeOf(request), { status: 101, ms: answer.elapsedTime })
        await sockets.accept(request, answer, result, route.schema.subprotocol ?? '', onOpen)
        return answer
      }
      const addToFastPath = (request: FastifyRequest) => {
        const { caller, account, raw, params } = request
        const url = raw.url ?? ''
        if (!fastPath || !caller || fastPath.hasAdmittedRead(url, caller, account)) return
        const call = callOf(request, { base, getSignal: () => draining, freshness: freshnessOf(undefined) })
        const accountName = account === undefined ? undefined : (params as { account: string }).account
        fastPath.addAdmittedRead(url, caller, { route, accountName, account, handler: run, call, reply })
      }
    }
  return {
    get: registerWith('GET'),
    post: registerWith('POST'),
    put: registerWith('PUT'),
    patch: registerWith('PATCH'),
    delete: registerWith('DELETE'),
  }
}

/** The id of the event after which a stream resumes. */
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
  if (schema.body && !schema.isBodyOptional && body === undefined) {
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
function buildAdmission<Account>(
  { method, path, schema }: Route,
  deps: ServerDeps<Account>,
  sockets: Sockets,
): PreparedRoute['admit'] {
  const readQuery = schema.leavesQueryToPage
    ? () => ({})
    : queryReader(schema.query ?? {}, schema.notYetAvailable ?? {})
  const isOfAccount = path.split('/').includes(':account')
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
    if (isOfAccount) request.account = getAccount(account ?? '', request.caller, deps)
    request.idempotencyKey = idempotencyKey(request.headers['idempotency-key'], method)
    if (request.headers['if-match'] !== undefined && method !== 'GET' && !schema.ifMatch) {
      const message = 'this request does not take it'
      throw new BadRequest('InvalidHeader', `If-Match: ${message}.`, {
        errors: [{ in: 'header', name: 'If-Match', message }],
      })
    }
    request.checkedQuery = readQuery(request.query as Record<string, unknown>)
    if (request.checkedQuery.follow === true && request.method === 'GET') request.wantsStream = true
    if (schema.subprotocol !== undefined) sockets.requireUpgrade(request, schema.subprotocol)
  }
}

function getAccount<Account>(
  name: string,
  caller: Caller | undefined,
  { findAccount, accountNames }: ServerDeps<Account>,
): Account {
  const account = findAccount(name)
  if (account) return account
  const suggestion = nearestName(
    name,
    accountNames().filter((each) => caller?.mayUseAccount(each)),
  )
  throw new NotFound('AccountNotFound', `No account is named ${name}.`, {
    next: suggestion ? `Did you mean ${suggestion}?` : 'GET /v1/ecs/accounts lists them.',
  })
}

interface CallParts {
  base: string
  getSignal: () => AbortSignal
  firstTryAt?: Date | undefined
  /** Default: from the request's headers. */
  freshness?: Freshness
}

function callOf(
  request: FastifyRequest,
  { base, getSignal, firstTryAt, freshness = freshnessOf(request.headers['cache-control']) }: CallParts,
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
    requestDetails: {
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
    auditEntryId: request.auditEntry?.id,
    url: url.slice(base.length),
    freshness,
    acceptedType: request.acceptedType,
    ifMatch: request.headers['if-match'],
    clientToken: (call = 0) =>
      key === undefined ? undefined : clientTokenOf(caller.uniqueName, url.replace(/\?.*$/s, ''), key, call),
    get signal() {
      signal ??= getSignal()
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
  if (schema.alsoProduces) reply.header('vary', addToVary(reply.getHeader('vary'), 'Accept'))
  if (answer.value === null) return reply.header('cache-control', 'no-store').send()
  const body = type === 'application/json' ? jsonOf(answer.value) : textOf(answer.text?.payload ?? String(answer.value))
  reply.type(type === 'application/json' ? type : `${type}; charset=utf-8`)
  if (method !== 'GET' || answer.status !== 200) {
    reply.header('cache-control', 'no-store')
    return sendBody(request, reply, body, schema)
  }
  reply.headers({ etag: body.etag, age: '0', 'cache-control': alwaysRevalidate })
  return sendBody(request, reply, body, schema)
}

interface ResponseBody {
  payload: string
  etag: string
  compressed: CompressedBodies
}

/** Sends the body, compressed if the client accepts that, or 304 if the client already has the body. */
function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { payload, etag, compressed: known }: ResponseBody,
  { isNeverCompressed }: RouteSchema,
): FastifyReply {
  const varies = !isNeverCompressed && isCompressible(payload.length)
  if (varies) reply.header('vary', addToVary(reply.getHeader('vary'), 'Accept-Encoding'))
  const encoding = varies ? encodingFor(request.headers['accept-encoding'], payload.length, known) : undefined
  const ifNoneMatch = reply.hasHeader('etag') ? request.headers['if-none-match'] : undefined
  if (encoding && reply.hasHeader('etag')) reply.header('etag', `W/${etag}`)
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag))
    return reply.code(304).removeHeader('content-type').send()
  if (!encoding) return reply.send(payload)
  reply.header('content-encoding', encoding)
  return sendWhenCompressed(reply, compress(payload, encoding, known))
}

function sendWhenCompressed(reply: FastifyReply, body: Buffer | Promise<Buffer>): FastifyReply {
  if (!(body instanceof Promise)) return reply.send(body)
  body.then(
    (bytes) => reply.send(bytes),
    (error) => reply.send(error),
  )
  return reply
}

function textOf(payload: string): ResponseBody {
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

function sendSerialised(
  request: FastifyRequest,
  reply: FastifyReply,
  serialised: SerialisedAnswer,
  schema: RouteSchema,
  requestSteps: RequestSteps,
): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding'], serialised.payload.length, serialised.compressed)
  const { status, headers, ageMs } = requestSteps.head(exchangeOf(request), serialised, {
    url: request.raw.url ?? '',
    ifNoneMatch: request.headers['if-none-match'],
    encoding,
    schema,
    isHttps: request.protocol === 'https',
  })
  request.ageMs = ageMs
  const { vary } = headers
  if (vary) headers.vary = addToVary(reply.getHeader('vary'), vary)
  reply.code(status).headers(headers)
  if (status === 304) return reply.send()
  if (!encoding) return reply.send(serialised.payload)
  return sendWhenCompressed(
    reply,
    compress(serialised.payload, encoding, serialised.compressed, serialised.onCompressed),
  )
}

/** Serialised values: a value that several requests share is serialised once. */
const bodiesByValue = new WeakMap<object, ResponseBody>()

function jsonOf(value: unknown): ResponseBody {
  const known = typeof value === 'object' && value !== null ? bodiesByValue.get(value) : undefined
  if (known) return known
  const payload = JSON.stringify(value)
  const made: ResponseBody = { payload, etag: etagOf(payload), compressed: new Map() }
  if (typeof value === 'object' && value !== null) bodiesByValue.set(value, made)
  return made
}

function nextCursorOf(value: unknown, schema: RouteSchema): string | undefined {
  if (!schema.query?.cursor || typeof value !== 'object' || value === null || !('nextCursor' in value)) return undefined
  return typeof value.nextCursor === 'string' ? value.nextCursor : undefined
}
