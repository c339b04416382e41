/**
 * A repeated GET takes a fast path past the router: its response, checks, log lines and metrics equal those of the
 * router.
 */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const remote = await startEngineOverTcp()
const { app, api, token, requestLines, listen, newToken, newAccount, replaceAccounts } = await startTestProgram({
  accounts: [remote.account('remote')],
})
let fastifyRequests = 0
app.addHook('onRequest', async () => {
  fastifyRequests++
})
const { url: root } = await listen()
const account = await newAccount()
await api.post(`/${account}/clusters`, { name: 'prod' })
await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
await api.post(`/${account}/clusters/prod/services?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 1 })
const [task] = (await api.get(`/${account}/clusters/prod/tasks`)).body.items
const service = `/v1/ecs/${account}/clusters/prod/services/www`

/** Sends a GET over a connection: inject() has no fast path. */
function get(path: string, headers: Record<string, string> = {}, shown = token) {
  return fetch(root + path, { headers: { authorization: `Bearer ${shown}`, ...headers } })
}

const withoutCalls = 'aws;dur=0.0;desc="calls=0"'

/**
 * Returns the first response from a fresh cache entry that skipped the router: on a busy machine an entry may expire
 * between two requests, and AWS is asked again.
 */
async function getFast(path: string): Promise<Response> {
  for (let i = 0; i < 100; i++) {
    const before = fastifyRequests
    const answer = await get(path)
    if (fastifyRequests === before && answer.headers.get('server-timing') === withoutCalls) return answer
    await answer.text()
  }
  throw new Error(`${path} always goes by the router`)
}

// biome-ignore lint/suspicious/noExplicitAny: a test asserts the body of a response, field by field
const bodyOf = async (answer: Response): Promise<any> => answer.json()

/** The headers that do not differ between two responses. */
function comparableHeaders(headers: Iterable<[string, string]>) {
  const each = new Map(headers)
  for (const name of ['x-request-id', 'server-timing', 'date', 'age', 'keep-alive', 'connection']) each.delete(name)
  return Object.fromEntries(each)
}

type Parameters = Record<string, string>

/** Every GET of openapi.json that has a JSON response, on resources that exist. */
async function readableRoutes(): Promise<string[]> {
  const { paths } = (await api.get('/openapi.json')).body as { paths: Record<string, { get?: { responses: object } }> }
  const [deployment] = (await api.get(`${service}/deployments`)).body.items
  const named: Parameters = {
    account,
    cluster: 'prod',
    service: 'www',
    task: task.id,
    taskdef: 'web:1',
    deployment: deployment.id,
    release: '1',
    token: 'a-token',
    code: 'ClusterNotFound',
  }
  await newToken({ name: 'a-token', role: 'viewer' })
  return Object.entries(paths)
    .filter(([, { get: read }]) => read && JSON.stringify(read.responses).includes('"application/json"'))
    .map(([path]) => path.replace(/\{(\w+)\}/g, (_, name: string) => named[name] ?? `no-${name}`))
}

/** Members that differ between two responses to the same request. */
const varyingMembers = /"(requestId|time|uptimeSeconds)":("[^"]*"|[\d.]+)/g

test('every GET has the same response and log line on both paths', async () => {
  const routes = await readableRoutes()
  assert.ok(routes.length >= 20, routes.join())
  let fast = 0
  for (const path of routes) {
    // Another header of the token is enough for the Fastify path. The ids are equally long: problems contain them.
    const routed = await fetch(root + path, { headers: { 'x-auth-token': token, 'x-request-id': 'over-fastify' } })
    const body = (await routed.text()).replaceAll(varyingMembers, '')
    // Simulated containers need no images.
    const status = path.endsWith('/images') ? 404 : 200
    assert.equal(routed.status, status, `${path}: ${body}`)
    await (await get(path)).text()
    const before = fastifyRequests
    const repeated = await get(path, { 'x-request-id': 'by-fast-path' })
    assert.equal((await repeated.text()).replaceAll(varyingMembers, ''), body, path)
    assert.deepEqual(
      [repeated.status, comparableHeaders(repeated.headers)],
      [status, comparableHeaders(routed.headers)],
      path,
    )
    if (fastifyRequests === before) fast++
    const lineOf = (id: string) => {
      const { ms, ageMs, awsCalls, awsMs, requestId, ...line } = requestLines.findLast((one) => one.requestId === id)!
      return { ...line, hasAge: ageMs !== undefined }
    }
    assert.deepEqual(lineOf('by-fast-path'), lineOf('over-fastify'), path)
  }
  assert.ok(fast >= 8, `only ${fast} were answered on the fast path`)
})

test('the fast path makes no AWS call while an answer is fresh, and returns only valid request ids', async () => {
  const fast = await getFast(service)
  assert.equal(fast.headers.get('server-timing'), withoutCalls)
  const given = await get(service, { 'x-request-id': 'not an id' })
  assert.match(given.headers.get('x-request-id')!, /^[\w.-]{12}-[0-9a-z]+$/)
})

test('the fast path honours If-None-Match, no-cache, Accept and HEAD', async () => {
  const etag = (await get(service)).headers.get('etag')!
  const known = await get(service, { 'if-none-match': etag })
  assert.deepEqual([known.status, await known.text(), known.headers.get('etag')], [304, '', etag])
  const fresh = await get(service, { 'cache-control': 'no-cache' })
  assert.match(fresh.headers.get('server-timing')!, /calls=[1-9]/)
  assert.equal((await get(service, { accept: 'image/png' })).status, 406)
  const stream = await get(service, { accept: 'text/event-stream' })
  assert.equal(stream.headers.get('content-type'), 'text/event-stream')
  await stream.body!.cancel()
  assert.equal(
    (await fetch(root + service, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } })).headers.get(
      'etag',
    ),
    etag,
  )
})

test('the next response of the fast path shows a change by the same client', async () => {
  for (const count of [2, 1, 2, 1]) {
    assert.equal((await api.patch(service, { count })).status, 200)
    assert.equal((await bodyOf(await get(service))).desiredCount, count)
  }
})

test('the fast path rejects wrong, fenced and revoked tokens at once', async () => {
  const shown = await newToken({ name: 'for-a-while', role: 'viewer', clusters: ['prod'] })
  for (let i = 0; i < 3; i++) assert.equal((await get(service, {}, shown)).status, 200)
  assert.equal((await get(service, {}, `${shown.slice(0, -1)}${shown.endsWith('A') ? 'B' : 'A'}`)).status, 401)
  assert.equal((await get(service, {}, '')).status, 401)
  const other = await newToken({ name: 'of-others', role: 'viewer', clusters: ['dev'] })
  assert.equal((await get(service, {}, other)).status, 403)
  await api.delete('/tokens/for-a-while')
  assert.equal((await get(service, {}, shown)).status, 401)
})

test('the fast path lists only items within the caller’s fence', async () => {
  await api.post(`/${account}/clusters`, { name: 'dev' })
  const path = `/v1/ecs/${account}/clusters`
  const shown = await newToken({ name: 'prod-only', role: 'viewer', clusters: ['prod'] })
  const namesSeenBy = async (by: string) =>
    (await bodyOf(await get(path, {}, by))).items.map(({ name }: { name: string }) => name).sort()
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await namesSeenBy(token), ['dev', 'prod'])
    assert.deepEqual(await namesSeenBy(shown), ['prod'])
  }
})

test('the fast path serves reads that ask AWS, and a failed one is the same problem, called and logged once', async () => {
  await api.post('/remote/clusters', { name: 'web' })
  const path = '/v1/ecs/remote/clusters/web'
  await (await getFast(path)).text()
  const before = fastifyRequests
  const fresh = await get(path, { 'cache-control': 'no-cache' })
  assert.deepEqual([fresh.status, fastifyRequests], [200, before])
  assert.match(fresh.headers.get('server-timing')!, /calls=1/)
  const mend = remote.engine.inject({ action: 'DescribeClusters', kind: 'expired' })
  const failed = await get(path, { 'cache-control': 'no-cache', 'x-request-id': 'of-failure' })
  const problem = await bodyOf(failed)
  const routed = await api.get(path, { headers: { 'cache-control': 'no-cache' } })
  assert.deepEqual([failed.status, problem.code], [routed.status, routed.body.code])
  assert.ok(
    failed.status >= 500 && failed.headers.get('content-type') === 'application/problem+json',
    JSON.stringify(problem),
  )
  mend()
  const logged = requestLines.filter(({ requestId }) => requestId === 'of-failure')
  assert.deepEqual(
    logged.map(({ status, code, awsCalls }) => ({ status, code, awsCalls })),
    [{ status: failed.status, code: problem.code, awsCalls: 1 }],
  )
})

test('the fast path sends a 404 for a deleted cluster and a removed account', async () => {
  await api.post(`/${account}/clusters`, { name: 'short-lived' })
  const path = `/v1/ecs/${account}/clusters/short-lived`
  for (let i = 0; i < 3; i++) assert.equal((await get(path)).status, 200)
  await api.delete(`/${account}/clusters/short-lived`)
  assert.equal((await get(path)).status, (await api.get(path)).status)
  await replaceAccounts([])
  const removed = await get(service)
  assert.deepEqual([removed.status, (await bodyOf(removed)).code], [404, 'AccountNotFound'])
  await replaceAccounts([remote.account('remote', { defaults: { subnets: ['subnet-0b'] } })])
  assert.equal((await getFast('/v1/ecs/remote/clusters/web')).status, 200)
})

test('pipelined requests on one connection are answered in order', async () => {
  const path = '/v1/ecs/local/clusters/inline'
  await api.post('/local/clusters', { name: 'inline' })
  for (let i = 0; i < 2; i++) await (await get(path)).text()
  const { hostname, port } = new URL(root)
  const head = (target: string, id: string) =>
    `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nX-Request-Id: ${id}\r\n${id === 'c' ? 'Connection: close\r\n' : ''}\r\n`
  const socket = connect(Number(port), hostname)
  socket.end(head(path, 'a') + head('/v1/ecs/local/none', 'b') + head(path, 'c'))
  let text = ''
  for await (const chunk of socket) text += chunk
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1.1 (\d+)|^x-request-id: (.)/gm)].map(([, status, id]) => status ?? id),
    ['200', 'a', '404', 'b', '200', 'c'],
  )
})
