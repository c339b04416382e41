/**
 * A call of the API: its method and path, from which the types of its operation follow. Every method of the client
 * takes the reference, then the body, then the options.
 */
import type { operationIds, operations } from './api.ts'
import type { Connection, Method, RequestOptions } from './connection.ts'
import { NotOnThisGateway, ProblemError } from './problems.ts'
import type { Plan, Version } from './resources.ts'
import { clientVersion } from './version.ts'

export type OperationId = keyof operations

/** A method and a path below `/v1/ecs`, such as `GET /{account}/clusters`. `operationId` exists only as a type. */
export type Call<Id extends OperationId = OperationId> = string & { readonly operationId: Id }

/** Creates a call. The compiler rejects a method and path that the OpenAPI document does not have. */
export function defineCall<MethodAndPath extends keyof operationIds>(
  methodAndPath: MethodAndPath,
): Call<operationIds[MethodAndPath]> {
  return methodAndPath as never
}

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never

/** The resource of a successful response; not a plan, which only `dryRun` returns. */
export type Result<Id extends OperationId> = Exclude<Answer<Id>, Plan>

type Answer<Id extends OperationId> = {
  [Status in keyof operations[Id]['responses']]: Status extends 200 | 201 | 202
    ? Json<operations[Id]['responses'][Status]>
    : never
}[keyof operations[Id]['responses']]

/** The parameters of an operation. Without any, it is `unknown`, which adds nothing to an intersection of types. */
type ParametersOrUnknown<Parameters> = [NonNullable<Parameters>] extends [never] ? unknown : NonNullable<Parameters>

type QueryOf<Id extends OperationId> = ParametersOrUnknown<operations[Id]['parameters']['query']>

/** The query parameters, with `timeout` renamed to `timeoutSeconds`. */
type NamedQuery<Query> = Omit<Query, 'timeout'> &
  (Query extends { timeout?: infer Seconds } ? { timeoutSeconds?: Seconds } : unknown)

export interface CallOptions {
  signal?: AbortSignal
}

interface ReadOptions extends CallOptions {
  /** `true` makes the gateway read from AWS. A number accepts a cached answer of at most that age in seconds. */
  fresh?: boolean | number
}

interface ChangeOptions extends CallOptions {
  /** A repeated call with the same key changes nothing. By default each call has a new key. */
  idempotencyKey?: string
}

type HeaderOf<Id extends OperationId> = ParametersOrUnknown<operations[Id]['parameters']['header']>

/** The options of a call: its query parameters and headers. */
export type OptionsOf<Id extends OperationId> = NamedQuery<QueryOf<Id>> &
  (HeaderOf<Id> extends { 'Idempotency-Key'?: string } ? ChangeOptions : ReadOptions) &
  (HeaderOf<Id> extends { 'If-Match'?: string } ? { /** `configVersion` or an ETag. */ ifMatch?: string } : unknown)

/** A method that changes something. With `dryRun: true` it returns the plan and changes nothing. */
export interface Change<Args extends unknown[], Options, Done, Planned = Plan> {
  (...args: [...Required<Args>, options: Options & { dryRun: true }]): Promise<Planned>
  (...args: [...Args, options?: Options & { dryRun?: false }]): Promise<Done>
}

/** Gives a method the type of one that returns a plan when it is called with `dryRun: true`. */
export function withDryRun<Args extends unknown[], Id extends OperationId, Done = Result<Id>, Planned = Plan>(
  run: (...args: [...Args, options?: OptionsOf<Id>]) => Promise<unknown>,
): Change<Args, OptionsOf<Id>, Done, Planned> {
  return run as never
}

/** All options that a call can have. Further members are query parameters. */
interface AnyOptions {
  signal?: AbortSignal
  fresh?: boolean | number
  idempotencyKey?: string
  ifMatch?: string
  timeoutSeconds?: number
  [parameter: string]: unknown
}

/** The destination of calls: a gateway, and an account for paths that have one. */
export interface Destination {
  readonly connection: Connection
  readonly account?: string
}

export type PathValues = Readonly<Record<string, string>>

export const noPathValues = (): PathValues => ({})

/** The path of a call, with a value in place of each `{name}`. */
export function pathOf({ account }: Destination, apiCall: Call, pathValues: PathValues): string {
  return apiCall
    .replace(/^\w+ /, '/v1/ecs')
    .replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(pathValues[name] ?? account ?? ''))
}

/** Sends a call. @throws ProblemError, NoResponse, NotOnThisGateway, or the reason of the signal */
export async function send<Id extends OperationId>(
  destination: Destination,
  apiCall: Call<Id>,
  pathValues: () => PathValues,
  body: unknown,
  options: object = {},
): Promise<Result<Id>> {
  const { signal, fresh, idempotencyKey, ifMatch, timeoutSeconds, ...query } = options as AnyOptions
  const request: RequestOptions = {
    query: { ...query, timeout: timeoutSeconds },
    body,
    headers: {
      'cache-control': fresh === true ? 'no-cache' : typeof fresh === 'number' ? `max-age=${fresh}` : undefined,
      'if-match': ifMatch,
    },
    signal,
    idempotencyKey,
    // The gateway waits 55 s by default.
    waitSeconds: query.wait === undefined ? 0 : (timeoutSeconds ?? 55),
  }
  try {
    return await destination.connection.request<Result<Id>>(
      apiCall.split(' ')[0] as Method,
      pathOf(destination, apiCall, pathValues()),
      request,
    )
  } catch (error) {
    throw await asNotOnThisGateway(destination.connection, apiCall, error, signal)
  }
}

/**
 * Returns `NotOnThisGateway` when the error means that the gateway lacks the call; otherwise the error itself.
 * @throws the reason of the signal
 */
export async function asNotOnThisGateway(
  connection: Connection,
  apiCall: Call,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (!(error instanceof ProblemError)) return error
  const { code, problem } = error
  const gatewayLacksCall = code === 'RouteNotFound' || code === 'MethodNotAllowed' || code === 'NotYetAvailable'
  if (!gatewayLacksCall) return error
  const version = await connection.request<Version>('GET', '/v1/ecs/version', { signal }).catch(() => undefined)
  signal?.throwIfAborted()
  return new NotOnThisGateway(problem, apiCall, version?.version ?? 'unknown', clientVersion)
}
