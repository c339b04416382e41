/** Limits on the cost of one token, and of one address without a token. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import Type from 'typebox'
import { defaultLimits } from '../config/limits.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { startTestProgram } from '../testing/program.ts'
import { startTestServer, unlimitedHttp } from '../testing/test-server.ts'
import { until } from '../testing/until.ts'
import { streamQuery } from './route.ts'

const limits = {
  ...defaultLimits,
  streamsPerToken: 2,
  changesPerToken: 2,
  publicRequests: 20,
  failedLogins: 3,
  keptResponsesMiB: 1,
}
const { api, app, token, newAccount, newToken, listen } = await startTestProgram({
  engine: { pace: 'real' },
  http: { ...unlimitedHttp, limits },
})
const { url } = await listen()

test('a token has a limit of open streams, and other tokens have their own', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const [greedy, other] = await Promise.all(
    ['greedy', 'other'].map(async (name) => ({ authorization: `Bearer ${await newToken({ name, role: 'viewer' })}` })),
  )
  const cluster = `${url}/v1/ecs/${account}/clusters/prod`
  const first = await openEventReader(cluster, greedy!)
  await openEventReader(cluster, greedy!)
  const third = await fetch(cluster, { headers: { ...greedy!, accept: 'text/event-stream' } })
  assert.deepEqual([third.status, ((await third.json()) as { code: string }).code], [429, 'TokenLimitExceeded'])
  assert.ok(third.headers.get('retry-after'))
  await (await openEventReader(cluster, other!)).waitForEvent(({ event }) => event === 'state')

  first.close()
  const again = async () => {
    const { status, body } = await fetch(cluster, { headers: { ...greedy!, accept: 'text/event-stream' } })
    await body?.cancel()
    return status
  }
  await until(again, (status) => status === 200)
})

test('a token has a limit of changes in progress', async () => {
  const account = await newAccount({ defaults: { subnets: ['subnet-0a1b2c3d'] } })
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const headers = {
    authorization: `Bearer ${await newToken({ name: 'waiting', role: 'operator' })}`,
    'content-type': 'application/json',
  }
  const aborting = new AbortController()
  const run = (wait: string) =>
    fetch(`${url}/v1/ecs/${account}/clusters/prod/tasks${wait}`, {
      method: 'POST',
      headers,
      signal: aborting.signal,
      body: '{"taskDefinition": "web"}',
    })
  const watching = await openEventReader(`${url}/v1/ecs/${account}/clusters/prod`, { authorization: `Bearer ${token}` })
  const waits = [run('?wait=STOPPED&timeout=900'), run('?wait=STOPPED&timeout=900')]
  await watching.waitForEvent(({ data }) => data.pendingTasksCount === 2)
  const third = await run('')
  assert.deepEqual([third.status, ((await third.json()) as { code: string }).code], [429, 'TokenLimitExceeded'])
  aborting.abort()
  await Promise.allSettled(waits)
  watching.close()
  for (let ended: string[] = []; ended.length < 2; ) {
    const audit = await fetch(`${url}/v1/ecs/${account}/audit?caller=waiting`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { items } = (await audit.json()) as { items: { status: number | null; code: string }[] }
    ended = items
      .filter(({ status }) => status !== null && status !== 429)
      .map(({ status, code }) => `${status} ${code}`)
    assert.ok(
      ended.every((result) => result === '499 ClientDisconnected'),
      ended.join(),
    )
  }
  assert.equal(
    (await api.get(`/${account}/clusters/prod/tasks`, { headers: { 'cache-control': 'no-cache' } })).body.items.length,
    2,
  )
})

test('a client that disconnects before its change or stream begins does not count against its token’s limits', {
  timeout: 10_000,
}, async (t) => {
  /** Delays a request that has `reached` the check of its ARNs until its client is `gone`. */
  let delayed: { reached: PromiseWithResolvers<void>; gone: PromiseWithResolvers<void> } | undefined
  const rejectForeignArns = async () => {
    delayed?.reached.resolve()
    await delayed?.gone.promise
  }
  const parts = {
    findAccount: (name: string) => ({ name }),
    accountNames: () => [],
    onAnswered: () => {},
    onBug: assert.fail,
    rejectForeignArns,
  }
  const tightLimits = { ...defaultLimits, streamsPerToken: 1, changesPerToken: 1 }
  const serverUnderTest = await startTestServer<{ name: string }>(parts, { ...unlimitedHttp, limits: tightLimits })
  const answers = { 200: Type.Any() }
  const began: AbortSignal[] = []
  serverUnderTest.api.post('/:account/things', { schema: { summary: 'make', tag: 't', answers } }, ({ signal }) => {
    began.push(signal)
    return {}
  })
  const stream = () => ({ open: async () => ({ first: [], close: () => {} }) })
  serverUnderTest.api.get(
    '/:account/things',
    { schema: { summary: 'one', tag: 't', query: streamQuery, answers }, stream },
    () => ({}),
  )
  t.after(() => serverUnderTest.app.close())
  t.after(serverUnderTest.drain)
  await serverUnderTest.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = serverUnderTest.app.server.address() as { port: number }
  const headers = { authorization: 'Bearer good', accept: 'text/event-stream, application/json' }
  const head = Object.entries({ host: 'x', 'content-length': '0', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  for (const method of ['POST', 'GET']) {
    delayed = { reached: Promise.withResolvers(), gone: Promise.withResolvers() }
    const received = once(serverUnderTest.app.server, 'request')
    const client = connect(port, '127.0.0.1')
    client.write(`${method} /v1/ecs/a/things HTTP/1.1\r\n${head.join('')}\r\n`)
    const [, response] = await received
    await delayed.reached.promise
    const closed = once(response, 'close')
    client.destroy()
    await closed
    delayed.gone.resolve()
  }
  delayed = undefined
  const made = await fetch(`http://127.0.0.1:${port}/v1/ecs/a/things`, { method: 'POST', headers })
  assert.deepEqual([made.status, began.map(({ aborted }) => aborted)], [200, [true, false]])
  const streamed = await fetch(`http://127.0.0.1:${port}/v1/ecs/a/things`, { headers })
  assert.equal(streamed.status, 200)
  await streamed.body?.cancel()
})

test('an address that sends unknown tokens is limited, and valid tokens still pass', async () => {
  const withToken = (token: string) =>
    app.inject({ url: '/v1/ecs/accounts', remoteAddress: '192.0.2.1', headers: { authorization: `Bearer ${token}` } })
  const statuses = []
  for (let i = 0; i < 5; i++) statuses.push((await withToken(`guess-${i}`)).statusCode)
  assert.deepEqual(statuses, [401, 401, 401, 429, 429])
  assert.equal((await withToken(await newToken({ name: 'known', role: 'viewer' }))).statusCode, 200)
})

test('public routes are limited by address', async () => {
  const requestDocs = (remoteAddress: string) => app.inject({ url: '/docs', remoteAddress })
  const statuses = []
  for (let i = 0; i < 22; i++) statuses.push((await requestDocs('192.0.2.2')).statusCode)
  assert.deepEqual(statuses.slice(-3), [200, 429, 429])
  // Probes of an orchestrator must not fail because other clients share its address.
  for (const url of ['/healthz', '/readyz', '/v1/ecs/ping'])
    assert.equal((await app.inject({ url, remoteAddress: '192.0.2.2' })).statusCode, 200, url)
  assert.equal((await requestDocs('192.0.2.3')).statusCode, 200)
})

test('a token has a limit of stored responses, and stored ones are still replayed', async () => {
  const account = await newAccount()
  const authorization = `Bearer ${await newToken({ name: 'keeps', role: 'operator' })}`
  const environment = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`NAME_${i}`, 'x'.repeat(150)]))
  const definition = { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx', environment }] }
  const register = (key: number) =>
    api.post(`/${account}/taskdefs`, definition, { headers: { authorization, 'idempotency-key': `k${key}` } })
  let key = 0
  let last = await register(key)
  while (last.status === 201) last = await register(++key)
  assert.deepEqual([last.status, last.body.code], [429, 'TokenLimitExceeded'])
  assert.ok(key > 10 && key < 40, `after ${key} responses`)
  assert.equal((await register(0)).headers['idempotent-replayed'], 'true')
  assert.equal((await api.post(`/${account}/taskdefs`, definition, { headers: { authorization } })).status, 201)
})

test('the addresses of an IPv6 network of 64 bits share a limit, and a mapped IPv4 address counts as that address', async () => {
  const behindProxy = await startTestProgram({ http: { ...unlimitedHttp, limits, trustProxy: ['127.0.0.1'] } })
  const { url: behind } = await behindProxy.listen()
  const statusOf = async (address: string) => {
    const headers = { 'x-forwarded-for': address, authorization: 'Bearer unknown' }
    return (await fetch(`${behind}/v1/ecs/me`, { headers })).status
  }
  const addresses = ['2001:db8:0:7::1', '2001:db8:0:7:1:2:3:4', '2001:db8::7:0:0:0:5', '2001:0DB8:0:0007::6']
  const statuses: number[] = []
  for (const address of addresses) statuses.push(await statusOf(address))
  assert.deepEqual(statuses, [401, 401, 401, 429])
  assert.equal(await statusOf('2001:db8:0:8::1'), 401)
  const mapped: number[] = []
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '192.0.2.1'])
    mapped.push(await statusOf(address))
  assert.deepEqual(mapped, [401, 401, 401, 429])
  assert.equal(await statusOf('::ffff:192.0.2.2'), 401)
})
