import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { problemCodes } from '../../problems/codes.ts'
import { startTestProgram } from '../../testing/program.ts'
import { ResponseSchemas } from '../../testing/response-schemas.ts'
import { type OpenApi, resolveOperation } from './openapi.ts'
import type { Operation } from './operation.ts'

const { api } = await startTestProgram()
const publicly = { headers: { authorization: '' } }
const { body } = await api.get('/openapi.json', publicly)
const document: OpenApi = body
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    call: `${method.toUpperCase()} ${path.replace('/v1/ecs', '')}`,
    path,
    operation: resolveOperation(document, operation),
  })),
)

test('openapi.json is consistent OpenAPI 3.1: valid, references resolve, operation ids are unique', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(body))
  assert.ok(valid, JSON.stringify(errors))
  assert.equal(document.openapi, '3.1.0')
  const text = JSON.stringify(document)
  for (const [, kind, name] of text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g))
    assert.ok(document.components[kind as 'schemas'][name!], `${kind} ${name}`)
  const ids = operations.map(({ operation }) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length, ids.sort().join())
  assert.doesNotMatch(text, /"~|"\$id"/, 'TypeBox’s internal keys do not appear')
})

test('openapi.json has the core routes and marks those that can be streamed', () => {
  for (const path of [
    '/v1/ecs/ping',
    '/v1/ecs/accounts',
    '/v1/ecs/{account}/clusters/{cluster}',
    '/v1/ecs/{account}/taskdefs/{taskdef}',
  ]) {
    assert.ok(document.paths[path], path)
  }
  assert.equal(document.paths['/docs'], undefined)
  const streamed = Object.entries<Record<string, Operation>>(document.paths).filter(
    ([, { get }]) => get && JSON.stringify(get.responses).includes('text/event-stream'),
  )
  assert.deepEqual(
    streamed.map(([path]) => path.replace(/^.*\{account\}\//, '')),
    [
      'clusters/{cluster}',
      'changes',
      'clusters/{cluster}/tasks/{task}',
      'clusters/{cluster}/services/{service}',
      'clusters/{cluster}/services/{service}/deployments/{deployment}',
      'clusters/{cluster}/services/{service}/logs',
      'clusters/{cluster}/tasks/{task}/logs',
    ],
  )
})

test('openapi.json describes every path parameter, and each body has an example', () => {
  for (const { path, operation } of operations) {
    const named = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    assert.deepEqual(
      named,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      path,
    )
    for (const content of Object.values(operation.requestBody?.content ?? {}))
      assert.ok(content.examples && Object.keys(content.examples).length > 0, `${path} has no example of a body`)
  }
})

/** Generated clients name their functions after these: an id that is here never changes. */
const operationIds = {
  'GET /ping': 'ping',
  'GET /version': 'getVersion',
  'GET /healthz': 'getHealth',
  'GET /readyz': 'getReadiness',
  'GET /metrics': 'getMetrics',
  'GET /accounts': 'listAccounts',
  'GET /me': 'getMe',
  'POST /session': 'createSession',
  'GET /session': 'getSignInMethods',
  'DELETE /session': 'deleteSession',
  'POST /session/codes': 'createOneTimeCode',
  'GET /tokens': 'listTokens',
  'POST /tokens': 'createToken',
  'GET /tokens/{token}': 'getToken',
  'DELETE /tokens/{token}': 'deleteToken',
  'POST /tokens/{token}/rotate': 'rotateToken',
  'GET /audit': 'listAuditEntries',
  'GET /{account}/audit': 'listAccountAuditEntries',
  'GET /{account}/clusters': 'listClusters',
  'POST /{account}/clusters': 'createCluster',
  'GET /{account}/clusters/{cluster}': 'getCluster',
  'PUT /{account}/clusters/{cluster}': 'putCluster',
  'PATCH /{account}/clusters/{cluster}': 'updateCluster',
  'DELETE /{account}/clusters/{cluster}': 'deleteCluster',
  'GET /{account}/taskdefs': 'listTaskDefinitions',
  'POST /{account}/taskdefs': 'registerTaskDefinition',
  'GET /{account}/taskdefs/{taskdef}': 'getTaskDefinition',
  'DELETE /{account}/taskdefs/{taskdef}': 'deregisterTaskDefinition',
  'GET /{account}/tasks': 'listAllTasks',
  'GET /{account}/clusters/{cluster}/tasks': 'listTasks',
  'POST /{account}/clusters/{cluster}/tasks': 'runTasks',
  'GET /{account}/clusters/{cluster}/tasks/{task}': 'getTask',
  'GET /{account}/clusters/{cluster}/services/{service}/diagnosis': 'diagnoseService',
  'GET /{account}/clusters/{cluster}/tasks/{task}/diagnosis': 'diagnoseTask',
  'GET /{account}/diagnosis': 'diagnoseAccount',
  'GET /{account}/images': 'listImages',
  'DELETE /{account}/clusters/{cluster}/tasks/{task}': 'stopTask',
  'POST /{account}/clusters/{cluster}/tasks/{task}/exec': 'execInTask',
  'GET /{account}/changes': 'streamChanges',
  'GET /{account}/services': 'listAllServices',
  'GET /{account}/clusters/{cluster}/services': 'listServices',
  'POST /{account}/clusters/{cluster}/services': 'createService',
  'GET /{account}/clusters/{cluster}/services/{service}': 'getService',
  'PATCH /{account}/clusters/{cluster}/services/{service}': 'updateService',
  'DELETE /{account}/clusters/{cluster}/services/{service}': 'deleteService',
  'POST /{account}/clusters/{cluster}/services/{service}/restart': 'restartService',
  'GET /{account}/clusters/{cluster}/services/{service}/tasks': 'listServiceTasks',
  'GET /{account}/clusters/{cluster}/services/{service}/logs': 'listServiceLogs',
  'GET /{account}/clusters/{cluster}/tasks/{task}/logs': 'listTaskLogs',
  'GET /{account}/clusters/{cluster}/services/{service}/metrics': 'getServiceMetrics',
  'GET /{account}/clusters/{cluster}/tasks/{task}/metrics': 'getTaskMetrics',
  'GET /{account}/clusters/{cluster}/services/{service}/events': 'listServiceEvents',
  'GET /{account}/clusters/{cluster}/events': 'listClusterEvents',
  'GET /{account}/clusters/{cluster}/services/{service}/deployments': 'listDeployments',
  'GET /{account}/clusters/{cluster}/services/{service}/deployments/{deployment}': 'getDeployment',
  'POST /{account}/clusters/{cluster}/services/{service}/deployments/{deployment}/stop': 'stopDeployment',
  'POST /{account}/clusters/{cluster}/services/{service}/deployments/{deployment}/continue': 'continueDeployment',
  'GET /{account}/clusters/{cluster}/services/{service}/releases': 'listReleases',
  'GET /{account}/clusters/{cluster}/services/{service}/releases/{release}': 'getRelease',
  'GET /{account}/clusters/{cluster}/services/{service}/releases/{release}/diff': 'diffReleases',
  'POST /{account}/clusters/{cluster}/services/{service}/rollback': 'rollbackService',
}

test('operation ids are a contract', () => {
  const ids = Object.fromEntries(operations.map(({ call, operation }) => [call, operation.operationId]))
  assert.deepEqual(ids, operationIds)
})

type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; anyOf?: Schema[]; $ref?: string }

/** The schema and all schemas in it, without following references. */
function* schemasIn(schema: Schema): Generator<Schema> {
  yield schema
  for (const value of Object.values(schema).flat())
    if (typeof value === 'object' && value !== null) yield* schemasIn(value as Schema)
}
const { schemas } = document.components as { schemas: Record<string, Schema> }

test('bodies and responses are components, and so is every object with fields', () => {
  for (const { call, operation } of operations) {
    const bodies = Object.values(operation.requestBody?.content ?? {})
    const responses = Object.values(operation.responses).flatMap(({ content }) => Object.entries(content ?? {}))
    for (const { schema } of [...bodies, ...responses.flatMap(([type, content]) => (/json/.test(type) ? content : []))])
      for (const one of (schema as Schema).anyOf ?? [schema]) assert.ok((one as Schema).$ref, `${call}: ${one.type}`)
    for (const [status, response] of Object.entries(operation.responses))
      if (Number(status) >= 400) assert.ok(response.content?.['application/problem+json'], call)
  }
  for (const [name, schema] of Object.entries(schemas))
    for (const part of schemasIn(schema))
      assert.ok(part === schema || part.type !== 'object' || !part.properties, `${name} has an object of no name`)
})

test('a list of values that has a name is referred to by it', () => {
  const named = new Map(
    Object.entries(schemas).flatMap(([name, schema]) => {
      const values = schema.enum ?? schema.anyOf?.[0]?.enum
      return values ? [[JSON.stringify(values), name]] : []
    }),
  )
  for (const [name, schema] of Object.entries(schemas))
    for (const part of schemasIn(schema))
      if (part.enum && part !== schema && part !== schema.anyOf?.[0])
        assert.equal(named.get(JSON.stringify(part.enum)), undefined, `in ${name}`)
})

test('responses are open for additions of ECS: objects accept further members, enumerations further values', () => {
  const seen = new Set<string>()
  const visit = (part: Schema) => {
    for (const one of schemasIn(part)) {
      assert.notEqual(one.additionalProperties, false, JSON.stringify(one).slice(0, 200))
      const name = /^#\/components\/schemas\/(.+)$/.exec(one.$ref ?? '')?.[1]
      if (name === undefined || seen.has(name)) continue
      seen.add(name)
      visit(schemas[name]!)
    }
  }
  for (const { operation } of operations)
    for (const { content } of Object.values(operation.responses))
      for (const { schema } of Object.values(content ?? {})) visit(schema as Schema)
  assert.ok(seen.size > 100, String(seen.size))
  for (const [name, field] of [
    ['Task', 'lastStatus'],
    ['Service', 'status'],
    ['Service', 'propagateTags'],
    ['Problem', 'code'],
  ] as const) {
    const known = new ResponseSchemas(document)
    const { [field]: schema } = schemas[name]!.properties!
    assert.equal(known.findMismatch(schema!, 'SOMETHING_NEWER'), undefined, `${name}.${field}`)
  }
})

test('schemas of bodies have this API’s fields and require some; null is allowed where ECS can clear a field', () => {
  const known = new ResponseSchemas(document)
  const takes = (name: string, value: unknown) => known.findMismatch({ $ref: `#/components/schemas/${name}` }, value)
  for (const { call, operation } of operations)
    for (const { schema, examples = {} } of Object.values(operation.requestBody?.content ?? {}))
      for (const { value } of Object.values(examples)) assert.equal(known.findMismatch(schema, value), undefined, call)
  // Generators take a field that has a default for one that is always there.
  for (const schema of Object.values(schemas))
    for (const part of schemasIn(schema)) assert.ok(!('default' in part), JSON.stringify(part))
  const required = (name: string) => schemas[name]!.required
  assert.deepEqual(required('ServiceCreate'), ['name', 'taskDefinition', 'count'])
  assert.deepEqual(required('TaskDefinitionRegister'), ['family', 'containerDefinitions'])
  assert.deepEqual(required('ContainerDefinitionInput'), ['name', 'image'])
  assert.deepEqual(required('TaskRun'), ['taskDefinition'])
  assert.deepEqual(required('TokenCreate'), ['name', 'role'])
  for (const name of ['ServiceCreate', 'ServicePatch', 'TaskRun', 'ClusterCreate'])
    for (const field of ['serviceName', 'desiredCount', 'networkConfiguration', 'clusterName', 'cluster'])
      assert.ok(!schemas[name]!.properties![field], `${name} shows ${field}`)
  const container = { image: 'nginx:1.30', environment: { OLD: null }, healthCheck: null, dockerLabels: { a: null } }
  for (const patch of [
    { tags: { old: null }, loadBalancers: null, serviceConnectConfiguration: null },
    { containers: { web: container, sidecar: null } },
    { deploymentConfiguration: { maximumPercent: 150, alarms: null } },
  ])
    assert.equal(takes('ServicePatch', patch), undefined)
  assert.equal(takes('ClusterPatch', { tags: { old: null }, capacityProviders: null }), undefined)
  for (const [name, body] of [
    ['ServicePatch', { count: null }],
    ['ServicePatch', { taskDefinitoin: 'web' }],
    ['ServicePatch', { containers: null }],
    ['ClusterPatch', { settings: { containerInsights: null } }],
    ['ServiceCreate', { name: 'www', taskDefinition: 'web', count: 1, propagateTags: 'SERVICES' }],
  ] as const)
    assert.match(takes(name, body) ?? '', /not as its schema says/, JSON.stringify(body))
})

test('problems: each operation lists codes that the list of codes has', () => {
  const codes = schemas.ProblemCode!.anyOf![0]!.enum
  assert.deepEqual(codes, Object.keys(problemCodes))
  for (const { call, operation } of operations)
    for (const code of operation['x-problems']) assert.ok(Object.hasOwn(problemCodes, code), `${call}: ${code}`)
})

test('the documentation pages need no token, no network and no script', async () => {
  for (const path of ['/docs', '/docs/reference', '/docs/problems', '/docs/problems/ClusterNotFound']) {
    const { status, text, headers } = await api.get(path, {
      headers: { authorization: '', accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    })
    assert.equal(status, 200, path)
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    assert.doesNotMatch(text, /https?:\/\/|<script|undefined|\[object/)
    for (const [, link] of text.matchAll(/href="#([^"]+)"/g))
      assert.ok(text.includes(`id="${link}"`), `${path} has nothing at #${link}`)
  }
})

test('every problem code has a page, AWS’s own names too, and unknown codes have none', async () => {
  const index = (await api.get('/docs/problems', publicly)).text
  for (const [code, { title }] of Object.entries(problemCodes)) {
    assert.ok(index.includes(`/docs/problems/${code}"`))
    const { status, text } = await api.get(`/docs/problems/${code}`, publicly)
    assert.equal(status, 200, code)
    assert.ok(text.includes(title.slice(0, 8)))
  }
  assert.equal((await api.get('/docs/problems/InvalidParameterException', publicly)).status, 200)
  const none = await api.get('/docs/problems/NoSuchThing', publicly)
  assert.deepEqual([none.status, none.body.code], [404, 'RouteNotFound'])
})

test('every link of every page leads to a page, without a token', async () => {
  const texts = new Map<string, string>()
  const waiting = ['/docs']
  const broken: string[] = []
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue
    const { status, text } = await api.get(path, { headers: { authorization: '', accept: 'text/html,*/*;q=0.8' } })
    texts.set(path, text)
    if (status !== 200) broken.push(`${path}: ${status}`)
    if (path.startsWith('/docs')) for (const { to } of linksIn(path, text)) waiting.push(to)
  }
  for (const [path, text] of texts)
    for (const { to, anchor } of path.startsWith('/docs') ? linksIn(path, text) : [])
      if (anchor !== '' && !texts.get(to)!.includes(`id="${anchor}"`)) broken.push(`${path}: ${to} has no #${anchor}`)
  assert.deepEqual(broken, [])
  for (const path of ['/', '/docs/reference', '/docs/guides/console', '/docs/concepts/simulated-runtime'])
    assert.ok(texts.has(path), `no page links to ${path}`)
  assert.ok(texts.size > 150, String(texts.size))
})

/** Links of this origin; a relative one counts from the page. */
function linksIn(path: string, text: string): { to: string; anchor: string }[] {
  const base = new URL(path, 'http://docs.invalid')
  return [...text.matchAll(/href="([^"]+)"/g)].flatMap(([, href]) => {
    const { origin, pathname, hash } = new URL(href!.replaceAll('&#38;', '&').replaceAll('&#39;', "'"), base)
    return origin === base.origin ? [{ to: pathname, anchor: decodeURIComponent(hash.slice(1)) }] : []
  })
}

test('the icon is answered without a token', async () => {
  const { status, headers } = await api.get('/favicon.ico', publicly)
  assert.deepEqual([status, headers['content-type']], [200, 'image/x-icon'])
})
