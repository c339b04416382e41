import assert from 'node:assert/strict'
import { test } from 'node:test'
import { farAws } from '../testing/far-aws.ts'
import { testProgram } from '../testing/program.ts'

const aws = await farAws({
  faults: [
    { action: 'ListClusters', kind: 'throttle', amount: 1 },
    { action: 'DescribeServices', kind: 'denied' },
  ],
})
const { api, app, newToken, newAccount } = await testProgram({}, [aws.account('far', { budget: { clusterRead: { burst: 40, refill: 20 } } })])

/** The value of the one sample of this name with these labels among its own; 0 where there is none. */
async function sample(name: string, labels: Record<string, string> = {}): Promise<number> {
  const { text } = await api.get('/metrics')
  const found = text.split('\n').filter((line) => {
    const [, named = '', held = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? []
    return named === name && Object.entries(labels).every(([label, value]) => `,${held},`.includes(`,${label}="${value}",`))
  })
  return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

test('requests are counted by route pattern and status; what no route has is one series', async () => {
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

test('calls to AWS are counted by account, action and outcome; what is left of the budget can be read', async () => {
  const named = { account: 'far', action: 'DescribeClusters' }
  await api.get('/far/clusters/none')
  const calls = await sample('ecs_api_aws_call_duration_seconds_count', { ...named, outcome: 'ok' })
  assert.ok(calls >= 1, String(calls))
  assert.equal(await sample('ecs_api_aws_attempts_total', named), calls)
  const group = { account: 'far', group: 'clusterRead' }
  assert.equal(await sample('ecs_api_aws_budget_burst', group), 40)
  const left = await sample('ecs_api_aws_budget_tokens', group)
  assert.ok(left > 20 && left <= 40, String(left))
})

test('an attempt that AWS throttles is counted though the call comes through; a refusal of AWS’s has its outcome', async () => {
  assert.equal((await api.get('/far/clusters')).status, 200)
  const listing = { account: 'far', action: 'ListClusters' }
  assert.equal(await sample('ecs_api_aws_throttles_total', listing), 1)
  assert.equal(await sample('ecs_api_aws_attempts_total', listing), 2)
  assert.equal(await sample('ecs_api_aws_call_duration_seconds_count', { ...listing, outcome: 'ok' }), 1)
  await api.get('/far/clusters/none/services/none')
  assert.equal(await sample('ecs_api_aws_call_duration_seconds_count', { account: 'far', action: 'DescribeServices', outcome: 'denied' }), 1)
})

test('answers from views: kept ones, those that AWS was asked for, their age', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'web' })
  const before = { kept: await sample('ecs_api_view_answers_total', { from: 'kept' }), looks: await sample('ecs_api_view_looks_total') }
  await api.get(`/${account}/clusters/web`, { headers: { 'cache-control': 'no-cache' } })
  await api.get(`/${account}/clusters/web`)
  assert.equal(await sample('ecs_api_view_answers_total', { from: 'kept' }), before.kept + 1)
  assert.equal(await sample('ecs_api_view_looks_total'), before.looks + 1)
  assert.ok((await sample('ecs_api_view_age_seconds_count')) >= 2)
  assert.ok((await sample('ecs_api_views')) >= 1)
  assert.ok((await sample('ecs_api_view_bytes')) > 100)
})

test('the store, the audit and Idempotency-Keys', async () => {
  const account = await newAccount()
  const entries = (status: string) => sample('ecs_api_audit_entries_total', { status })
  const keyed = (outcome: string) => sample('ecs_api_idempotent_requests_total', { outcome })
  const [done, refused] = [await entries('2xx'), await entries('4xx')]
  const headers = { 'idempotency-key': 'metrics' }
  await api.post(`/${account}/clusters`, { name: 'a' }, { headers })
  await api.post(`/${account}/clusters`, { name: 'a' }, { headers })
  await api.post(`/${account}/clusters`, { name: 'b' }, { headers })
  assert.deepEqual([await keyed('made'), await keyed('replayed'), await keyed('conflict')], [1, 1, 1])
  assert.equal(await entries('2xx'), done + 1)
  assert.equal(await entries('4xx'), refused + 1)
  assert.ok((await sample('ecs_api_store_query_duration_seconds_count', { operation: 'insert', outcome: 'ok' })) >= 2)
})

test('of the process: its memory, its event loop, its version', async () => {
  assert.ok((await sample('process_resident_memory_bytes')) > 10_000_000)
  assert.ok((await sample('nodejs_eventloop_lag_p99_seconds')) > 0)
  assert.equal(await sample('ecs_api_build_info'), 1)
})

test('viewers may read them; who is fenced to some accounts may not, for they name all', async () => {
  const status = async (token: string) => (await api.get('/metrics', { headers: { authorization: `Bearer ${token}` } })).status
  assert.equal(await status(await newToken({ name: 'scraper', role: 'viewer' })), 200)
  assert.equal(await status(await newToken({ name: 'fenced-scraper', role: 'admin', accounts: ['far'] })), 403)
  assert.equal((await app.inject({ url: '/metrics' })).statusCode, 401)
})

test('on an address of their own they are open, and not on the service’s', async () => {
  const own = await testProgram({}, [], undefined, { metricsListen: { host: '127.0.0.1', port: 0 } })
  const { notes } = await own.listen()
  const url = notes.find((note) => note.startsWith('metrics: '))?.slice('metrics: '.length) ?? ''
  const answer = await fetch(url)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  assert.match(await answer.text(), /^ecs_api_build_info\{.+\} 1$/m)
  assert.equal((await fetch(url, { method: 'POST' })).status, 405)
  assert.equal((await fetch(new URL('/other', url))).status, 404)
  assert.equal((await own.api.get('/metrics')).status, 404)
})
