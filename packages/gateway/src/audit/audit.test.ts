import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, newToken, auditEntries, requestLines } = await startTestProgram()

test('the audit records each change: caller, time, address, request, result, and AWS’s own request ids', async () => {
  const account = await newAccount()
  const token = await newToken({ name: 'portal', role: 'operator' })
  const request = { headers: { authorization: `Bearer ${token}`, 'x-request-id': 'from-the-portal' } }
  await api.post(`/${account}/clusters`, { name: 'prod' }, request)
  await api.get(`/${account}/clusters/prod`, request)
  await api.patch(`/${account}/clusters/prod?`, { tags: { a: 'b' } }, request)
  await api.delete(`/${account}/clusters/none`, request)
  const { body } = await api.get(`/${account}/audit`)
  assert.deepEqual(
    body.items.map((entry: { action: string; status: number; code: string | null }) => [
      entry.action,
      entry.status,
      entry.code,
    ]),
    [
      ['DELETE /v1/ecs/:account/clusters/:cluster', 404, 'ClusterNotFound'],
      ['PATCH /v1/ecs/:account/clusters/:cluster', 200, null],
      ['POST /v1/ecs/:account/clusters', 201, null],
    ],
  )
  const made = body.items[2]
  assert.deepEqual(
    [made.caller, made.role, made.source, made.requestId, made.account],
    ['portal', 'operator', '127.0.0.1', 'from-the-portal', account],
  )
  assert.deepEqual(made.input, { query: { dryRun: false }, body: { name: 'prod' } })
  assert.equal(made.awsRequestIds.length, 1)
  assert.ok(Date.parse(made.finishedAt) >= Date.parse(made.at))
  assert.ok(
    auditEntries.some((entry) => JSON.stringify(entry) === JSON.stringify(made)),
    'the same entry is emitted as a log line',
  )
})

test('the audit records rejected requests, without AWS request ids', async () => {
  const account = await newAccount()
  const token = await newToken({ name: 'looker', role: 'viewer' })
  assert.equal(
    (await api.post(`/${account}/clusters`, { name: 'prod' }, { headers: { authorization: `Bearer ${token}` } }))
      .status,
    403,
  )
  await api.post(`/${account}/clusters?colour=red`, { name: 'prod' })
  const { items } = (await api.get(`/${account}/audit`)).body
  assert.deepEqual(
    items.map((entry: { caller: string; code: string; awsRequestIds: string[] }) => [
      entry.caller,
      entry.code,
      entry.awsRequestIds,
    ]),
    [
      ['admin', 'InvalidQuery', []],
      ['looker', 'PermissionMissing', []],
    ],
  )
})

test('the audit is read in pages, newest first, filtered by time, caller and cluster', async () => {
  const account = await newAccount()
  for (const name of ['a', 'b', 'c', 'd', 'e']) await api.put(`/${account}/clusters/${name}`, {})
  const seen: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const page: { body: { items: { cluster: string }[]; nextCursor: string | null } } = await api.get(
      `/${account}/audit?limit=2${next && `&cursor=${next}`}`,
    )
    seen.push(...page.body.items.map(({ cluster }) => cluster))
    next = page.body.nextCursor
  }
  assert.deepEqual(seen, ['e', 'd', 'c', 'b', 'a'])
  const [{ at }] = (await api.get(`/${account}/audit?cluster=c`)).body.items
  const count = async (query: string) => (await api.get(`/${account}/audit?${query}`)).body.items.length
  assert.deepEqual(
    await Promise.all([
      count('cluster=c'),
      count('caller=admin'),
      count('caller=nobody'),
      count(`since=${at}&until=${at}`),
      count('since=15m'),
      count('until=15m'),
    ]),
    [1, 5, 0, 0, 5, 0],
  )
  assert.equal((await api.get(`/${account}/audit?since=yesterday`)).body.code, 'InvalidQuery')
  assert.equal((await api.get(`/${account}/audit?cursor=x`)).body.code, 'InvalidCursor')
})

test('the audit of a service has its creation and its changes; kind leaves out plans', async () => {
  const account = await newAccount()
  await api.put(`/${account}/clusters/prod`, {})
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const services = `/${account}/clusters/prod/services`
  await api.post(services, { name: 'web', taskDefinition: 'web', count: 1 })
  await api.post(services, { name: 'web2', taskDefinition: 'web', count: 1 })
  const { arn } = (await api.get(`${services}/web`)).body
  await api.patch(`${services}/web?dryRun=true`, { count: 2 })
  await api.patch(`${services}/${encodeURIComponent(arn)}`, { count: 2 })
  await api.patch(`${services}/web`, { count: 'two' })
  const actions = async (query: string) =>
    (await api.get(`/${account}/audit?${query}`)).body.items.map(
      (entry: { action: string; service: string; status: number }) =>
        `${entry.action.split(' ')[0]} ${entry.service} ${entry.status}`,
    )
  const changes = ['PATCH web 400', 'PATCH web 200', 'POST web 201']
  assert.deepEqual(await actions('service=web&kind=change'), changes)
  assert.deepEqual(await actions('service=web&kind=change&cluster=prod'), changes)
  assert.deepEqual(await actions('service=web&kind=plan'), ['PATCH web 200'])
  assert.equal((await actions('service=web')).length, 4)
  assert.deepEqual(await actions('service=web&cluster=other'), [])
  assert.equal((await actions('kind=change&service=web2')).length, 1)
  assert.equal((await api.get(`/${account}/audit?kind=all`)).body.code, 'InvalidQuery')
})

test('an unfenced admin reads the audit of all accounts and tokens; a fenced admin only within the fence', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await newToken({ name: 'noted', role: 'viewer' })
  const [entry] = (await api.get('/audit')).body.items
  assert.deepEqual([entry.action, entry.account, entry.input.body.name], ['POST /v1/ecs/tokens', null, 'noted'])
  const fenced = {
    headers: {
      authorization: `Bearer ${await newToken({ name: 'fenced', role: 'admin', accounts: [account], clusters: ['p*'] })}`,
    },
  }
  assert.equal((await api.get('/audit', fenced)).body.code, 'OutsideFence')
  assert.equal((await api.get(`/${account}/audit`, fenced)).body.code, 'OutsideFence')
  assert.equal((await api.get(`/${account}/audit?cluster=prod`, fenced)).status, 200)
})

test('secret values stay out of the audit, the log and replayed responses', async () => {
  const account = await newAccount()
  const secret = 'hunter2-known-value'
  const pairs = [{ name: 'PASSWORD', value: secret }]
  const container = {
    name: 'web',
    image: 'nginx',
    command: ['--password', secret],
    environment: pairs,
    dockerLabels: { key: secret },
  }
  const log = {
    logDriver: 'awslogs',
    options: { 'awslogs-group': secret, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'x' },
  }
  const definition = {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::001122334455:role/x',
    containerDefinitions: [{ ...container, logConfiguration: log, healthCheck: { command: ['CMD', secret] } }],
  }
  assert.equal((await api.post(`/${account}/taskdefs`, definition)).status, 201)
  await api.put(`/${account}/clusters/prod`, {})
  const run = {
    taskDefinition: 'web',
    count: 1,
    overrides: { containerOverrides: [{ name: 'web', environment: { PASSWORD: secret }, command: [secret] }] },
  }
  assert.equal((await api.post(`/${account}/clusters/prod/tasks`, run)).status, 201)
  assert.equal((await api.post(`/${account}/clusters`, { name: 'x', secretly: secret })).status, 400)
  const made = await api.post(
    '/tokens',
    { name: 'shown-once', role: 'viewer' },
    { headers: { 'idempotency-key': 'once' } },
  )
  const again = await api.post(
    '/tokens',
    { name: 'shown-once', role: 'viewer' },
    { headers: { 'idempotency-key': 'once' } },
  )
  assert.deepEqual(
    [again.status, again.headers['idempotent-replayed'], again.body],
    [201, 'true', { ...made.body, token: null }],
  )

  const audit = await api.get('/audit?limit=1000')
  const [run1] = audit.body.items.filter((entry: { path: string }) => entry.path.endsWith('/tasks'))
  assert.deepEqual(run1.input.body.overrides.containerOverrides, [
    { name: 'web', environment: { PASSWORD: '(hidden)' }, command: ['(hidden)'] },
  ])
  const everything = audit.text + JSON.stringify([auditEntries, requestLines])
  for (const value of [secret, made.body.token]) assert.ok(!everything.includes(value))
})
