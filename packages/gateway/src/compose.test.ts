import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compose } from './compose.ts'
import { localAccountNumber } from './config/account-number.ts'
import { readConfiguration } from './config/read.ts'
import { newFolder } from './testing/process.ts'
import { startTestProgram } from './testing/program.ts'

const { api, newAccount, requestLines } = await startTestProgram()

test('the gateway serves ping, version, health and its accounts', async () => {
  assert.equal((await api.get('/ping')).text, 'pong')
  assert.deepEqual(Object.keys((await api.get('/version')).body), ['version', 'githash', 'buildstamp'])
  assert.deepEqual((await api.get('/healthz')).body, { status: 'alive' })
  assert.deepEqual((await api.get('/readyz')).body, { status: 'ready', runtime: 'simulated' })
  const { body } = await api.get('/accounts')
  const local = body.items.find(({ name }: { name: string }) => name === 'local')
  assert.match(local.number, /^[1-9]\d{11}$/)
  assert.deepEqual(local, {
    name: 'local',
    region: 'us-east-1',
    mode: 'local',
    runtime: 'simulated',
    number: local.number,
    reachable: true,
  })
})

test('an account added at run time is available at once', async () => {
  const name = await newAccount()
  const { body } = await api.get('/accounts')
  assert.ok(body.items.some((account: { name: string }) => account.name === name))
})

test('the log has one line for a request, which names the token and contains no secret', async () => {
  await api.get('/accounts', { headers: { 'x-request-id': 'log-test' } })
  const line = requestLines.find(({ requestId }) => requestId === 'log-test')
  assert.deepEqual(
    { ...line, ms: 0 },
    {
      method: 'GET',
      route: '/v1/ecs/accounts',
      account: undefined,
      status: 200,
      code: undefined,
      cause: undefined,
      ms: 0,
      requestId: 'log-test',
      awsCalls: 0,
      awsMs: 0,
      token: 'admin',
      ageMs: undefined,
      replayed: undefined,
      dryRun: undefined,
      traceId: undefined,
    },
  )
})

test('a gateway that fails to start closes its engine and its store', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const settings = await readConfiguration({
    environment: {
      ECS_API_DATA: folder,
      ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
      ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
    },
  })
  const silent = { adminToken: 'admin', onAnswered() {}, onAudited() {}, onBug() {}, onNotice() {} }
  const broken = { ...settings, http: { ...settings.http, tls: { cert: 'none', key: 'none' } } }
  await assert.rejects(compose(broken, silent), /PEM/)
  const program = await compose(settings, silent)
  await program.close()
})

test('the faults of an account’s configuration are injected into that account only', async () => {
  const { api, newAccount } = await startTestProgram({
    engine: {
      injectedFaults: [{ account: localAccountNumber('local'), fault: 'ListClusters=denied' }],
    },
  })
  const broken = await api.get('/local/clusters')
  assert.deepEqual([broken.status, broken.body.code], [502, 'AwsAccessDenied'])
  assert.equal((await api.get(`/${await newAccount()}/clusters`)).status, 200)
})
