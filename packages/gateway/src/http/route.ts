/** A route: its method and path, the schemas of its request and responses, and its handler. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Static, TObject, TProperties, TSchema } from 'typebox'
import type { ProblemCode } from '../problems/codes.ts'
import { Type } from '../typebox/type.ts'
import type { Caller, Permission } from './caller.ts'
import type { Freshness } from './request/freshness.ts'
import type { NotYetAvailableParameters } from './request/query.ts'
import type { ReachedPort } from './request/session-cookie.ts'
import type { Answer, Reply } from './response/answer.ts'
import type { EventSource } from './streams/event-source.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * A route's schema. openapi.json is made from it, and requests are checked against it, except their bodies: the handler
 * reads and checks a body.
 */
export interface RouteSchema<Query extends TProperties = TProperties> {
  /** Title of the operation, in a few words. */
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
  /** The query is not checked, because only the page in the browser reads it. */
  leavesQueryToPage?: true
  /** The body's schema in openapi.json. With `isBodyOptional` the request may have no body. */
  body?: TSchema
  isBodyOptional?: true
  /** Responses that are not problems, by status; each schema has its description and examples. */
  answers: Readonly<Record<number, TSchema>>
  /** Problem codes of this route, besides those that every route can have. */
  problems?: readonly ProblemCode[]
  /** The permission that a token needs; default `read` for GET and `change` for all others. */
  permission?: Permission
  /** Deletes something that all clusters of the account share. Tokens that are limited to some clusters may not. */
  concernsAllClusters?: true
  /** The request only revokes rights, so it may run before its audit entry is stored, also when the store is full. */
  mayPrecedeAudit?: true
  /** The request becomes a WebSocket with this subprotocol: the handler returns an `Upgrade`. */
  subprotocol?: string
  /**
   * The behaviour of a request with a known `Idempotency-Key`. By default the first response is stored and sent again.
   * `reject`: the work is not done again, and its response is not stored. `call-handler`: every request calls the
   * handler, which may use the key itself.
   */
  onRepeatedKey?: (body: unknown) => 'reject' | 'call-handler'
  /** Accepts `If-Match`; the handler checks it with `checkIfMatch`. */
  ifMatch?: true
  /** The responses name the deployment that the request made in `Ecs-Api-Deployment`. */
  makesDeployment?: true
  /** The response has a secret. When it is compressed with text that a client chose, its length reveals the secret. */
  isNeverCompressed?: true
  /** A lower limit for a public route, whose body anybody can send. By default the limit of all routes. */
  maxBodyBytes?: number
  /** Needs no token. */
  isPublic?: true
  /** The handler writes the entry of the audit log, because only the handler finds out who the caller is. */
  isAuditedByHandler?: true
  /**
   * The source of the response to a GET of an account. `cache`, the default: answers of AWS, cached for about 2 s.
   * `aws`: AWS without that cache. `store`: only the gateway's store.
   */
  readsFrom?: 'cache' | 'aws' | 'store'
  /** Load balancers and orchestrators request it often, so it is exempt from the limit for each address. */
  isProbe?: true
  /** The events of the route's stream, for openapi.json. Without it, the events are those of a resource. */
  streamEvents?: { description: string; example: string; schemas?: readonly TSchema[] }
  /** The route has no other response than its event stream. */
  isStreamOnly?: true
  /** Media type of the response; default application/json. */
  produces?: string
  /**
   * Further media types, with their schemas, for clients that accept them. `acceptedType` of the call is the one that
   * the client prefers.
   */
  alsoProduces?: Readonly<Record<string, TSchema>>
  /** Not part of openapi.json, such as the reference page. */
  isHidden?: true
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

export interface RequestDetails {
  requestId: string
  /** The client's address. */
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
  /** The JSON value of the body, not checked; undefined without a body. */
  body: unknown
  /** `nobody` on a public route. */
  caller: Caller
  /**
   * When the first attempt under this `Idempotency-Key` began, if it ended without a response. It may have taken
   * effect.
   */
  firstTryAt: Date | undefined
  /**
   * Request id, client address and headers, for the audit log. They also tell which web page sent the request.
   */
  requestDetails: RequestDetails
  /** The id of the audit log's entry of a change; undefined for a read. */
  auditEntryId: string | undefined
  /** Path below the base path, and query, as they were sent. */
  url: string
  /** The maximum age of the answer that the client accepts. */
  freshness: Freshness
  /** The media type of the route that the client prefers. */
  acceptedType: string
  /** The value of `If-Match`, for `checkIfMatch`. */
  ifMatch: string | undefined
  /**
   * The `clientToken` for ECS, so that a retry with the same `Idempotency-Key` changes nothing more; undefined without
   * that header. It has 32 characters, and is the same for the same token, path, key and `call`.
   * @param call the number of the AWS call, when the request makes several
   */
  clientToken: (call?: number) => string | undefined
  /** Aborts when the client disconnects or the process stops. A wait then ends and throws its `reason`. */
  readonly signal: AbortSignal
}

/** Arguments of a handler. The account of the path has been looked up. */
type Call<Account, Path extends string, Query extends TProperties> = CallBasics<Path, Query> &
  (Path extends `/:account${string}` ? { account: Account } : unknown)

/** Handles a request. Its result is sent with 200, or as the response of `Reply` that it chose. Errors are thrown. */
export type Handler<Account, Path extends string, Query extends TProperties> = (
  call: Call<Account, Path, Query>,
  reply: Reply,
) => Promise<unknown> | unknown | Answer

/** A registered route, for OpenAPI and for 405 responses. */
export interface Route {
  method: Method
  /** The whole path from the root, with `:name` for parameters. */
  path: string
  schema: RouteSchema
  /** The route has an event stream, for `Accept: text/event-stream`, and for `?follow=true` if the query has it. */
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
