/**
 * openapi.json: the routes' own schemas in OpenAPI 3.1. The schemas that validate requests are also the ones in the
 * document.
 */
import type { TProperties, TSchema } from 'typebox'
import { problemCodes } from '../../problems/codes.ts'
import { Type } from '../../typebox/type.ts'
import type { Method, Route, RouteSchema } from '../route.ts'
import { Components, type Json, type Reference } from './components.ts'
import { problemResponse } from './problem-schemas.ts'

export interface OpenApiDeps {
  routes: readonly Route[]
  /** The schemas that the routes' schemas refer to by name. */
  schemas: Readonly<Record<string, Json>>
  version: string
}

export interface OpenApi {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  tags: { name: string }[]
  security: Record<string, never[]>[]
  paths: Record<string, Record<string, Operation>>
  components: Record<'schemas' | 'parameters' | 'responses' | 'headers' | 'securitySchemes', Record<string, Json>>
}

export interface Operation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  security?: never[]
  parameters: (Parameter | Reference)[]
  requestBody?: { required: boolean; content: Record<string, Content> }
  responses: Record<string, Response | Reference>
  /** The codes of all problems of the operation, ordered by status. */
  'x-problems': string[]
  /** The events of its stream as `{id, event, data}`; JSON Schema has no place for them. */
  'x-event-stream'?: { oneOf: Json[] }
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: Json
}

interface Content {
  schema: Json
  examples?: Record<string, { value: unknown }>
}

interface Response {
  description: string
  headers?: Record<string, Reference>
  content?: Record<string, Content>
}

const apiDescription = `Amazon ECS on Fargate as plain REST. \`{account}\` is a name from the configuration, never an AWS number. A name in a path may be
a percent-encoded ARN. Lists are \`{"items": […], "nextCursor": …}\`. Every GET has an \`ETag\`; every error is \`application/problem+json\` (RFC 9457)
whose \`type\` leads to its page under /docs/problems. \`x-problems\` of an operation lists the codes of its problems.`

export function openApiDocument({ routes, schemas, version }: OpenApiDeps): OpenApi {
  const components = new Components(schemas)
  const paths: OpenApi['paths'] = {}
  const documentedRoutes = routes.filter(({ schema }) => !schema.isHidden)
  for (const route of documentedRoutes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route, components)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ecs-api',
      version,
      description: apiDescription,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(documentedRoutes.map(({ schema }) => schema.tag))].map((name) => ({ name })),
    security: [{ bearer: [] }, { token: [] }],
    paths,
    components: {
      ...components.componentsFor(paths),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
      },
    },
  }
}

/** An operation with its parameters and responses in place of references to them. */
export interface ResolvedOperation extends Omit<Operation, 'parameters' | 'responses'> {
  parameters: Parameter[]
  responses: Record<string, Response>
}

export function resolveOperation({ components }: Pick<OpenApi, 'components'>, operation: Operation): ResolvedOperation {
  const component = <Part extends object>(kind: 'parameters' | 'responses', part: Part | Reference): Part =>
    '$ref' in part ? (components[kind][part.$ref.slice(part.$ref.lastIndexOf('/') + 1)] as Part) : part
  return {
    ...operation,
    parameters: operation.parameters.map((each) => component<Parameter>('parameters', each)),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, each]) => [status, component<Response>('responses', each)]),
    ),
  }
}

function operationOf(route: Route, components: Components): Operation {
  const { method, path, schema } = route
  if (!schema.operationId) throw new Error(`${method} ${path} has no operationId`)
  const problems = problemsOf(route)
  return {
    operationId: schema.operationId,
    summary: schema.summary,
    ...(schema.description && { description: schema.description }),
    tags: [schema.tag],
    ...(schema.isPublic && { security: [] }),
    parameters: parametersOf(route).map((each) => asComponent(each, components)),
    ...(schema.body && { requestBody: requestBodyOf(method, schema, schema.body, components) }),
    responses: responsesOf(route, problems, components),
    'x-problems': problems,
    ...eventStreamOf(route, components),
  }
}

function parametersOf({ method, path, schema, hasStream }: Route): Parameter[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']): Parameter => {
    const given = schema.params?.[name]
    const described =
      given ??
      (name === 'account'
        ? {
            $id: 'AccountName',
            type: 'string',
            description: 'The account’s name in the configuration.',
            examples: ['local'],
          }
        : { type: 'string' })
    return parameter({ name, in: 'path', required: true }, described)
  })
  const query = schema.query ?? {}
  const inQuery = Object.entries(query as TProperties).map(([name, each]) =>
    parameter({ name, in: 'query', required: isRequired(each) }, each),
  )
  const inHeader: Parameter[] = []
  if (method !== 'GET')
    inHeader.push(
      header(
        'Idempotency-Key',
        'Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again.',
        '8e03978e-40d5-43dd-bc93-6894a57f9324',
      ),
    )
  if (schema.ifMatch)
    inHeader.push(
      header('If-Match', 'The `configVersion` or `ETag` that the resource must still have.', '"3f1c9a0e5b7d2c46"'),
    )
  if (hasEtag({ method, schema }))
    inHeader.push(
      header(
        'If-None-Match',
        'An `ETag`: the response is 304 when the resource still has it.',
        '"tnl8nZ0vF7eYLT1v3uD1cB0Sx1M"',
      ),
    )
  if (isCached({ method, path, schema }))
    inHeader.push(
      header(
        'Cache-Control',
        '`no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s.',
        'no-cache',
      ),
    )
  if (hasStream)
    inHeader.push(header('Last-Event-ID', 'For the event stream: resume after this event.', '3f9c2a51b07e-1'))
  return [...inPath, ...inQuery, ...inHeader]
}

/** A query parameter may be missing if it has a default, or the key with which TypeBox marks optional members. */
function isRequired(schema: TSchema): boolean {
  return !('default' in schema) && !('~optional' in schema)
}

/** In OpenAPI the description belongs to the parameter, and in the route's schema to the type of its value. */
function parameter(
  place: Pick<Parameter, 'name' | 'in' | 'required'>,
  { description, ...schema }: { description?: string } & object,
): Parameter {
  return { ...place, ...(description && { description }), schema }
}

/** Makes the parameter a component if its schema has an `$id`. */
function asComponent(
  { schema: { $id, ...schema }, ...rest }: Parameter,
  components: Components,
): Parameter | Reference {
  const parameter: Parameter = { ...rest, schema: components.schema(schema) }
  return typeof $id === 'string' ? components.add('parameters', $id, parameter) : parameter
}

function header(name: string, description: string, example: string): Parameter {
  const $id = name.replaceAll('-', '')
  return { name, in: 'header', required: false, description, schema: { $id, type: 'string', examples: [example] } }
}

function requestBodyOf(
  method: Method,
  schema: RouteSchema,
  body: TSchema,
  components: Components,
): NonNullable<Operation['requestBody']> {
  const content = bodyContent(body, components)
  const types = method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json']
  return { required: !schema.isBodyOptional, content: Object.fromEntries(types.map((type) => [type, content])) }
}

/** The examples of a body belong to the media type, where clients look for them; the rest is the schema. */
function bodyContent(body: TSchema, components: Components): Content {
  const { examples = [], ...schema } = body as { examples?: unknown[] } & Json
  return { schema: components.schema(schema), examples: examplesOf(examples) }
}

function examplesOf(values: readonly unknown[]): Record<string, { value: unknown }> {
  return Object.fromEntries(values.map((value, i) => [`example ${i + 1}`, { value }]))
}

const defaultDescriptions: Record<number, string> = {
  200: 'The request succeeded.',
  201: 'Created.',
  202: 'The wait timed out. The change goes on.',
  302: 'Elsewhere.',
}
const stringSchema = { schema: { type: 'string' } }
const headers = {
  ETag: { description: 'For If-None-Match.', required: true, ...stringSchema },
  Age: { description: 'Age of the answer in seconds.', required: true, schema: { type: 'integer' } },
  'Ecs-Api-Stale': {
    description:
      '`budget`: the answer is more than 2 s old, because the AWS request budget of the account is exhausted.',
    schema: { type: 'string', enum: ['budget'] },
  },
  'Ecs-Api-Deployment': {
    description:
      'The id of the service deployment that the request made; `none` where it made none. Absent in the response of a ' +
      'dry run, and where ECS does not name it within 2 s.',
    ...stringSchema,
  },
  Location: { description: 'Path of the created resource.', ...stringSchema },
  Link: { description: 'The next page, as `rel="next"`.', ...stringSchema },
} satisfies Record<string, { description: string; required?: true; schema: Json }>

function responsesOf(route: Route, problems: readonly Code[], components: Components): Operation['responses'] {
  const { method, schema, hasStream } = route
  const responses: Operation['responses'] = {}
  for (const [status, answer] of Object.entries(schema.answers)) {
    const isGet = method === 'GET' && status === '200'
    const names = headersOf(route, status)
    responses[status] = {
      description:
        (answer as { description?: string }).description ??
        defaultDescriptions[Number(status)] ??
        'The request succeeded.',
      ...(names.length > 0 && {
        headers: Object.fromEntries(
          names.map((name) => [name, components.add('headers', name.replaceAll('-', ''), headers[name])]),
        ),
      }),
      content: {
        ...(!schema.isStreamOnly && {
          [schema.produces ?? 'application/json']: { schema: components.schema(answer) },
        }),
        ...(isGet && contentOf(schema.alsoProduces ?? {}, components)),
        ...(isGet && hasStream && streamContent(schema.streamEvents)),
      },
    }
  }
  if (hasEtag(route))
    responses[304] = components.add('responses', 'NotModified', { description: 'Not modified (If-None-Match).' })
  for (const status of new Set(problems.map((code) => problemCodes[code].status)))
    responses[status] = problemResponse(components, status)
  responses.default = problemResponse(components, 'default')
  return responses
}

function contentOf(schemas: Readonly<Record<string, TSchema>>, components: Components): Record<string, Content> {
  return Object.fromEntries(
    Object.entries(schemas).map(([type, schema]) => [type, { schema: components.schema(schema) }]),
  )
}

function headersOf(route: Route, status: string): (keyof typeof headers)[] {
  const { schema, hasStream } = route
  // When a route has a 201, its 200 is the plan of a dry run.
  const isPlan = status === '200' && 201 in schema.answers
  const deploymentHeaders = schema.makesDeployment && !isPlan ? (['Ecs-Api-Deployment'] as const) : []
  if (status === '201' || status === '202') return ['Location', ...deploymentHeaders]
  if (schema.makesDeployment) return [...deploymentHeaders]
  if (!hasEtag(route) || status !== '200') return []
  return [
    'ETag',
    'Age',
    ...(isCached(route) ? (['Ecs-Api-Stale'] as const) : []),
    ...(schema.query?.cursor && (!hasStream || schema.query.limit) ? (['Link'] as const) : []),
  ]
}

/** Whether the response has an `ETag` and an `Age`, and can be 304. An event stream has none of these. */
function hasEtag({ method, schema }: Pick<Route, 'method' | 'schema'>): boolean {
  return method === 'GET' && !schema.isStreamOnly
}

/** Whether the response can come from the cache of AWS's answers. */
function isCached({ method, path, schema }: Pick<Route, 'method' | 'path' | 'schema'>): boolean {
  return hasEtag({ method, schema }) && path.includes('/:account/') && (schema.readsFrom ?? 'cache') === 'cache'
}

/** The events of the route's stream: its own or those of a resource, and the notices that every stream can have. */
function eventStreamOf({ schema, hasStream }: Route, components: Components): Pick<Operation, 'x-event-stream'> {
  const events = schema.streamEvents ? schema.streamEvents.schemas : resourceEvents(schema.answers[200])
  if (!hasStream || !events) return {}
  return { 'x-event-stream': { oneOf: [...events, streamNotice].map((event) => components.schema(event)) } }
}

/** @param resource a named schema, or a reference to one */
function resourceEvents(resource: (TSchema & { $id?: string; $ref?: string }) | undefined): TSchema[] | undefined {
  const name = resource?.$id ?? resource?.$ref?.split('/').at(-1)
  if (!resource || !name) return undefined
  const event = Type.Enum(['state', 'change', 'deleted'])
  return [Type.Object({ id: Type.String(), event, data: resource }, { $id: `${name}StreamEvent` })]
}

const streamNotice = Type.Object(
  {
    event: Type.Enum(['problem', 'end']),
    data: Type.Object({ code: Type.String(), detail: Type.String() }, { $id: 'StreamNotice' }),
  },
  { $id: 'StreamNoticeEvent', description: '`problem`: AWS cannot be asked now. `end`: why the stream ends.' },
)

/** The response to `Accept: text/event-stream`. */
function streamContent({ description, example } = resourceStreamEvents): Record<string, Content> {
  return {
    'text/event-stream': {
      schema: {
        type: 'string',
        description:
          `Server-sent events. ${description} Each has an \`id\` for \`Last-Event-ID\` or \`?cursor=\`. ` +
          '`problem` (`{"code", "detail"}`): it cannot be looked at now. `end` (`{"code", "detail"}`): why the stream ' +
          'ends, such as SlowReader or ShuttingDown. A comment every 15 s.',
      },
      examples: { 'example 1': { value: example } },
    },
  }
}

const resourceStreamEvents: NonNullable<RouteSchema['streamEvents']> = {
  description:
    '`state`: the resource as it is now, first; `change`: the resource after a change; `deleted`: the resource before ' +
    'its deletion, then the stream ends.',
  example: 'id: 3f9c2a51b07e-1\nevent: state\ndata: {"name":"www","status":"ACTIVE"}\n\n',
}

type Code = keyof typeof problemCodes

/** The problems that all routes of a kind can have, by kind. */
const problemsOfKinds = {
  body: ['MalformedJson', 'InvalidBody', 'BodyTooLarge', 'UnsupportedMediaType'],
  stream: ['CursorTooOld', 'TooManyStreams', 'TokenLimitExceeded'],
  token: ['Unauthorized', 'PermissionMissing', 'OutsideFence', 'RateLimitExceeded', 'StoreUnavailable'],
  change: ['InvalidHeader', 'IdempotencyConflict', 'RequestInProgress', 'OutcomeUnknown', 'TokenLimitExceeded'],
  aws: [
    'TooManyRequests',
    'AwsAccessDenied',
    'AwsError',
    'AwsCredentialsRefused',
    'AwsUnreachable',
    'AwsTimeout',
    'NotOfferedByAws',
  ],
} as const satisfies Record<string, readonly Code[]>

/** The route's own problems and those of its kinds, ordered by status. */
function problemsOf({ method, path, schema, hasStream }: Route): Code[] {
  const codes = new Set<Code>(['InvalidQuery', 'NotAcceptable', ...(schema.problems ?? [])])
  const add = (...more: readonly Code[]) => {
    for (const code of more) codes.add(code)
  }
  const isOfAccount = path.includes('/:account/')
  if (schema.body) add(...problemsOfKinds.body)
  if (schema.body && !schema.isBodyOptional) add('BodyMissing')
  if (schema.query?.cursor) add('InvalidCursor')
  if (hasStream) add(...problemsOfKinds.stream)
  if (schema.ifMatch) add('PreconditionFailed')
  if (schema.notYetAvailable) add('NotYetAvailable')
  if (!schema.isPublic) add(...problemsOfKinds.token)
  if (method !== 'GET') add(...problemsOfKinds.change)
  if (isOfAccount) add('AccountNotFound')
  if (isOfAccount && schema.readsFrom !== 'store') add(...problemsOfKinds.aws)
  if (isOfAccount && method !== 'GET') add('GuardrailBroken')
  return [...codes].sort((a, b) => problemCodes[a].status - problemCodes[b].status)
}
