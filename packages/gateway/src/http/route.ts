/** A route: method, path, what it takes and returns, and its handler. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Static, TObject, TProperties, TSchema } from 'typebox'
import type { ProblemCode } from '../problems/codes.ts'
import { Type } from '../typebox/type.ts'
import type { Answer, Reply } from './answer.ts'
import type { Caller, Permission } from './caller.ts'
import type { Freshness } from './request/freshness.ts'
import type { NotYetAvailableParameters } from './request/query.ts'
import type { ReachedPort } from './request/session-cookie.ts'
import type { EventSource } from './streams/event-source.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * A route's schema: openapi.json shows it, and requests are checked against it. Bodies are not checked here: the
 * handler reads them.
 */
export interface RouteSchema<Query extends TProperties = TProperties> {
  /** A few words for the table of contents. */
  summary: string
  /** Name of the operation in generated clients. Every route of openapi.json has one; it never changes. */
  operationId?: string
  /** Markdown. */
  description?: string
  /** The section of the reference page. */
  tag: string
  /** Path parameters, by name. */
  params?: Readonly<Record<string, TSchema>>
  query?: Query
  notYetAvailable?: NotYetAvailableParameters
  /** The query is for the page that the browser gets, and is not checked. */
  leavesQueryToPage?: true
  /** The body's shape in openapi.json; with `bodyOptional` the request may have none. */
  body?: TSchema
  bodyOptional?: true
  /** Responses that are not problems, by status; each schema has its description and examples. */
  answers: Readonly<Record<number, TSchema>>
  /** Problem codes of this route; those of every route need not be named. */
  problems?: readonly ProblemCode[]
  /** The permission that a token needs; default `read` for GET and `change` for all others. */
  permission?: Permission
  /** Deletes something that all clusters of the account share: forbidden for tokens with a fence of clusters. */
  concernsAllClusters?: true
  /** Only takes rights away, so it may be done before its audit entry is stored: also when the store is full. */
  mayPrecedeAudit?: true
  /** The request becomes a WebSocket with this subprotocol: the handler returns an `Upgrade`. */
  subprotocol?: string
  /**
   * The behaviour of a request with a known `Idempotency-Key`. By default the first response is sent again. `once`: the work
   * is not done again and its response is not stored. `anew`: the key means nothing to the server, and the handler uses
   * it.
   */
  repeats?: (body: unknown) => 'once' | 'anew'
  /** Takes `If-Match`; the handler checks it with `requireMatch`. */
  ifMatch?: true
  /** Its responses name the deployment in `Ecs-Api-Deployment`. */
  makesDeployment?: true
  /** Its response has a secret: compressed beside text of a client's choice, its length would tell about it. */
  isNeverCompressed?: true
  /** For a public route with a body, which anybody can send. By default as for all routes. */
  maxBodyBytes?: number
  /** Needs no token. */
  public?: true
  /** The handler writes the entry of the audit log: it alone finds out who the caller is. */
  isAuditedByHandler?: true
  /**
   * The source of the answer to a GET of an account. `cache`, the default: answers of AWS, cached for about 2 s. `aws`:
   * AWS without that cache. `store`: only this service's store.
   */
  readsFrom?: 'cache' | 'aws' | 'store'
  /** Requested often by load balancers and orchestrators: exempt from the limit for each address. */
  probe?: true
  /** The events of the route's stream, for openapi.json; without it, the stream is that of a resource. */
  streamEvents?: { description: string; example: string; schemas?: readonly TSchema[] }
  /** The route has no other response than its event stream. */
  isStreamOnly?: true
  /** Media type of the response; default application/json. */
  produces?: string
  /**
   * Further media types, with their schemas, for clients that accept them; `accepts` of the call says which one the
   * client prefers.
   */
  alsoProduces?: Readonly<Record<string, TSchema>>
  /** Not part of openapi.json (the reference page itself). */
  hidden?: true
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

interface SentRequest {
  requestId: string
  source: string
  origin: string | undefined
  idempotencyKey: string | undefined
  headers: IncomingHttpHeaders
  /** `http://` or `https://`, and the host that the client named. */
  ownOrigin: string
  reachedPort: ReachedPort
}

export interface CallBasics<Path extends string, Query extends TProperties> {
  params: { [Name in ParamNames<Path>]: string }
  query: Static<TObject<Query>>
  /** The JSON value as it was sent; undefined without a body. */
  body: unknown
  /** `nobody` on a public route. */
  caller: Caller
  /**
   * When the first try under this `Idempotency-Key` began, if that one ended without a response: it may have taken
   * effect.
   */
  firstTryAt: Date | undefined
  /** The request as the audit log names it, and what a browser says about the page that sent it. */
  sent: SentRequest
  /** Path below the base path, and query, as they were sent. */
  url: string
  /** The maximum age of the answer that the client accepts. */
  freshness: Freshness
  /** The media type that the client prefers, of those that the route has. */
  accepts: string
  /** `If-Match` as it was sent, for `requireMatch`. */
  ifMatch: string | undefined
  /**
   * The `clientToken` for ECS, so that a retry under the same `Idempotency-Key` changes nothing more; undefined without
   * that header. It has 32 characters and is the same for the same token, path, key and `call` (which of several AWS
   * calls of one request).
   */
  clientToken: (call?: number) => string | undefined
  /** Aborts when the client disconnects or the process stops. A wait then ends and throws its `reason`. */
  readonly signal: AbortSignal
}

/** Arguments of a handler. The account of the path has been looked up. */
type Call<Account, Path extends string, Query extends TProperties> = CallBasics<Path, Query> &
  (Path extends `/:account${string}` ? { account: Account } : unknown)

/** Does the work. The result is sent with 200, or in the form of `Reply` that the handler chose. Errors are thrown. */
export type Handler<Account, Path extends string, Query extends TProperties> = (
  call: Call<Account, Path, Query>,
  reply: Reply,
) => Promise<unknown> | unknown | Answer

/** A registered route, for OpenAPI and for 405 responses. */
export interface Route {
  method: Method
  /** From the root, with `:name` for parameters. */
  path: string
  schema: RouteSchema
  /** `Accept: text/event-stream` gets the route's changes, and so does `?follow=true` where the query has it. */
  hasStream: boolean
}

/** Spread it into the `query` of a route with a stream. */
export const streamQuery = {
  cursor: Type.Optional(
    Type.String({
      $id: 'StreamCursor',
      description: 'For the event stream: the id of the last event that the client has, as `Last-Event-ID`.',
    }),
  ),
}

export interface RouteOptions<Account, Path extends string, Query extends TProperties> {
  schema: RouteSchema<Query>
  /** The source of the event stream; the schema's query has `streamQuery`. */
  stream?: (call: Call<Account, Path, Query>) => EventSource
}

type Register<Account> = <const Path extends string, Query extends TProperties = Record<never, never>>(
  path: Path,
  options: RouteOptions<Account, Path, Query>,
  handler: Handler<Account, Path, Query>,
) => void

/**
 * Registers routes; paths are below the base path.
 * @example api.get('/:account/clusters/:cluster', { schema: getCluster }, ({ account, params }) => describe(account,
 *   params.cluster))
 */
export interface Api<Account> {
  get: Register<Account>
  post: Register<Account>
  put: Register<Account>
  patch: Register<Account>
  delete: Register<Account>
}
