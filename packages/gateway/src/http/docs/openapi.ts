/**
 * openapi.json: the routes' own schemas in OpenAPI 3.1. The schemas that validate requests are also the ones in the
 * document.
 */
import type { TSchema } from 'typebox'
import type { Method, Route, RouteSchema } from '../route.ts'
import { Components, type Json, type Reference } from './components.ts'
import { eventStreamOf } from './event-streams.ts'
import type { Content, Operation, Parameter, Response } from './operation.ts'
import { asComponent, parametersOf } from './parameters.ts'
import { problemsOf } from './problems-of-route.ts'
import { responsesOf } from './responses.ts'

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
