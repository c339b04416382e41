/** Generates requests for every route of openapi.json: valid, nearly valid, and invalid requests. */
import fc from 'fast-check'
import type { Document } from '../testing/response-schemas.ts'
import { arbitraryDamage, arbitraryFitting, type Components, type JsonSchema } from './arbitrary-of-schema.ts'
import { ecsFormOf } from './ecs-form.ts'
import { hostileBody } from './hostile-bodies.ts'

interface Parameter {
  in: string
  name: string
  required?: boolean
  schema: JsonSchema
}

interface OpenApiOperation {
  operationId: string
  parameters: (Parameter | { $ref: string })[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Document['paths'][string][string]['responses']
}

export interface OpenApi extends Document {
  paths: Record<string, Record<string, OpenApiOperation>>
  components: Document['components'] & { schemas: Components; parameters: Record<string, Parameter> }
}

export interface FuzzRequest {
  method: string
  /** The path in openapi.json. */
  route: string
  url: string
  headers: Record<string, string>
  payload?: string
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** Valid bodies by operation. Without them, no resources would be created, and other requests would find none. */
const validBodies: Readonly<Record<string, unknown[]>> = {
  'post /v1/ecs/{account}/clusters': [{ name: 'prod' }, { name: 'test', tags: { a: 'b' } }],
  'post /v1/ecs/{account}/taskdefs': ['web', 'job'].map((family) => ({
    family,
    containerDefinitions: [{ name: family, image: 'nginx', ports: [80] }],
  })),
  'post /v1/ecs/{account}/clusters/{cluster}/services': ['www', 'api'].map((name) => ({
    name,
    taskDefinition: 'web',
    count: 1,
  })),
  'post /v1/ecs/{account}/clusters/{cluster}/tasks': [{ taskDefinition: 'job' }],
  'patch /v1/ecs/{account}/clusters/{cluster}/services/{service}': [
    { count: 2 },
    { containers: { web: { image: 'nginx:2' } } },
    { tags: { a: null, b: 'c' } },
  ],
}

const pathValues: Readonly<Record<string, string[]>> = {
  account: [...Array(30).fill('local'), 'elsewhere'],
  cluster: [...Array(12).fill('prod'), 'test', 'none', 'arn:aws:ecs:us-east-1:123456789012:cluster/prod'],
  service: ['www', 'www', 'www', 'api', 'api', 'none'],
  taskdef: ['web', 'web:1', 'job:2', 'none', 'web:x'],
  release: ['1', '2', '99', 'x'],
  task: ['0'.repeat(32), 'nonsense'],
}

/** @param knownIds ids of tasks and deployments from earlier responses, by path parameter */
export function requestArbitrary(
  { paths, components }: OpenApi,
  knownIds: ReadonlyMap<string, readonly string[]>,
): fc.Arbitrary<FuzzRequest> {
  const operations = Object.entries(paths).flatMap(([route, item]) =>
    methods.flatMap((method) => (item[method] ? [{ route, method, operation: item[method] }] : [])),
  )
  return fc.constantFrom(...operations).chain(({ route, method, operation }) => {
    const parameters = operation.parameters.map((each) =>
      '$ref' in each ? components.parameters[nameIn(each.$ref)]! : each,
    )
    return fc
      .record({
        path: pathArbitrary(route, knownIds),
        query: queryArbitrary(
          parameters.filter((parameter) => parameter.in === 'query'),
          components.schemas,
        ),
        body: bodyArbitrary(route, method, operation, components.schemas),
        headers: headersArbitrary,
      })
      .map(({ path, query, body, headers }) => ({
        method: method.toUpperCase(),
        route,
        url: path + query,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { payload: body }),
      }))
  })
}

function pathArbitrary(route: string, knownIds: ReadonlyMap<string, readonly string[]>): fc.Arbitrary<string> {
  const segments = route.split('/').map((segment) => {
    const name = /^\{(.+)\}$/.exec(segment)?.[1]
    if (name === undefined) return fc.constant(segment)
    const likely = [...(knownIds.get(name) ?? []), ...(pathValues[name] ?? ['x'])]
    return fc
      .oneof(
        { weight: 40, arbitrary: fc.constantFrom(...likely) },
        { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) },
      )
      .map(encodeURIComponent)
  })
  return fc.tuple(...segments).map((parts) => parts.join('/'))
}

function queryArbitrary(parameters: readonly Parameter[], components: Components): fc.Arbitrary<string> {
  const value = (parameter: Parameter) =>
    // Low timeouts, so that waits do not delay the run.
    parameter.name === 'timeout'
      ? fc.constantFrom('0', '0', '-1', 'soon')
      : fc.oneof(
          { weight: 9, arbitrary: arbitraryFitting(parameter.schema, components).map(String) },
          { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
        )
  const optional = parameters.filter((parameter) => parameter.name !== 'timeout')
  return fc.subarray(optional, { maxLength: Math.min(2, optional.length) }).chain((chosen) => {
    const all = [...chosen, ...parameters.filter((parameter) => parameter.required || parameter.name === 'timeout')]
    const pairs = all.map((parameter) =>
      value(parameter).map((text) => `${encodeURIComponent(parameter.name)}=${encodeURIComponent(text)}`),
    )
    const odd = rarely(fc.constantFrom('zzz=1', 'limit=0', 'recursive=true', 'dryRun=true', '%zz', 'limit=1&limit=2'))
    return fc.tuple(fc.tuple(...pairs), odd).map(([texts, extra]) => {
      const query = [...texts, ...(extra ? [extra] : [])].join('&')
      return query && `?${query}`
    })
  })
}

/** Generates a value one time in twenty, and undefined otherwise. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 19, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

function bodyArbitrary(
  route: string,
  method: string,
  operation: OpenApiOperation,
  components: Components,
): fc.Arbitrary<string | undefined> {
  const schema = operation.requestBody?.content['application/json']?.schema
  if (!schema) return rarely(fc.constant('{}'))
  const valid = validBodies[`${method} ${route}`] ?? schema.examples ?? [{}]
  const described = bodyOfEitherForm(operation.operationId, schema, components)
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...valid) },
    { weight: 3, arbitrary: described },
    { weight: 2, arbitrary: described.chain(arbitraryDamage) },
    { weight: 2, arbitrary: fc.constantFrom(...valid).chain(arbitraryDamage) },
  )
  const text = value.map((item) => JSON.stringify(item) as string | undefined)
  return fc.oneof(
    { weight: 15, arbitrary: text },
    { weight: 1, arbitrary: hostileBody },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', '[1,]', '{"name":"x",}', 'null', '"x"', '{"__proto__":1}', '\ufeff{}'),
    },
  )
}

/** Generates bodies in the gateway's form, in ECS's own form, and with fields of both. */
function bodyOfEitherForm(operationId: string, schema: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  const ecs = ecsFormOf(operationId)
  if (!ecs) return arbitraryFitting(schema, components)
  const { properties } = schema.$ref ? components[nameIn(schema.$ref)]! : schema
  const ecsBody = arbitraryFitting(ecs.schema, ecs.components)
  const gatewayBody = arbitraryFitting({ type: 'object', ...(properties && { properties }) }, components)
  const mixedBody = fc.tuple(ecsBody, gatewayBody).map(([first, second]) => Object.assign({}, first, second))
  return fc.oneof(arbitraryFitting(schema, components), gatewayBody, ecsBody, mixedBody)
}

function nameIn(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}

const headersArbitrary: fc.Arbitrary<Record<string, string>> = fc
  .subarray(
    [
      ['if-match', '"nothing"'],
      ['if-match', '*'],
      ['if-none-match', '*'],
      ['idempotency-key', 'k'],
      ['idempotency-key', 'not a key\u00e9'],
      ['accept', 'text/event-stream'],
      ['accept', 'text/html'],
      ['x-request-id', 'mine'],
    ] as const,
    { maxLength: 1 },
  )
  .chain((chosen) => rarely(fc.constant(chosen)).map((entries) => Object.fromEntries(entries ?? [])))
