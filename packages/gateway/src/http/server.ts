/**
 * The HTTP server: Fastify with the conventions that every route shares (API.md, "Conventions"). It is independent of
 * ECS's resources.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import {
  causeText,
  MethodNotAllowed,
  NotFound,
  type Problem,
  Unauthorized,
  Unavailable,
  UnsupportedMediaType,
  UriTooLong,
} from '../problems/problem.ts'
import { newAwsCalls } from './aws-calls.ts'
import type { Caller } from './caller.ts'
import { recordResult } from './changes.ts'
import { RequestSteps } from './exchange.ts'
import { FastPath } from './fast-path.ts'
import { type HttpSettings, listeningOptions, maxUrlLength } from './listening.ts'
import { OpenChanges } from './open-changes.ts'
import { endGently, watchConnections } from './open-connections.ts'
import { createAddressLimiter, createRateLimiter } from './rate-limit.ts'
import { createRegistrar } from './registrar.ts'
import { acceptedType, eventStreamType } from './request/accept.ts'
import { addressOf, rememberAddresses } from './request/client-address.ts'
import { requestIdFor, tokenInHeaders } from './request/headers.ts'
import { requireAllowedHost } from './request/host.ts'
import { readJson } from './request/json.ts'
import { reachedPort } from './request/reached-port.ts'
import { sessionCookies } from './request/session-cookie.ts'
import { exchangeOf, setCommonHeaders } from './request-state.ts'
import { deploymentHeader } from './response/deployment-header.ts'
import { answerClientError, sendProblem, toProblem } from './response/problem-answer.ts'
import type { Api, Method, Route } from './route.ts'
import type { ServerDeps } from './server-deps.ts'
import { Sockets } from './sockets.ts'
import { EventStreams } from './streams/event-stream.ts'
import type { StreamCounts } from './streams/stream-counts.ts'

export interface Server<Account> {
  app: FastifyInstance
  /** Routes below `/v1/ecs`. */
  api: Api<Account>
  /** Routes from the root. */
  rootApi: Api<Account>
  routes: readonly Route[]
  streams: StreamCounts
  /** Counts a failed sign-in of an address. @throws TooManyRequests `RateLimitExceeded` */
  countFailedSignIn: (address: string) => void
  /** Counts a sign-in that an address begins at the identity provider. @throws TooManyRequests `RateLimitExceeded` */
  countOidcSignIn: (address: string) => void
  /** Begins to shut down: waits end early (503), and connections close after their response. */
  drain: () => void
}

const basePath = '/v1/ecs'
const largeBodyBytes = 16 * 1024

function rejectFastifySchema(): never {
  throw new Error('a route was given a schema of Fastify’s')
}

export async function createServer<Account>(
  deps: ServerDeps<Account>,
  settings: HttpSettings,
): Promise<Server<Account>> {
  const routes: Route[] = []
  const draining = new AbortController()
  const countRequest = createRateLimiter(settings.rateLimit)
  const countPublicRequest = createAddressLimiter(
    { requests: settings.limits.publicRequests, seconds: 10 },
    'without a token',
  )
  const countFailedSignIn = createAddressLimiter(
    { requests: settings.limits.failedLogins, seconds: 60 },
    'with an unknown token',
  )
  const countOidcSignIn = createAddressLimiter(
    { requests: settings.limits.failedLogins, seconds: 60 },
    'to sign in at the identity provider',
  )
  const { findAccount, cachedCaller, onAnswered } = deps
  const requestSteps = new RequestSteps({ countRequest, draining: draining.signal, onAnswered })
  const logResponse = (request: FastifyRequest, reply: FastifyReply) =>
    requestSteps.logResponse(exchangeOf(request), {
      status: reply.statusCode,
      ms: reply.elapsedTime,
      ageMs: request.ageMs,
      code: request.problemCode,
      cause: request.problemCause,
      replayed: request.idempotencyKey === undefined ? undefined : request.isReplayed,
      dryRun: request.checkedQuery?.dryRun === true || undefined,
    })
  // Only the Fastify path handles CORS, traces and the check of hosts.
  const fastPath =
    settings.cors || deps.trace || settings.isForLoopbackOnly
      ? undefined
      : new FastPath({
          cachedCaller,
          findAccount,
          requestSteps,
          draining: draining.signal,
          hasTls: settings.tls !== undefined,
          trustsProxies: settings.trustProxy.length > 0,
        })
  const sockets = new Sockets(routes)
  const app: FastifyInstance = fastify({
    ...listeningOptions(settings, fastPath, sockets, (error) => deps.onBug(error)),
    requestIdHeader: false,
    genReqId: ({ headers }) => requestIdFor(headers),
    routerOptions: { maxParamLength: maxUrlLength },
    // No route has a Fastify schema: query.ts, body.ts and shapes read requests, and Fastify's compilers need not be
    // loaded.
    schemaController: {
      compilersFactory: { buildValidator: rejectFastifySchema, buildSerializer: rejectFastifySchema },
    },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) => answerClientError(error, socket, deps.onAnswered),
    // Fastify runs no hooks for these errors.
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply as FastifyReply)
      logResponse(request, reply as FastifyReply)
    },
  })

  const closeConnections = watchConnections(app.server)
  rememberAddresses(app.server)
  if (settings.cors) await allowOrigins(app, settings.cors.origins)

  app.decorateRequest('awsCalls')
  app.decorateRequest('caller', undefined)
  app.decorateRequest('source', '')
  app.decorateRequest('problemCode', undefined)
  app.decorateRequest('problemCause', undefined)
  app.decorateRequest('checkedQuery')
  app.decorateRequest('acceptedType', '')
  app.decorateRequest('wantsStream', false)
  app.decorateRequest('account', undefined)
  app.decorateRequest('idempotencyKey', undefined)
  app.decorateRequest('auditEntry', undefined)
  app.decorateRequest('isReplayed', false)
  app.decorateRequest('ageMs', undefined)

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_: FastifyRequest, bytes: Buffer) =>
    parseBody(bytes),
  )
  app.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      if (request.method === 'PATCH') return parseBody(bytes)
      throw new UnsupportedMediaType('UnsupportedMediaType', 'Only PATCH takes a merge patch.', {
        next: 'Send application/json.',
      })
    },
  )

  // With a callback, because an async hook would cost every request several turns of the microtask queue.
  app.addHook('onRequest', (request, reply, done) => {
    const fastPathState = fastPath?.stateOf(request.raw)
    request.awsCalls = fastPathState?.awsCalls ?? newAwsCalls()
    request.awsCalls.requestId = request.id
    if (deps.trace) request.awsCalls.trace = deps.trace(request.headers)
    const prepared = request.routeOptions.config.preparedRoute
    request.source = request.ip ?? addressOf(request.raw.socket)
    if ((request.raw.url ?? '').length > maxUrlLength) {
      throw new UriTooLong('UriTooLong', `Path and query have more than ${maxUrlLength} characters.`)
    }
    requireAllowedHost(request.raw, { isForLoopbackOnly: settings.isForLoopbackOnly === true })
    const admitCaller = (caller: Caller | undefined) => {
      if (!prepared?.schema.isPublic) {
        request.caller = caller ?? unauthorized(request, countFailedSignIn)
        if (tokenInHeaders(request.headers) === undefined) reply.header('vary', 'Authorization, Cookie')
        if (!fastPathState) requestSteps.admit(request.caller)
      } else if (!prepared.schema.isProbe) countPublicRequest(request.source)
      // The router also matches an empty parameter, as in `/clusters/`.
      const hasAllParams = Object.values(request.params as Record<string, string>).every((value) => value !== '')
      if (!prepared || !hasAllParams) throw notFoundProblem(request, routes)
      const { schema, hasStream } = prepared
      const { produces: type = 'application/json', alsoProduces = {} } = schema
      request.acceptedType = acceptedType(request.headers.accept, {
        type,
        otherTypes: Object.keys(alsoProduces),
        hasStream,
      })
      request.wantsStream = request.acceptedType === eventStreamType && request.method === 'GET'
      prepared.admit(request)
      done()
    }
    const caller = prepared?.schema.isPublic ? undefined : callerOf(request, deps)
    if (caller instanceof Promise) caller.then(admitCaller).catch(done)
    else admitCaller(caller)
  })
  // Never called: the hook above throws for unknown paths.
  app.setNotFoundHandler((request) => {
    throw notFoundProblem(request, routes)
  })

  const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error)
    if (problem.status === 500) deps.onBug(problem.cause ?? error, request.id)
    if (problem.status === 413) endGently(request.raw.socket)
    request.problemCode = problem.code
    if (problem.status > 500) request.problemCause = causeText(problem)
    setCommonHeaders(request, reply, draining.signal)
    return sendProblem(reply, problem)
  }
  app.setErrorHandler(sendError)

  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') return done(null, payload)
    // The response reports the outcome of the change, also when the outcome cannot be stored.
    Promise.all([recordResult(request, reply, deps), deps.peersAcknowledged?.()])
      .catch((error) => deps.onBug(error, request.id))
      .finally(() => done(null, payload))
  })
  app.addHook('onResponse', (request, reply, done) => {
    const line = logResponse(request, reply)
    request.awsCalls?.trace?.onAnswered(line)
    done()
  })

  const isAdmitted = async (request: FastifyRequest) => (await callerOf(request, deps)) !== undefined
  const { streamsPerToken, changesPerToken } = settings.limits
  const changes = new OpenChanges(changesPerToken, draining.signal, isAdmitted)
  const streams = new EventStreams(draining.signal, streamsPerToken, isAdmitted, (request, reply) =>
    logResponse(request, reply),
  )
  deps.onTokensChanged(() => {
    streams.recheck()
    changes.recheck()
  })
  const shared = { app, routes, deps, draining: draining.signal, streams, changes, sockets, requestSteps, fastPath }
  return {
    app,
    api: createRegistrar(basePath, shared),
    rootApi: createRegistrar('', shared),
    routes,
    streams: streams.counts,
    countFailedSignIn,
    countOidcSignIn,
    drain: () => {
      draining.abort(new Unavailable('ShuttingDown', 'This process is shutting down.', { retryAfterSeconds: 1 }))
      closeConnections()
    },
  }
}

/** The caller of the request's token or, without a token, of its session cookie and CSRF token. */
function callerOf(
  request: FastifyRequest,
  { authenticate, authenticateSession }: Pick<ServerDeps<unknown>, 'authenticate' | 'authenticateSession'>,
): Caller | undefined | Promise<Caller | undefined> {
  const token = tokenInHeaders(request.headers)
  if (token !== undefined) return authenticate(token)
  const csrfToken = request.headers['x-csrf-token']
  if (typeof csrfToken !== 'string') return undefined
  const cookies = sessionCookies(request.headers, reachedPort(request))
  return cookies.length === 0 ? undefined : authenticateSession(cookies, csrfToken)
}

/** After a large body is parsed, other requests are answered before it is processed. */
async function parseBody(bytes: Buffer): Promise<unknown> {
  const value = readJson(bytes)
  if (bytes.length > largeBodyBytes) await nextTurn()
  return value
}

async function allowOrigins(app: FastifyInstance, origins: string[]): Promise<void> {
  const { default: cors } = await import('@fastify/cors')
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : origins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'Location',
      'Link',
      'ETag',
      'Age',
      'Retry-After',
      'X-Request-Id',
      'Idempotent-Replayed',
      'Ecs-Api-Stale',
      deploymentHeader,
      'Server-Timing',
    ],
    maxAge: 3600,
  })
}

function unauthorized(request: FastifyRequest, countFailedSignIn: (address: string) => void): never {
  countFailedSignIn(request.source)
  const detail =
    tokenInHeaders(request.headers) !== undefined
      ? 'This token is not known here.'
      : sessionCookies(request.headers, reachedPort(request)).length > 0
        ? 'The session has ended, or the request does not carry the session’s X-CSRF-Token.'
        : 'The request carries no token.'
  throw new Unauthorized('Unauthorized', detail, {
    next: 'Send `Authorization: Bearer <token>`. The gateway says at its start where the first token is.',
    headers: { 'www-authenticate': 'Bearer realm="ecs-api"' },
  })
}

/** 405 when another method exists, else 404. */
function notFoundProblem(request: FastifyRequest, routes: readonly Route[]): Problem {
  const path = (request.raw.url ?? '').replace(/\?.*$/s, '')
  const segments = path.split('/')
  const methods = new Set<Method | 'HEAD'>()
  for (const route of routes) {
    const pattern = route.path.split('/')
    if (
      pattern.length !== segments.length ||
      !pattern.every((part, i) => (part.startsWith(':') ? segments[i] !== '' : part === segments[i]))
    )
      continue
    methods.add(route.method)
    if (route.method === 'GET') methods.add('HEAD')
  }
  if (methods.size === 0) return new NotFound('RouteNotFound', 'No route has this path.', { next: '/docs lists them.' })
  const allow = [...methods].sort().join(', ')
  return new MethodNotAllowed('MethodNotAllowed', `This path does not take ${request.method}.`, {
    next: `It takes ${allow}.`,
    headers: { allow },
  })
}
