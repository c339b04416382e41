import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { LocalAws } from '@ecs-api/local-aws'
import { startTestProgram } from '../testing/program.ts'

// An AWS over TCP that runs a call once and then cuts the connection instead of responding.
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const engine = new LocalAws({
  data: ':memory:',
  pace: 'instant',
  accounts: [{ number: '111122223333', name: 'remote', ...keys }],
  faults: [
    { action: 'CreateService', kind: 'cut', amount: 1 },
    { action: 'RunTask', kind: 'cut', amount: 1 },
    { action: 'RegisterTaskDefinition', kind: 'throttle', amount: 1 },
    { action: 'CreateCluster', kind: 'throttle', amount: 1 },
    { action: 'ListServices', kind: 'throttle' },
  ],
})
await engine.open()
after(() => engine.close())
const { url } = await engine.listen()
const subnets = ['subnet-0a1b2c3d']
const { api } = await startTestProgram({
  accounts: [
    { mode: 'aws', name: 'remote', region: 'us-east-1', defaults: { subnets }, endpoint: url, credentials: keys },
  ],
})

test('a write whose response was lost is made once', async () => {
  assert.equal(
    (await api.post('/remote/clusters', { name: 'prod' })).status,
    201,
    'the call is retried after one throttle',
  )
  await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const run = await api.post('/remote/clusters/prod/tasks', { taskDefinition: 'web', count: 2 })
  assert.deepEqual([run.status, run.body.items.length], [201, 2], run.text)
  assert.equal((await api.get('/remote/clusters/prod/tasks?status=ALL')).body.items.length, 2)
  const made = await api.post('/remote/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 1 })
  assert.deepEqual([made.status, made.body.name], [201, 'www'], made.text)
})

test('a write that is not safe to repeat is sent once, and the client gets an AwsTimeout', async (t) => {
  const lossy = new LocalAws({
    data: ':memory:',
    accounts: [{ number: '111122223333', name: 'lossy', ...keys }],
    faults: [{ action: 'RegisterTaskDefinition', kind: 'cut', amount: 1 }],
  })
  await lossy.open()
  t.after(() => lossy.close())
  const { url: endpoint } = await lossy.listen()
  const program = await startTestProgram({
    accounts: [{ mode: 'aws', name: 'lossy', region: 'us-east-1', defaults: {}, endpoint, credentials: keys }],
  })
  const lost = await program.api.post('/lossy/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  assert.deepEqual([lost.status, lost.body.code], [504, 'AwsTimeout'], lost.text)
  assert.match(lost.body.detail, /check the resource before you retry/)
  assert.equal((await program.api.get('/lossy/taskdefs?status=ALL')).body.items.length, 1)
})

test('a change of a service that is repeated with its Idempotency-Key does not redo completed steps', async (t) => {
  const lossy = new LocalAws({
    data: ':memory:',
    pace: 'instant',
    accounts: [{ number: '111122223333', name: 'keyed', ...keys }],
  })
  await lossy.open()
  t.after(() => lossy.close())
  const { url: endpoint } = await lossy.listen()
  const program = await startTestProgram({
    accounts: [{ mode: 'aws', name: 'keyed', region: 'us-east-1', defaults: { subnets }, endpoint, credentials: keys }],
  })
  await program.api.post('/keyed/clusters', { name: 'prod' })
  await program.api.post('/keyed/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await program.api.post('/keyed/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 0 })
  const path = '/keyed/clusters/prod/services/www'
  for (const [action, body] of [
    ['RegisterTaskDefinition', { containers: { web: { image: 'nginx:1.29' } } }],
    ['UpdateService', { forceNewDeployment: true }],
  ] as const) {
    lossy.inject({ action, kind: 'cut', amount: 1, account: '111122223333' })
    const change = () => program.api.patch(path, body, { headers: { 'idempotency-key': action } })
    assert.equal((await change()).status, 504)
    const again = await change()
    assert.equal(again.status, 200, again.text)
  }
  assert.equal((await program.api.get('/keyed/taskdefs?family=web&status=ALL')).body.items.length, 2)
  assert.equal((await program.api.get(`${path}/deployments`)).body.items.length, 3)
})

test('an AWS that keeps throttling gives a 429 with Retry-After', async () => {
  const listed = await api.get('/remote/clusters/prod/services')
  assert.deepEqual([listed.status, listed.body.code], [429, 'TooManyRequests'], listed.text)
  assert.match(listed.headers['retry-after'] ?? '', /^\d+$/)
})

test('a wait continues while AWS throttles its reads: an error would make the client start the tasks again', async (t) => {
  const blind = new LocalAws({
    data: ':memory:',
    pace: 'instant',
    accounts: [{ number: '111122223333', name: 'blind', ...keys }],
    faults: [{ action: 'DescribeTasks', kind: 'throttle' }],
  })
  await blind.open()
  t.after(() => blind.close())
  const { url: endpoint } = await blind.listen()
  const program = await startTestProgram({
    accounts: [{ mode: 'aws', name: 'blind', region: 'us-east-1', defaults: { subnets }, endpoint, credentials: keys }],
  })
  await program.api.post('/blind/clusters', { name: 'prod' })
  await program.api.post('/blind/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const run = await program.api.post('/blind/clusters/prod/tasks?wait=RUNNING&timeout=1', { taskDefinition: 'web' })
  assert.deepEqual([run.status, run.body.outcome, run.body.items.length], [202, 'timeout', 1], run.text)
  assert.match(run.body.reason, /throttles/)

  blind.inject({ action: 'DescribeTaskDefinition', kind: 'throttle', account: '111122223333' })
  const done = await program.api.post('/blind/clusters/prod/tasks?wait=STOPPED&timeout=1', { taskDefinition: 'web' })
  assert.deepEqual([done.status, done.body.outcome, done.body.items?.length], [202, 'timeout', 1], done.text)
})
