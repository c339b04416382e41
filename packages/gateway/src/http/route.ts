/** What a route is: a method, a path, what it takes and answers, and the function that does it. */
import Type, { type Static, type TObject, type TProperties, type TSchema } from 'typebox'
import type { ProblemCode } from '../problems/codes.ts'
import type { Answer, Reply } from './answer.ts'
import type { Caller, Permission } from './caller.ts'
import type { Freshness } from './request/freshness.ts'
import type { LaterParameters } from './request/query.ts'
import type { EventSource } from './streams/event-source.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What openapi.json says about a route and what is checked before its handler runs. Bodies are not checked here: the handler reads them. */
export interface RouteSchema<Query extends TProperties = TProperties> {
  /** A few words for a table of contents. */
  summary: string
  /** The name of the operation in generated clients; every route of openapi.json has one, and keeps it. */
  operationId?: string
  /** Markdown. */
  description?: string
  /** The section of the reference page. */
  tag: string
  /** The path's parameters, by name. */
  params?: Readonly<Record<string, TSchema>>
  query?: Query
  later?: LaterParameters
  /** The body's shape as openapi.json shows it; `bodyOptional` when the call also goes without. */
  body?: TSchema
  bodyOptional?: true
  /** The answers that are not problems, by status; each schema with its description and examples. */
  answers: Readonly<Record<number, TSchema>>
  /** The problems of its own; those that any route can have need not be named. */
  problems?: readonly ProblemCode[]
  /** What a token must permit; `read` of a GET and `change` of all others unless given. */
  permission?: Permission
  /** Takes away what all clusters of the account share: not for a token that is fenced to some. */
  concernsAllClusters?: true
  /** Makes some token able to do less, and nothing else: done also where the store has no room to record it first. */
  takesRightsAway?: true
  /** Takes `If-Match`; the handler checks it with `requireMatch`. */
  ifMatch?: true
  /** Needs no token. */
  public?: true
  /** Asked for often, and by many from one address (load balancers, orchestrators): has no limit for each address. */
  probe?: true
  /** Media type of the answer; application/json unless given. */
  produces?: string
  /** Not part of openapi.json (the reference page itself). */
  hidden?: true
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

export interface CallBasics<Path extends string, Query extends TProperties> {
  params: { [Name in ParamNames<Path>]: string }
  query: Static<TObject<Query>>
  /** The JSON value as it was sent, undefined when nothing was. */
  body: unknown
  /** Of a public route: nobody. */
  caller: Caller
  /** When the first try under this `Idempotency-Key` began, where that one ended without an answer: it may have taken effect. */
  firstTryAt: Date | undefined
  /** Path below the base path, and query, as they were sent. */
  url: string
  /** What the client says of how old the answer may be. */
  freshness: Freshness
  /** `If-Match` as it was sent, for `requireMatch`. */
  ifMatch: string | undefined
  /**
   * What ECS gets as `clientToken` so that a retry under the same `Idempotency-Key` does nothing twice; undefined without that header.
   * 32 characters, the same for the same token, path, key and `call` (which of several AWS calls made for one request).
   */
  clientToken: (call?: number) => string | undefined
  /** Ends when the client has gone or the process is about to; a wait stops then, and throws its `reason`. */
  readonly signal: AbortSignal
}

/** What a handler gets: the account that the path names is looked up already. */
type Call<Account, Path extends string, Query extends TProperties> = CallBasics<Path, Query> &
  (Path extends `/:account${string}` ? { account: Account } : unknown)

/** Does the work; what it gives back is sent with 200, or as the `Reply` form that it chose. Errors are thrown. */
export type Handler<Account, Path extends string, Query extends TProperties> = (
  call: Call<Account, Path, Query>,
  reply: Reply,
) => Promise<unknown> | unknown | Answer

/** A registered route, as OpenAPI and the 405 look at it. */
export interface Route {
  method: Method
  /** From the root, with `:name` for parameters. */
  path: string
  schema: RouteSchema
  /** Whether `Accept: text/event-stream` is answered with changes as they come. */
  hasStream: boolean
}

/** Spread into the `query` of a route that has a stream. */
export const streamQuery = {
  cursor: Type.Optional(
    Type.String({
      $id: 'StreamCursor',
      description: 'Of the event stream: the id of the last event that is known, as `Last-Event-ID`.',
    }),
  ),
}

export interface RouteOptions<Account, Path extends string, Query extends TProperties> {
  schema: RouteSchema<Query>
  /** What is streamed to a client that asks for `text/event-stream`; its schema's query has `streamQuery`. */
  stream?: (call: Call<Account, Path, Query>) => EventSource
}

type Register<Account> = <const Path extends string, Query extends TProperties = Record<never, never>>(
  path: Path,
  options: RouteOptions<Account, Path, Query>,
  handler: Handler<Account, Path, Query>,
) => void

/**
 * Where rooms register their routes; paths are below the base path.
 * @example api.get('/:account/clusters/:cluster', { schema: getCluster }, ({ account, params }) => describe(account, params.cluster))
 */
export interface Api<Account> {
  get: Register<Account>
  post: Register<Account>
  put: Register<Account>
  patch: Register<Account>
  delete: Register<Account>
}
