import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()

/** Creates a cluster, and the task definition `job` whose container has these members. */
async function createCluster(container: object = {}) {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, {
    family: 'job',
    containerDefinitions: [{ name: 'job', image: 'busybox', ...container }],
  })
  return { account, tasks: `/${account}/clusters/prod/tasks` }
}

const exitsWith = (code: number) => ({
  dockerLabels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': String(code) },
})

test('the response to a stop has the whole task, although StopTask returns only some of its members', async () => {
  const { tasks } = await createCluster()
  const { body } = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'job', tags: { team: 'a' } })
  const before = (await api.get(`${tasks}/${body.items[0].id}`)).body
  const { stopCode, stoppedReason, stoppingAt, ...stopping } = (await api.delete(`${tasks}/${before.id}?reason=enough`))
    .body
  assert.deepEqual(stopping, { ...before, desiredStatus: 'STOPPED', version: before.version + 1 })
  assert.deepEqual([stopCode, stoppedReason, typeof stoppingAt], ['UserInitiated', 'enough', 'string'])
})

test('a task runs, is found by its filters, and is stopped with a reason', async () => {
  const { account, tasks } = await createCluster()
  const run = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'job', startedBy: 'me' })
  assert.deepEqual([run.status, run.body.outcome, run.body.items.length], [201, 'reached', 1], run.text)
  const [task] = run.body.items
  assert.equal(run.headers.location, `/v1/ecs${tasks}/${task.id}`)
  assert.equal((await api.get(`${tasks}/${task.id}`)).body.lastStatus, 'RUNNING')
  for (const filter of ['?startedBy=me', '?family=job', '?startedBy=me&family=job&status=RUNNING', '?status=ALL', ''])
    assert.equal((await api.get(tasks + filter)).body.items.length, 1, filter)
  for (const filter of ['?startedBy=you', '?family=jo', '?status=PENDING', '?status=STOPPED', '?service=x'])
    assert.equal((await api.get(tasks + filter)).body.items.length, 0, filter)
  const stopped = await api.delete(`${tasks}/${task.id}?reason=enough&wait=STOPPED`)
  assert.deepEqual(
    [stopped.status, stopped.body.lastStatus, stopped.body.stoppedReason, stopped.body.outcome],
    [200, 'STOPPED', 'enough', 'reached'],
    stopped.text,
  )
  assert.equal((await api.delete(`${tasks}/${task.id}`)).status, 200)
  assert.equal((await api.get(`/${account}/tasks?status=STOPPED`)).body.items.length, 1)
})

test('any number of tasks can run in one request, ten per call', async () => {
  const { tasks } = await createCluster()
  const run = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'job', count: 23 })
  assert.deepEqual(
    [run.status, run.body.items.length, run.body.failures, run.headers.location],
    [201, 23, [], undefined],
    run.text,
  )
  assert.equal((await api.get(tasks)).body.items.length, 23)
})

test('a wait for STOPPED distinguishes exit codes', async () => {
  const good = await createCluster(exitsWith(0))
  const done = await api.post(`${good.tasks}?wait=STOPPED&fail=true`, { taskDefinition: 'job' })
  assert.deepEqual([done.status, done.body.outcome], [201, 'reached'], done.text)
  const bad = await createCluster(exitsWith(3))
  const failed = await api.post(`${bad.tasks}?wait=STOPPED`, { taskDefinition: 'job' })
  assert.deepEqual([failed.status, failed.body.outcome], [201, 'failed'], failed.text)
  assert.match(failed.body.reason, /exit code 3/)
  const conflict = await api.post(`${bad.tasks}?wait=STOPPED&fail=true`, { taskDefinition: 'job' })
  assert.deepEqual([conflict.status, conflict.body.code], [409, 'TaskFailed'], conflict.text)
})

test('a wait that times out gets a 202, and the tasks keep running', async () => {
  const { tasks } = await createCluster()
  const waited = await api.post(`${tasks}?wait=STOPPED&timeout=0`, { taskDefinition: 'job' })
  assert.deepEqual([waited.status, waited.body.outcome], [202, 'timeout'], waited.text)
  assert.equal((await api.get(tasks)).body.items.length, 1)
})

test('an impossible task id gets a 404, and a field of a later version a 501', async () => {
  const { account, tasks } = await createCluster()
  for (const id of ['nonsense', '0'.repeat(32)])
    assert.deepEqual((await api.get(`${tasks}/${id}`)).body.code, 'TaskNotFound')
  assert.equal((await api.get(`/${account}/clusters/none/tasks/${'0'.repeat(32)}`)).body.code, 'ClusterNotFound')
  assert.equal((await api.post(tasks, { taskDefinition: 'job', timeoutSeconds: 5 })).status, 501)
  const ec2 = await api.post(tasks, { taskDefinition: 'job', launchType: 'EC2', count: 0 })
  assert.deepEqual(
    ec2.body.errors.map((fault: { pointer: string }) => fault.pointer).sort(),
    ['/count', '/launchType'],
    ec2.text,
  )
})

test('the same Idempotency-Key runs tasks once', async () => {
  const { tasks } = await createCluster()
  const headers = { 'idempotency-key': 'k1' }
  const first = await api.post(tasks, { taskDefinition: 'job', count: 12 }, { headers })
  const again = await api.post(tasks, { taskDefinition: 'job', count: 12 }, { headers })
  const ids = (answer: typeof first) => answer.body.items.map((task: { id: string }) => task.id).sort()
  assert.deepEqual(ids(again), ids(first), again.text)
  assert.equal((await api.get(tasks)).body.items.length, 12)
})

test('a task from a response can be posted to run again, also in ECS’s form', async () => {
  const { account, tasks } = await createCluster()
  const run = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'job', startedBy: 'me' })
  const [task] = run.body.items
  const again = await api.post(tasks, task)
  assert.deepEqual([again.status, again.body.items[0].taskDefinition], [201, 'job:1'], again.text)
  const definitionArn = (await api.get(`/${account}/taskdefs/job`)).body.arn
  const described = {
    taskArn: task.arn,
    clusterArn: task.arn.replace(/:task\/.*/, ':cluster/prod'),
    taskDefinitionArn: definitionArn,
    startedBy: 'me',
  }
  const fromCli = await api.post(tasks, { tasks: [described], failures: [] })
  assert.deepEqual([fromCli.status, fromCli.body.items[0].taskDefinition], [201, 'job:1'], fromCli.text)
  const twice = await api.post(tasks, { taskDefinition: 'job', taskDefinitionArn: definitionArn })
  assert.deepEqual([twice.status, twice.body.errors[0].pointer], [400, '/taskDefinitionArn'], twice.text)
})
