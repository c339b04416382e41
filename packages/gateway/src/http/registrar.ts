/** Registers routes with Fastify: the checks before a handler is called, and the response from its result. */
import { isDeepStrictEqual } from 'node:util'
import { nearestName } from '@ecs-api/ecs-model'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TProperties } from 'typebox'
import { BadRequest, NotFound } from '../problems/problem.ts'
import { awsCallsOfRequest } from './aws-calls.ts'
import { type Caller, checkPermission, nobody } from './caller.ts'
import { makeChange } from './changes.ts'
import type { RequestSteps } from './exchange.ts'
import type { FastPath } from './fast-path.ts'
import { clientTokenOf, readIdempotencyKey } from './idempotency.ts'
import type { OpenChanges } from './open-changes.ts'
import { type Freshness, freshnessOf } from './request/freshness.ts'
import { queryReader } from './request/query.ts'
import { reachedPort } from './request/reached-port.ts'
import { exchangeOf, type PreparedRoute, setCommonHeaders } from './request-state.ts'
import { createReply, isSerialisedAnswer, type Reply, Upgrade } from './response/answer.ts'
import { FileAnswer, sendFile } from './response/file-answer.ts'
import { sendSerialised, sendValue } from './response/send.ts'
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
export function createRegistrar<Account>(
  base: string,
  { app, routes, deps, draining, streams, changes, sockets, requestSteps, fastPath }: RegistrarDeps<Account>,
): Api<Account> {
  const handlerReply = createReply(base)
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
      const respond = (request: FastifyRequest, reply: FastifyReply) => {
        const { awsCalls } = request
        awsCalls.caller = request.caller?.name
        awsCalls.isChange = method !== 'GET'
        const getSignal = () => changes.begin(request, reply)
        const call = (firstTryAt?: Date) => callOf(request, { base, getSignal, firstTryAt })
        const cursor = streamOf && cursorOf(request, route.schema)
        if (streamOf && request.wantsStream)
          return awsCallsOfRequest.run(awsCalls, () => streams.answer(request, reply, streamOf(call()), cursor))
        const work = (firstTryAt?: Date) => awsCallsOfRequest.run(awsCalls, () => run(call(firstTryAt), handlerReply))
        const fastPathValue = fastPath?.stateOf(request.raw)?.value
        const value =
          method === 'GET'
            ? (fastPathValue ?? work())
            : makeChange(request, deps, async (firstTryAt) => work(firstTryAt))
        const sendResult = (result: unknown) => {
          if (result instanceof Upgrade) return upgrade(request, reply, result)
          if (result instanceof FileAnswer) {
            setCommonHeaders(request, reply, draining)
            return sendFile(request, reply, result)
          }
          if (isSerialisedAnswer(result)) addToFastPath(request)
          return isSerialisedAnswer(result)
            ? sendSerialised(request, reply, result, route.schema, requestSteps)
            : sendValue(request, reply, result, route, draining)
        }
        return value instanceof Promise ? value.then(sendResult) : sendResult(value)
      }

      app.route({
        method,
        url: route.path,
        config: { preparedRoute: prepared },
        ...(route.schema.maxBodyBytes !== undefined && { bodyLimit: route.schema.maxBodyBytes }),
        // Not async, so that a cached answer is sent in the same turn of the event loop.
        handler: (request, reply) => {
          checkBody(request.body, route)
          const { account, params, checkedQuery } = request
          const checking =
            account === undefined
              ? undefined
              : deps.rejectForeignArns(account as Account, params as Record<string, unknown>, checkedQuery ?? {})
          return checking ? checking.then(() => respond(request, reply)) : respond(request, reply)
        },
      })

      const upgrade = async (request: FastifyRequest, reply: FastifyReply, result: Upgrade) => {
        const onOpen = () => void requestSteps.logResponse(exchangeOf(request), { status: 101, ms: reply.elapsedTime })
        await sockets.accept(request, reply, result, route.schema.subprotocol ?? '', onOpen)
        return reply
      }
      const addToFastPath = (request: FastifyRequest) => {
        const { caller, account, raw, params } = request
        const url = raw.url ?? ''
        if (!fastPath || !caller || fastPath.hasAdmittedRead(url, caller, account)) return
        const call = callOf(request, { base, getSignal: () => draining, freshness: freshnessOf(undefined) })
        const accountName = account === undefined ? undefined : (params as { account: string }).account
        fastPath.addAdmittedRead(url, caller, { route, accountName, account, handler: run, call, reply: handlerReply })
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
    request.idempotencyKey = readIdempotencyKey(request.headers['idempotency-key'], method)
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
