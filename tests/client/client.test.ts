// The client against a gateway behind a proxy, which makes those requests fail that a test chooses.
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import { after, test } from 'node:test'
import {
  connect,
  createClient,
  isProblem,
  NoResponse,
  NotOnThisGateway,
  responseMeta,
  services,
} from '../../packages/client/src/index.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

const program = await startTestProgram()
const { url: gateway } = await program.listen()
const { token } = program

type Fault = (req: IncomingMessage, res: ServerResponse, pass: () => void) => void
/** Faults for the next requests, first in, first out. */
const faults: Fault[] = []
/** All requests of the client so far. */
const requests: IncomingMessage[] = []
const proxy = createServer((req, res) => {
  requests.push(req)
  const pass = () => {
    const { hostname, port } = new URL(gateway)
    const forwarded = sendRequest(
      { hostname, port, method: req.method, path: req.url, headers: req.headers },
      (gatewayRes) => {
        res.writeHead(gatewayRes.statusCode!, gatewayRes.headers)
        gatewayRes.on('error', () => res.destroy())
        gatewayRes.pipe(res)
      },
    )
    forwarded.on('error', () => res.destroy())
    res.on('close', () => forwarded.destroy())
    req.pipe(forwarded)
  }
  const fault = faults.shift()
  if (fault) fault(req, res, pass)
  else pass()
})
await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
after(() => {
  proxy.closeAllConnections()
  proxy.close()
})
const url = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`

const client = createClient({ url, token })
const ecs = client.account('local')
await ecs.clusters.create({ name: 'prod' })
await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] })

/** Lets the gateway make the change, and breaks the connection before the response. */
const cutAfterChange: Fault = (req, res) => {
  const { hostname, port } = new URL(gateway)
  const forwarded = sendRequest(
    { hostname, port, method: req.method, path: req.url, headers: req.headers },
    (gatewayRes) => {
      gatewayRes.resume().on('end', () => res.destroy())
    },
  )
  req.pipe(forwarded)
}
const respondWith =
  (status: number, headers: Record<string, string> = {}, body = ''): Fault =>
  (_, res) =>
    res.writeHead(status, headers).end(body)

test('a resource is named by its name, its ARN or itself in calls that create, read, change and delete', async () => {
  const rollout = await ecs.services.create('prod', { name: 'crud', taskDefinition: 'web', count: 1 })
  assert.equal(rollout.service.name, 'crud')
  assert.equal((await rollout.stable())?.status, 'SUCCESSFUL')
  const byName = await ecs.services.get('prod/crud')
  const byArn = await ecs.services.get(byName.arn)
  const byItself = await ecs.services.get(byName)
  assert.deepEqual([byArn.arn, byItself.arn], [byName.arn, byName.arn])
  const foreign = byName.arn.replace(/:\d{12}:/, ':999999999999:')
  await assert.rejects(ecs.services.update(foreign, { count: 0 }), /ARN is of another account/)
  await assert.rejects(ecs.services.get(byName.arn.replace('us-east-1', 'eu-west-1')), /ARN is of another region/)
  await assert.rejects(ecs.tasks.get(byName.arn), { code: 'TaskNotFound' })
  const changed = await ecs.services.update(byName, { containers: { web: { environment: { LEVEL: 'debug' } } } })
  assert.equal(changed.service.taskDefinition, 'web:2')
  const { service } = await ecs.services.update('prod/crud', { count: 0 })
  assert.equal(service.desiredCount, 0)
  const gone = await ecs.services.remove('prod/crud', { wait: 'INACTIVE', force: true })
  assert.equal(gone.outcome, 'reached')
})

test('lists are read page by page as they are used', async () => {
  for (const name of ['page-a', 'page-b', 'page-c']) await ecs.clusters.create({ name })
  const countBefore = requests.length
  const names: string[] = []
  for await (const { name } of ecs.clusters.list({ limit: 2 })) {
    names.push(name)
    if (names.length === 2) assert.equal(requests.length, countBefore + 1)
  }
  assert.deepEqual(
    names.filter((name) => name.startsWith('page-')),
    ['page-a', 'page-b', 'page-c'],
  )
  const first = await ecs.clusters.page({ limit: 1 })
  const second = await ecs.clusters.page({ limit: 1, cursor: first.nextCursor! })
  assert.notEqual(first.items[0]!.name, second.items[0]!.name)
  assert.ok((await Array.fromAsync(client.accounts.list())).some(({ name }) => name === 'local'))
})

test('a problem is thrown with its code, its detail and the wrong fields', async () => {
  await assert.rejects(ecs.services.get('prod/none'), (error) => {
    assert.ok(isProblem(error, 'ServiceNotFound'))
    assert.deepEqual([error.name, error.code, error.status], ['ServiceNotFound', 'ServiceNotFound', 404])
    assert.match(error.message, /none/)
    assert.ok(error.requestId)
    return true
  })
  await assert.rejects(
    ecs.services.create('prod', { name: 'x', taskDefinition: 'web', count: -1 }),
    (error) => isProblem(error) && error.errors[0]?.pointer === '/count',
  )
  for (const ref of ['www', 'prod/', 'a/b/c', { cluster: 'prod', name: '' }])
    await assert.rejects(ecs.services.get(ref), (error) => isProblem(error, 'InvalidReference'))
})

test('responseMeta has the metadata of the response of a resource', async () => {
  const prod = await ecs.clusters.get('prod', { fresh: true })
  const { etag, requestId, age, replayed, status } = responseMeta(prod)!
  assert.ok(etag && requestId)
  assert.deepEqual([age, replayed, status], [0, false, 200])
  assert.equal(responseMeta({}), undefined)
  const changed = await ecs.clusters.update(prod, { tags: { a: '1' } }, { ifMatch: prod.configVersion })
  await assert.rejects(
    ecs.clusters.update(prod, { tags: { a: '2' } }, { ifMatch: prod.configVersion }),
    (error) => isProblem(error, 'PreconditionFailed') && error.problem.configVersion === changed.configVersion,
  )
})

test('a connection that breaks in the middle of a change makes one change', async () => {
  faults.push(cutAfterChange, cutAfterChange)
  const countBefore = requests.length
  const made = await ecs.taskDefinitions.create({ family: 'cut', containerDefinitions: [{ name: 'a', image: 'b' }] })
  assert.equal(made.name, 'cut:1')
  assert.equal(responseMeta(made)?.replayed, true)
  const keys = requests.slice(countBefore).map(({ headers }) => headers['idempotency-key'])
  assert.equal(keys.length, 3)
  assert.equal(new Set(keys).size, 1)
  assert.match(String(keys[0]), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.deepEqual(
    (await ecs.taskDefinitions.page({ family: 'cut' })).items.map(({ name }) => name),
    ['cut:1'],
  )
})

test('a dry run has no idempotency key', async () => {
  const countBefore = requests.length
  await ecs.clusters.update('prod', { tags: { a: '1' } }, { dryRun: true, idempotencyKey: 'plan-1' })
  await client.request('PATCH', '/v1/ecs/local/clusters/prod?dryRun=true', { body: { tags: { a: '1' } } })
  await ecs.clusters.update('prod', { tags: { a: '1' } }, { dryRun: false })
  const keys = requests.slice(countBefore).map(({ headers }) => typeof headers['idempotency-key'])
  assert.deepEqual(keys, ['undefined', 'undefined', 'string'])
})

test('a request is sent at most four times, and a 400 once', async () => {
  const cut: Fault = (_, res) => res.destroy()
  let countBefore = requests.length
  faults.push(cut, respondWith(503), respondWith(429, { 'retry-after': '0' }), respondWith(502))
  await assert.rejects(ecs.clusters.get('prod'), (error) => isProblem(error, 'Http502'))
  assert.equal(requests.length - countBefore, 4)
  countBefore = requests.length
  faults.push(cut, cut, cut, cut)
  await assert.rejects(ecs.clusters.get('prod'), (error) => error instanceof NoResponse && /prod/.test(error.message))
  assert.equal(requests.length - countBefore, 4)
  countBefore = requests.length
  await assert.rejects(ecs.clusters.create({ name: 'not a name' }))
  assert.equal(requests.length - countBefore, 1)
  countBefore = requests.length
  faults.push(respondWith(503, { 'retry-after': '31' }))
  await assert.rejects(
    ecs.clusters.get('prod'),
    (error) => isProblem(error, 'Http503') && error.retryAfterSeconds === 31,
  )
  assert.equal(requests.length - countBefore, 1)
})

test('with a cache, an unchanged resource comes from memory', async () => {
  const cached = createClient({ url, token, cache: true }).account('local')
  const first = await cached.clusters.get('page-a')
  const second = await cached.clusters.get('page-a')
  assert.equal(second, first)
  assert.equal(responseMeta(second)?.status, 304)
  await cached.clusters.update('page-a', { tags: { b: '1' } })
  assert.deepEqual((await cached.clusters.get('page-a')).tags, { b: '1' })
})

test('a call that the gateway does not have throws an error with both versions', async () => {
  const routeNotFound = {
    type: '',
    title: '',
    status: 404,
    code: 'RouteNotFound',
    detail: 'No such route.',
    requestId: 'r',
  }
  faults.push(respondWith(404, { 'content-type': 'application/problem+json' }, JSON.stringify(routeNotFound)))
  await assert.rejects(client.me(), (error) => {
    assert.ok(error instanceof NotOnThisGateway)
    assert.deepEqual([error.clientVersion, error.gatewayVersion], ['0.1.0', '0.1.0'])
    assert.match(error.message, /GET \/me/)
    return true
  })
})

test('an aborted call throws the reason of the signal: before, during, and between two tries', async () => {
  const reason = new Error('enough')
  const countBefore = requests.length
  await assert.rejects(ecs.clusters.get('prod', { signal: AbortSignal.abort(reason) }), reason)
  assert.equal(requests.length, countBefore)

  const during = new AbortController()
  const closed = Promise.withResolvers<void>()
  faults.push((_, res) => {
    res.on('close', () => closed.resolve())
    during.abort(reason)
  })
  await assert.rejects(ecs.clusters.get('prod', { signal: during.signal }), reason)
  await closed.promise

  const inBody = new AbortController()
  faults.push((_, res) => {
    res.writeHead(200, { 'content-type': 'application/json' })
    res.write('{"name":', () => setImmediate(() => inBody.abort(reason)))
  })
  await assert.rejects(ecs.clusters.get('prod', { signal: inBody.signal }), reason)

  const between = new AbortController()
  faults.push((_, res) => {
    res.writeHead(503, { 'retry-after': '20' }).end(() => setImmediate(() => between.abort(reason)))
  })
  await assert.rejects(ecs.clusters.get('prod', { signal: between.signal }), reason)
})

test('`request` throws the same errors, and one noun works without the whole client', async () => {
  const { items } = await client.request<{ items: { name: string }[] }>('GET', '/v1/ecs/local/clusters', {
    query: { limit: 1 },
  })
  assert.equal(items.length, 1)
  assert.equal(await client.request('GET', '/v1/ecs/ping'), 'pong')
  await assert.rejects(client.request('GET', '/v1/ecs/local/clusters/none'), (error) =>
    isProblem(error, 'ClusterNotFound'),
  )
  const alone = services({ connection: connect({ url: `${url}/`, token: async () => token }), account: 'local' })
  assert.deepEqual(await Array.fromAsync(alone.list({ cluster: 'page-b' })), [])
  await assert.rejects(
    createClient({ url, token: () => 'wrong' }).me(),
    (error) => isProblem(error, 'Unauthorized') && error.status === 401,
  )
})

test('an error of the token function is thrown as it is, at once', async () => {
  const failure = new Error('the session has ended')
  let calls = 0
  const token = async () => {
    calls++
    throw failure
  }
  const { clusters } = createClient({ url, token }).account('local')
  for (const use of [() => clusters.get('prod'), () => clusters.watch('prod').next()]) {
    calls = 0
    await assert.rejects(use, failure)
    assert.equal(calls, 1)
  }
})
