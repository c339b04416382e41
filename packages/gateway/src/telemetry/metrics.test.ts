import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { startTestProgram } from '../testing/program.ts'
import { sumOfSamples } from '../testing/samples.ts'
import { until } from '../testing/until.ts'

const aws = await startEngineOverTcp({
  faults: [
    { action: 'ListClusters', kind: 'throttle', amount: 1 },
    { action: 'DescribeServices', kind: 'denied' },
  ],
})
const { api, app, listen, token, newToken, newAccount } = await startTestProgram({
  accounts: [
    aws.account('remote', { budget: { clusterRead: { burst: 40, refill: 20 } } }),
    // Nothing listens on this port.
    aws.account('unreachable', { endpoint: 'http://127.0.0.1:1' }),
  ],
})
const { url: base } = await listen()

const sample = async (name: string, labels?: Record<string, string>) =>
  sumOfSamples((await api.get('/metrics')).text, name, labels)

test('requests are counted by route pattern and status, and unknown paths share one series', async () => {
  const account = await newAccount()
  const route = '/v1/ecs/:account/clusters/:cluster'
  const count = (labels: Record<string, string>) => sample('ecs_api_http_request_duration_seconds_count', labels)
  await api.get(`/${account}/clusters/none`)
  await api.get(`/${account}/clusters/neither`)
  assert.equal(await count({ method: 'GET', route, status: '404' }), 2)
  await api.get('/no/such/path')
  await api.get('/nor/this/one')
  assert.equal(await count({ route: 'none', status: '404' }), 2)
  const { text } = await api.get('/metrics')
  for (const name of ['neither', 'such', account.replace('test', 'no')]) assert.ok(!text.includes(name), name)
})

test('AWS calls are counted by account, action and outcome, and the remaining budget is a gauge', async () => {
  const named = { account: 'remote', action: 'DescribeClusters' }
  await api.get('/remote/clusters/none')
  const calls = await sample('ecs_api_aws_call_duration_seconds_count', { ...named, outcome: 'ok' })
  assert.ok(calls >= 1, String(calls))
  assert.equal(await sample('ecs_api_aws_attempts_total', named), calls)
  const group = { account: 'remote', group: 'clusterRead' }
  assert.equal(await sample('ecs_api_aws_budget_burst', group), 40)
  const left = await sample('ecs_api_aws_budget_tokens', group)
  assert.ok(left > 20 && left <= 40, String(left))
})

test('a throttled attempt is counted although the call succeeds, and a failed call has its outcome', async () => {
  assert.equal((await api.get('/remote/clusters')).status, 200)
  const listing = { account: 'remote', action: 'ListClusters' }
  assert.equal(await sample('ecs_api_aws_throttles_total', listing), 1)
  assert.equal(await sample('ecs_api_aws_attempts_total', listing), 2)
  assert.equal(await sample('ecs_api_aws_call_duration_seconds_count', { ...listing, outcome: 'ok' }), 1)
  await api.get('/remote/clusters/none/services/none')
  assert.equal(
    await sample('ecs_api_aws_call_duration_seconds_count', {
      account: 'remote',
      action: 'DescribeServices',
      outcome: 'denied',
    }),
    1,
  )
})

test('responses from the cache, reads of AWS, and the age of entries are counted', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'web' })
  const before = {
    kept: await sample('ecs_api_view_answers_total', { from: 'kept' }),
    lookCount: await sample('ecs_api_view_looks_total'),
  }
  await api.get(`/${account}/clusters/web`, { headers: { 'cache-control': 'no-cache' } })
  await api.get(`/${account}/clusters/web`)
  assert.equal(await sample('ecs_api_view_answers_total', { from: 'kept' }), before.kept + 1)
  assert.equal(await sample('ecs_api_view_looks_total'), before.lookCount + 1)
  assert.ok((await sample('ecs_api_view_age_seconds_count')) >= 2)
  assert.ok((await sample('ecs_api_views')) >= 1)
  assert.ok((await sample('ecs_api_view_bytes')) > 100)
})

const watch = (path: string, more: Record<string, string> = {}) =>
  openEventReader(`${base}/v1/ecs${path}`, { authorization: `Bearer ${token}`, ...more })

test('open streams, sent events, and the reasons of ended and rejected streams are counted', {
  timeout: 20_000,
}, async () => {
  const account = await newAccount()
  const route = '/v1/ecs/:account/clusters/:cluster'
  const open = () => sample('ecs_api_streams_open', { route })
  const ended = (reason: string) => sample('ecs_api_streams_ended_total', { reason })
  const sent = (event: string) => sample('ecs_api_stream_events_total', { event })
  const rejected = (reason: string) => sample('ecs_api_streams_refused_total', { reason })
  await api.post(`/${account}/clusters`, { name: 'web' })
  const path = `/${account}/clusters/web`
  const [one, other] = [await watch(path), await watch(path)]
  await Promise.all([one, other].map((reader) => reader.waitForEvent(({ event }) => event === 'state')))
  assert.deepEqual([await open(), await sent('state'), await sent('change')], [2, 2, 0])
  await api.patch(path, { tags: { team: 'a' } })
  await Promise.all([one, other].map((reader) => reader.waitForEvent(({ data }) => data.tags?.team === 'a')))
  assert.equal(await sent('change'), 2)
  one.close()
  await until(async () => (await open()) === 1)
  assert.equal(await ended('client_gone'), 1)
  await api.delete(path)
  await other.ended
  assert.deepEqual(
    [await open(), await sent('deleted'), await ended('deleted'), await ended('client_gone')],
    [0, 1, 1, 1],
  )

  await api.post(`/${account}/clusters`, { name: 'web' })
  assert.equal((await watch(path, { 'last-event-id': `${'0'.repeat(12)}-1` })).status, 410)
  assert.equal((await watch(`/${account}/clusters/none`)).status, 404)
  assert.deepEqual(
    [await rejected('too_old'), await rejected('other'), await rejected('too_many'), await open()],
    [1, 1, 0, 0],
  )
})

test('the circuit breaker gauge is 1 for an unreachable account only', async () => {
  const open = (account: string) => sample('ecs_api_aws_circuit_open', { account, service: 'ecs' })
  const openings = () => sample('ecs_api_aws_circuit_openings_total', { account: 'unreachable' })
  assert.deepEqual([await open('unreachable'), await openings()], [0, 0])
  for (let i = 0; i < 6; i++) assert.equal((await api.get('/unreachable/clusters/none')).status, 503)
  assert.deepEqual([await open('unreachable'), await open('remote'), await openings()], [1, 0, 1])
})

test('history records are counted once they are stored', { timeout: 20_000 }, async () => {
  const account = await newAccount({ defaults: { subnets: ['subnet-0a1b2c3d'] } })
  const kept = (kind: string) => sample('ecs_api_history_records_total', { kind, outcome: 'kept' })
  const [tasks, events] = [await kept('task'), await kept('event')]
  await api.post(`/${account}/clusters`, { name: 'web' })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post(`/${account}/clusters/web/services?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 1 })
  const { body } = await api.post(`/${account}/clusters/web/tasks?wait=RUNNING`, { taskDefinition: 'web' })
  assert.equal((await api.delete(`/${account}/clusters/web/tasks/${body.items[0].id}?wait=STOPPED`)).status, 200)
  await until(async () => (await kept('task')) === tasks + 1 && (await kept('event')) > events)
})

test('store queries, audit entries and idempotent requests are counted', async () => {
  const account = await newAccount()
  const entries = (status: string) => sample('ecs_api_audit_entries_total', { status })
  const keyedRequests = (outcome: string) => sample('ecs_api_idempotent_requests_total', { outcome })
  const [done, rejected] = [await entries('2xx'), await entries('4xx')]
  const headers = { 'idempotency-key': 'metrics' }
  await api.post(`/${account}/clusters`, { name: 'a' }, { headers })
  await api.post(`/${account}/clusters`, { name: 'a' }, { headers })
  await api.post(`/${account}/clusters`, { name: 'b' }, { headers })
  const outcomes = [await keyedRequests('made'), await keyedRequests('replayed'), await keyedRequests('conflict')]
  assert.deepEqual(outcomes, [1, 1, 1])
  assert.equal(await entries('2xx'), done + 1)
  assert.equal(await entries('4xx'), rejected + 1)
  assert.ok((await sample('ecs_api_store_query_duration_seconds_count', { operation: 'insert', outcome: 'ok' })) >= 2)
})

test('the process reports its memory, event loop and version', async () => {
  assert.ok((await sample('process_resident_memory_bytes')) > 10_000_000)
  assert.ok((await sample('nodejs_eventloop_lag_p99_seconds')) > 0)
  assert.equal(await sample('ecs_api_build_info'), 1)
})

test('viewers may read the metrics, and tokens fenced to some accounts may not', async () => {
  const status = async (token: string) =>
    (await api.get('/metrics', { headers: { authorization: `Bearer ${token}` } })).status
  assert.equal(await status(await newToken({ name: 'scraper', role: 'viewer' })), 200)
  assert.equal(await status(await newToken({ name: 'fenced-scraper', role: 'admin', accounts: ['remote'] })), 403)
  assert.equal((await app.inject({ url: '/metrics' })).statusCode, 401)
})

test('a separate metrics address needs no token, and the gateway’s other address then has no metrics', async () => {
  const separate = await startTestProgram({ metricsListen: { host: '127.0.0.1', port: 0 } })
  const { notes } = await separate.listen()
  const url = notes.find((note) => note.startsWith('metrics: '))?.slice('metrics: '.length) ?? ''
  const answer = await fetch(url)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  assert.match(await answer.text(), /^ecs_api_build_info\{.+\} 1$/m)
  assert.equal((await fetch(url, { method: 'POST' })).status, 405)
  assert.equal((await fetch(new URL('/other', url))).status, 404)
  assert.equal((await separate.api.get('/metrics')).status, 404)
})
