/** A GET that is asked again goes a short way: nothing of its answer, its checks or its traces may tell. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { farAws } from '../testing/far-aws.ts'
import { testProgram } from '../testing/program.ts'

const far = await farAws()
const { app, api, token, lines, listen, newToken, newAccount, withAccounts } = await testProgram({}, [
  far.account('far'),
])
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

/** Over a connection: only there is a short way. */
function get(path: string, headers: Record<string, string> = {}, shown = token) {
  return fetch(root + path, { headers: { authorization: `Bearer ${shown}`, ...headers } })
}

const withoutCalls = 'aws;dur=0.0;desc="calls=0"'

/** The first answer that was ready and didn't go by the router: on a busy machine the one before may be too old, and AWS is asked again. */
async function getShort(path: string): Promise<Response> {
  for (let i = 0; i < 100; i++) {
    const before = fastifyRequests
    const answer = await get(path)
    if (fastifyRequests === before && answer.headers.get('server-timing') === withoutCalls) return answer
    await answer.text()
  }
  throw new Error(`${path} always goes by the router`)
}

// biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in an answer, field by field
const bodyOf = async (answer: Response): Promise<any> => answer.json()

/** All but what no two answers have in common. */
function lasting(headers: Iterable<[string, string]>) {
  const each = new Map(headers)
  for (const name of ['x-request-id', 'server-timing', 'date', 'age', 'keep-alive', 'connection']) each.delete(name)
  return Object.fromEntries(each)
}

test('what is ready is answered past the router, as the router answers', async () => {
  const lists = [
    'services',
    'tasks',
    `tasks/${task.id}`,
    'services/www',
    'services/www/deployments',
    'services/www/tasks',
    'services/www/events',
  ]
  for (const path of ['', ...lists.map((list) => `/${list}`)].map(
    (below) => `/v1/ecs/${account}/clusters/prod${below}`,
  )) {
    const long = await get(path, { 'x-auth-token': token })
    const body = await long.text()
    const short = await getShort(path)
    assert.equal(await short.text(), body, path)
    assert.deepEqual([short.status, lasting(short.headers)], [200, lasting(long.headers)], path)
    assert.equal(short.headers.get('server-timing'), withoutCalls)
  }
})

test('its log line is that of every request', async () => {
  await (await get(service)).text()
  await (await get(service, { 'x-request-id': 'of-mine' })).text()
  const { ms, ageMs, awsCalls, awsMs, ...line } = lines.find(({ requestId }) => requestId === 'of-mine')!
  assert.ok(ms >= 0 && awsCalls >= 0 && awsMs >= 0 && ageMs !== undefined && ageMs >= 0)
  const long = await api.get(service, { headers: { 'x-request-id': 'long' } })
  const {
    ms: _,
    ageMs: __,
    awsCalls: ___,
    awsMs: ____,
    ...other
  } = lines.find(({ requestId }) => requestId === 'long')!
  assert.deepEqual({ ...line, requestId: '' }, { ...other, requestId: '', status: long.status })
  const given = await get(service, { 'x-request-id': 'not an id' })
  assert.match(given.headers.get('x-request-id')!, /^[0-9a-f-]{36}$/)
})

test('who has it already gets 304; a request that says more is heard', async () => {
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

test('an own change is seen by the next answer', async () => {
  for (const count of [2, 1, 2, 1]) {
    assert.equal((await api.patch(service, { count })).status, 200)
    assert.equal((await bodyOf(await get(service))).desiredCount, count)
  }
})

test('who may no longer is refused at once', async () => {
  const shown = await newToken({ name: 'for-a-while', role: 'viewer', clusters: ['prod'] })
  for (let i = 0; i < 3; i++) assert.equal((await get(service, {}, shown)).status, 200)
  assert.equal((await get(service, {}, `${shown.slice(0, -1)}${shown.endsWith('A') ? 'B' : 'A'}`)).status, 401)
  assert.equal((await get(service, {}, '')).status, 401)
  const other = await newToken({ name: 'of-others', role: 'viewer', clusters: ['dev'] })
  assert.equal((await get(service, {}, other)).status, 403)
  await api.delete('/tokens/for-a-while')
  assert.equal((await get(service, {}, shown)).status, 401)
})

test('lists show each caller what lies within its fence', async () => {
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

test('what AWS is asked for is answered the short way too; when that fails it is the problem that it is, asked for and told once', async () => {
  await api.post('/far/clusters', { name: 'web' })
  const path = '/v1/ecs/far/clusters/web'
  await (await getShort(path)).text()
  const before = fastifyRequests
  const fresh = await get(path, { 'cache-control': 'no-cache' })
  assert.deepEqual([fresh.status, fastifyRequests], [200, before])
  assert.match(fresh.headers.get('server-timing')!, /calls=1/)
  const mend = far.engine.inject({ action: 'DescribeClusters', kind: 'expired' })
  const failed = await get(path, { 'cache-control': 'no-cache', 'x-request-id': 'of-failure' })
  const problem = await bodyOf(failed)
  const long = await api.get(path, { headers: { 'cache-control': 'no-cache' } })
  assert.deepEqual([failed.status, problem.code], [long.status, long.body.code])
  assert.ok(
    failed.status >= 500 && failed.headers.get('content-type') === 'application/problem+json',
    JSON.stringify(problem),
  )
  mend()
  const told = lines.filter(({ requestId }) => requestId === 'of-failure')
  assert.deepEqual(
    told.map(({ status, code, awsCalls }) => ({ status, code, awsCalls })),
    [{ status: failed.status, code: problem.code, awsCalls: 1 }],
  )
})

test('what is gone is 404, and so is what is left of an account that is', async () => {
  await api.post(`/${account}/clusters`, { name: 'short-lived' })
  const path = `/v1/ecs/${account}/clusters/short-lived`
  for (let i = 0; i < 3; i++) assert.equal((await get(path)).status, 200)
  await api.delete(`/${account}/clusters/short-lived`)
  assert.equal((await get(path)).status, (await api.get(path)).status)
  await withAccounts([])
  const gone = await get(service)
  assert.deepEqual([gone.status, (await bodyOf(gone)).code], [404, 'AccountNotFound'])
  await withAccounts([far.account('far', { defaults: { subnets: ['subnet-0b'] } })])
  assert.equal((await getShort('/v1/ecs/far/clusters/web')).status, 200)
})

test('requests sent one behind the other on a connection are answered in order', async () => {
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
