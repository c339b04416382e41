/** openapi.json: the routes' own schemas, told in OpenAPI 3.1. What validates a request is what is shown. */
import type { TProperties, TSchema } from 'typebox'
import { problemCodes, problemKind } from '../../problems/codes.ts'
import type { Method, Route, RouteSchema } from '../route.ts'

type Json = Record<string, unknown>

export interface OpenApiDeps {
  routes: readonly Route[]
  /** What the routes' schemas refer to under `#/components/schemas`. */
  schemas: Readonly<Record<string, Json>>
  version: string
}

export interface OpenApi {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  tags: { name: string }[]
  security: Record<string, never[]>[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; securitySchemes: Record<string, Json> }
}

export interface Operation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  security?: never[]
  parameters: Parameter[]
  requestBody?: { required: boolean; content: Record<string, Content> }
  responses: Record<string, Response>
  /** The problems of its own, by code. */
  'x-problems': string[]
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
  headers?: Record<string, { description: string; schema: Json }>
  content?: Record<string, Content>
}

const about = `Amazon ECS on Fargate as plain REST. \`{account}\` is a name from the configuration, never an AWS number. A name in a path may be
a percent-encoded ARN. Lists are \`{"items": […], "nextCursor": …}\`. Every GET has an \`ETag\`; every error is \`application/problem+json\` (RFC 9457)
whose \`type\` leads to its page under /docs/problems.`

export function openApiDocument({ routes, schemas, version }: OpenApiDeps): OpenApi {
  const paths: OpenApi['paths'] = {}
  const shown = routes.filter(({ schema }) => !schema.hidden)
  for (const route of shown) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ecs-api',
      version,
      description: about,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(shown.map(({ schema }) => schema.tag))].map((name) => ({ name })),
    security: [{ bearer: [] }, { token: [] }],
    paths,
    components: {
      schemas: { ...schemas, Problem: problemSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
      },
    },
  }
}

function operationOf(route: Route): Operation {
  const { method, schema } = route
  return {
    operationId: schema.operationId ?? operationIdOf(schema.summary),
    summary: schema.summary,
    ...(schema.description && { description: schema.description }),
    tags: [schema.tag],
    ...(schema.public && { security: [] }),
    parameters: parametersOf(route),
    ...(schema.body && { requestBody: requestBodyOf(method, schema, schema.body) }),
    responses: responsesOf(route),
    'x-problems': [...(schema.problems ?? [])],
  }
}

/** `List the tasks of a service` → `listTasksOfService`. */
function operationIdOf(summary: string): string {
  const words =
    summary
      .replace(/’s\b/g, '')
      .match(/[A-Za-z]+/g)
      ?.filter((word) => !/^(a|an|the)$/i.test(word)) ?? []
  return words.map((word, i) => (i === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1))).join('')
}

function parametersOf({ method, path, schema, hasStream }: Route): Parameter[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']): Parameter => {
    const given = schema.params?.[name]
    const described =
      given ??
      (name === 'account'
        ? { type: 'string', description: 'The account’s name in the configuration.', examples: ['local'] }
        : { type: 'string' })
    return parameter(name, 'path', true, described)
  })
  const query = schema.query ?? {}
  const inQuery = Object.entries(query as TProperties).map(([name, each]) =>
    parameter(name, 'query', isRequired(each), each),
  )
  const inHeader: Parameter[] = []
  if (method !== 'GET')
    inHeader.push(
      header(
        'Idempotency-Key',
        'A retry under the same key does nothing twice: within 24 hours it gets the first answer again.',
        '8e03978e-40d5-43dd-bc93-6894a57f9324',
      ),
    )
  if (schema.ifMatch)
    inHeader.push(
      header(
        'If-Match',
        'The `configVersion`, or the `ETag`, that must still be the present one.',
        '"3f1c9a0e5b7d2c46"',
      ),
    )
  if (method === 'GET')
    inHeader.push(
      header(
        'If-None-Match',
        'An `ETag`; answered with 304 when it is still the present one.',
        '"tnl8nZ0vF7eYLT1v3uD1cB0Sx1M"',
      ),
    )
  if (method === 'GET' && path.includes('/:account/'))
    inHeader.push(
      header(
        'Cache-Control',
        '`no-cache` asks AWS now; `max-age` takes an answer of at most so many seconds. Without it: at most 2 s.',
        'no-cache',
      ),
    )
  if (hasStream)
    inHeader.push(header('Last-Event-ID', 'Of the event stream: goes on after this event.', '3f9c2a51b07e-1'))
  return [...inPath, ...inQuery, ...inHeader]
}

function isRequired(schema: TSchema): boolean {
  return !('default' in schema) && !('~optional' in schema)
}

function parameter(
  name: string,
  place: Parameter['in'],
  required: boolean,
  { description, ...schema }: { description?: string } & object,
): Parameter {
  return { name, in: place, required, ...(description && { description }), schema }
}

function header(name: string, description: string, example: string): Parameter {
  return { name, in: 'header', required: false, description, schema: { type: 'string', examples: [example] } }
}

function requestBodyOf(method: Method, schema: RouteSchema, body: TSchema): NonNullable<Operation['requestBody']> {
  const content = contentOf(body)
  const types = method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json']
  return { required: !schema.bodyOptional, content: Object.fromEntries(types.map((type) => [type, content])) }
}

/** A schema's examples belong to the media type in OpenAPI; the rest is the schema. */
function contentOf(schema: TSchema): Content {
  const { examples, ...rest } = schema as { examples?: unknown[] } & Json
  if (!examples) return { schema: rest }
  return { schema: rest, examples: Object.fromEntries(examples.map((value, i) => [`example ${i + 1}`, { value }])) }
}

const words: Record<number, string> = {
  200: 'Done.',
  201: 'Created.',
  202: 'The time ran out before it was reached; nothing is undone.',
  302: 'Elsewhere.',
}
const text = { schema: { type: 'string' } }

function responsesOf({ method, path, schema, hasStream }: Route): Operation['responses'] {
  const responses: Operation['responses'] = {}
  for (const [status, answer] of Object.entries(schema.answers)) {
    const isGet = method === 'GET' && status === '200'
    const described = (answer as { description?: string }).description
    responses[status] = {
      description: described ?? words[Number(status)] ?? 'Done.',
      ...((isGet || status === '201' || status === '202') && {
        headers: {
          ...(isGet && {
            ETag: { description: 'For If-None-Match.', ...text },
            Age: { description: 'How old the answer is, in seconds.', schema: { type: 'integer' } },
            ...(path.includes('/:account/') && {
              'Ecs-Api-Stale': {
                description:
                  '`budget`: the answer is more than 2 s old, for what AWS allows the account in requests is used up.',
                schema: { type: 'string', enum: ['budget'] },
              },
            }),
          }),
          ...(!isGet && { Location: { description: 'Where it is, when it is one.', ...text } }),
          ...(isGet &&
            schema.query?.cursor &&
            !hasStream && { Link: { description: 'The next page, as `rel="next"`.', ...text } }),
        },
      }),
      content: { [schema.produces ?? 'application/json']: contentOf(answer), ...(isGet && hasStream && streamContent) },
    }
  }
  if (method === 'GET') responses[304] = { description: 'Still the same (If-None-Match).' }
  for (const [status, codes] of problemsByStatus(path, schema, hasStream)) {
    responses[status] = {
      description: codes.map((code) => `\`${code}\`: ${problemKind(code)?.title}.`).join('\n'),
      content: problemContent,
    }
  }
  responses.default = { description: 'Any other problem.', content: problemContent }
  return responses
}

/** What `Accept: text/event-stream` is answered with. */
const streamContent: Record<string, Content> = {
  'text/event-stream': {
    schema: {
      type: 'string',
      description:
        'Server-sent events. `state`: the resource as it is now, first; `change`: as it is after a change; `deleted`: as it was last, then the stream ends. Each has an `id` for `Last-Event-ID` ' +
        'or `?cursor=`. `problem` (`{"code", "detail"}`): it cannot be looked at now. `end` (`{"code", "detail"}`): why the stream ends, such as SlowReader or ShuttingDown. A comment every 15 s.',
    },
    examples: {
      'example 1': { value: 'id: 3f9c2a51b07e-1\nevent: state\ndata: {"name":"www","status":"ACTIVE"}\n\n' },
    },
  },
}

/** The problems of a route's own and those that all of its kind have. */
function problemsByStatus(path: string, schema: RouteSchema, hasStream: boolean): [status: string, codes: string[]][] {
  const codes = new Set<keyof typeof problemCodes>(schema.problems)
  codes.add('InvalidQuery')
  if (schema.body)
    for (const code of ['MalformedJson', 'InvalidBody', 'BodyTooLarge', 'UnsupportedMediaType'] as const)
      codes.add(code)
  if (schema.query?.cursor) codes.add('InvalidCursor')
  if (hasStream) for (const code of ['CursorTooOld', 'TooManyStreams', 'TokenLimitExceeded'] as const) codes.add(code)
  if (schema.ifMatch) codes.add('PreconditionFailed')
  if (schema.later) codes.add('NotYetAvailable')
  if (!schema.public) for (const code of ['Unauthorized', 'StoreUnavailable'] as const) codes.add(code)
  codes.add('NotAcceptable')
  if (path.includes('/:account/')) {
    codes.add('AccountNotFound')
    for (const code of [
      'TooManyRequests',
      'AwsAccessDenied',
      'AwsError',
      'AwsCredentialsRefused',
      'AwsUnreachable',
      'AwsTimeout',
    ] as const)
      codes.add(code)
  }
  const byStatus = new Map<string, string[]>()
  for (const code of codes) {
    const status = String(problemCodes[code].status)
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return [...byStatus].sort(([a], [b]) => Number(a) - Number(b))
}

const problemSchema: Json = {
  type: 'object',
  description: 'A problem (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: 'The page that explains the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened, and what to do next where that is known.' },
    code: {
      type: 'string',
      description: 'One of /docs/problems, or the name of AWS’s exception where AWS refused the request.',
    },
    requestId: { type: 'string' },
    awsRequestId: { type: 'string', description: 'The request id of the AWS call that failed.' },
    errors: {
      type: 'array',
      description: 'Everything that is wrong with the request, each where the client wrote it.',
      items: {
        type: 'object',
        required: ['in', 'message'],
        properties: {
          in: { type: 'string', enum: ['body', 'query', 'path', 'header'] },
          pointer: { type: 'string', description: 'JSON Pointer into the body.' },
          name: { type: 'string', description: 'Name of the parameter or header.' },
          message: { type: 'string' },
        },
        additionalProperties: false,
      },
    },
  },
}

const problemContent: Record<string, Content> = {
  'application/problem+json': {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: {
      'example 1': {
        value: {
          type: '/docs/problems/InvalidBody',
          title: problemCodes.InvalidBody.title,
          status: 400,
          detail: '/containerDefinitions/0/imgae: unknown field; did you mean image?',
          code: 'InvalidBody',
          requestId: '2f9d3c1e-6a4b-4b57-9d64-2b8f0a4f7c11',
          errors: [
            { in: 'body', pointer: '/containerDefinitions/0/imgae', message: 'unknown field; did you mean image?' },
          ],
        },
      },
    },
  },
}
