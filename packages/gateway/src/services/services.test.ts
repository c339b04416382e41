import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()

/** Creates a cluster and the task definition `web`, whose container has these members in addition. */
async function clusterWithWeb(more: object = {}) {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const registered = await api.post(`/${account}/taskdefs`, {
    family: 'web',
    containerDefinitions: [
      { name: 'web', image: 'nginx:1.28', ports: [80], environment: { LEVEL: 'info', OLD: '1' }, ...more },
    ],
  })
  assert.equal(registered.status, 201, registered.text)
  return { account, services: `/${account}/clusters/prod/services`, tasks: `/${account}/clusters/prod/tasks` }
}

test('a service is created and becomes stable, and its tasks have addresses of their own', async () => {
  const { account, services } = await clusterWithWeb()
  const made = await api.post(`${services}?wait=STABLE`, {
    name: 'www',
    taskDefinition: 'web',
    count: 3,
    tags: { team: 'web' },
  })
  assert.equal(made.status, 201, made.text)
  assert.equal(made.headers.location, `/v1/ecs${services}/www`)
  assert.deepEqual(
    [made.body.outcome, made.body.runningCount, made.body.taskDefinition, made.body.cluster],
    ['reached', 3, 'web:1', 'prod'],
    made.text,
  )
  assert.deepEqual(made.body.tags, { team: 'web' })
  const { body: tasks } = await api.get(`${services}/www/tasks`)
  assert.equal(new Set(tasks.items.map((task: { address: string }) => task.address)).size, 3)
  assert.deepEqual(new Set(tasks.items.map((task: { runtime: string }) => task.runtime)), new Set(['simulated']))
  const { body: events } = await api.get(`${services}/www/events`)
  assert.match(events.items[0].message, /has reached a steady state\.$/)
  const [listed] = (await api.get(`/${account}/services`)).body.items
  assert.deepEqual([listed.name, 'events' in listed], ['www', false])
  assert.ok('events' in (await api.get(`${services}?include=events`)).body.items[0])
})

test('PATCH with containers deploys a new revision and loses no field', async () => {
  const { account, services } = await clusterWithWeb({ dockerLabels: { keep: 'me' }, stopTimeout: 10 })
  await api.post(`${services}?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 1 })
  const patch = { containers: { web: { image: 'nginx:1.29', environment: { LEVEL: 'debug', OLD: null } } } }
  const patched = await api.patch(`${services}/www?wait=STABLE`, patch)
  assert.deepEqual(
    [patched.status, patched.body.outcome, patched.body.taskDefinition],
    [200, 'reached', 'web:2'],
    patched.text,
  )
  const { body: definition } = await api.get(`/${account}/taskdefs/web`)
  const [web] = definition.containerDefinitions
  assert.deepEqual(
    [web.image, web.environment, web.dockerLabels, web.stopTimeout],
    ['nginx:1.29', { LEVEL: 'debug' }, { keep: 'me' }, 10],
  )
  const again = await api.patch(`${services}/www`, patch)
  assert.deepEqual(
    [again.status, again.body.taskDefinition, again.body.deployments.length],
    [200, 'web:2', 1],
    again.text,
  )
  assert.equal((await api.get(`/${account}/taskdefs?family=web`)).body.items.length, 2)
})

test('a patch changes counts, tags and settings, and reports every error at once', async () => {
  const { services } = await clusterWithWeb()
  await api.post(`${services}?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 1, tags: { a: '1', b: '2' } })
  const patched = await api.patch(`${services}/www?wait=STABLE`, {
    count: 2,
    tags: { a: null, c: '3' },
    deploymentConfiguration: { maximumPercent: 150 },
  })
  assert.equal(patched.status, 200, patched.text)
  assert.deepEqual(
    [
      patched.body.runningCount,
      patched.body.tags,
      patched.body.deploymentConfiguration.maximumPercent,
      patched.body.deploymentConfiguration.minimumHealthyPercent,
    ],
    [2, { b: '2', c: '3' }, 150, 100],
  )
  const faulty = await api.patch(`${services}/www`, {
    count: -1,
    desiredcont: 3,
    containers: { web: { imge: 'x', links: ['a'] } },
  })
  assert.equal(faulty.status, 400, faulty.text)
  assert.deepEqual(faulty.body.errors.map((fault: { pointer: string }) => fault.pointer).sort(), [
    '/containers/web/imge',
    '/count',
    '/desiredcont',
  ])
  const links = await api.patch(`${services}/www`, { containers: { web: { links: ['a'] } } })
  assert.deepEqual([links.status, links.body.errors[0].pointer], [400, '/containers/web/links'], links.text)
})

test('a broken image with the circuit breaker on rolls back, and fail=true gets a 409', async () => {
  const { services } = await clusterWithWeb()
  await api.post(`${services}?wait=STABLE`, {
    name: 'www',
    taskDefinition: 'web',
    count: 2,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  const broken = { image: 'nope:1', dockerLabels: { 'ecs-api.simulated.pull-error': 'manifest unknown' } }
  const patched = await api.patch(`${services}/www?wait=STABLE&fail=true`, { containers: { web: broken } })
  assert.deepEqual([patched.status, patched.body.code], [409, 'DeploymentFailed'], patched.text)
  assert.match(
    patched.body.detail,
    /circuit breaker.*; last failure: task [0-9a-f]{32}: container web: CannotPullContainerError: .*manifest unknown/,
  )
  assert.equal(patched.body.resource.name, 'www')
  const { body: deployments } = await api.get(`${services}/www/deployments`)
  assert.match(deployments.items[0].status, /^ROLLBACK_/)
  assert.ok(deployments.items[0].taskFailures.length >= 3, JSON.stringify(deployments.items[0]))
  assert.match(deployments.items[0].taskFailures[0].reason, /manifest unknown/)
})

test('a wait that times out gives the reason of the last failed task', async () => {
  const { account, services } = await clusterWithWeb()
  const broken = { name: 'web', image: 'nope:1', dockerLabels: { 'ecs-api.simulated.pull-error': 'no such host' } }
  await api.post(`/${account}/taskdefs`, { family: 'broken', containerDefinitions: [broken] })
  const made = await api.post(`${services}?wait=STABLE&timeout=2`, { name: 'www', taskDefinition: 'broken', count: 1 })
  assert.deepEqual([made.status, made.body.outcome], [202, 'timeout'], made.text)
  assert.match(
    made.body.reason,
    /^deployment ecs-svc\/\d+: 0 of 1 new tasks run, \d+ failed; ECS [^;]*; last failure: task .*: container web: .*no such host$/,
  )
})

test('restart creates a new deployment of the same definition', async () => {
  const { services } = await clusterWithWeb()
  const { body: made } = await api.post(`${services}?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 1 })
  const restarted = await api.post(`${services}/www/restart?wait=STABLE`)
  assert.deepEqual(
    [restarted.status, restarted.body.outcome, restarted.body.taskDefinition],
    [200, 'reached', 'web:1'],
    restarted.text,
  )
  assert.notEqual(restarted.body.deployments[0].id, made.deployments[0].id)
  const { body: deployments } = await api.get(`${services}/www/deployments`)
  assert.deepEqual(
    deployments.items.map((item: { status: string; progress: number }) => [item.status, item.progress]),
    [
      ['SUCCESSFUL', 1],
      ['SUCCESSFUL', 1],
    ],
  )
  const stopped = await api.post(`${services}/www/deployments/${deployments.items[0].id}/stop`)
  assert.deepEqual([stopped.status, stopped.body.code], [409, 'DeploymentFinished'], stopped.text)
  assert.equal((await api.get(`${services}/www/deployments/nothing`)).body.code, 'DeploymentNotFound')
})

test('DELETE drains a service, and the name is free when it is INACTIVE', async () => {
  const { services } = await clusterWithWeb()
  await api.post(`${services}?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 2 })
  const second = await api.post(services, { name: 'www', taskDefinition: 'web', count: 2 })
  assert.deepEqual([second.status, second.body.code], [409, 'ServiceAlreadyExists'])
  const { deploymentConfiguration } = (await api.get(`${services}/www`)).body
  const draining = (await api.delete(`${services}/www`)).body
  assert.deepEqual([draining.status, draining.deploymentConfiguration], ['DRAINING', deploymentConfiguration])
  const deleted = await api.delete(`${services}/www?wait=INACTIVE`)
  assert.deepEqual(
    [deleted.status, deleted.body.status, deleted.body.outcome],
    [200, 'INACTIVE', 'reached'],
    deleted.text,
  )
  assert.equal((await api.get(`${services}/www`)).body.code, 'ServiceNotFound')
  assert.equal((await api.post(services, { name: 'www', taskDefinition: 'web', count: 0 })).status, 201)
})

test('a service that is draining is listed on request, until its last task has stopped', async () => {
  const { account, services } = await clusterWithWeb()
  const dockerLabels = { 'ecs-api.simulated.ignore-sigterm': 'true' }
  const container = { name: 'web', image: 'nginx', stopTimeout: 2, dockerLabels }
  await api.post(`/${account}/taskdefs`, { family: 'stays', containerDefinitions: [container] })
  for (const [name, taskDefinition] of Object.entries({ calm: 'web', stays: 'stays' }))
    assert.equal((await api.post(`${services}?wait=STABLE`, { name, taskDefinition, count: 1 })).status, 201)
  assert.equal((await api.delete(`${services}/stays`)).body.status, 'DRAINING')
  const listed = async (path: string) =>
    (await api.get(path, { headers: { 'cache-control': 'no-cache' } })).body.items.map(
      ({ name, status }: { name: string; status: string }) => `${name} ${status}`,
    )
  for (const path of [services, `/${account}/services`]) {
    assert.deepEqual(await listed(path), ['calm ACTIVE'])
    assert.deepEqual(await listed(`${path}?status=ALL`), ['calm ACTIVE', 'stays DRAINING'])
    assert.deepEqual(await listed(`${path}?status=DRAINING`), ['stays DRAINING'])
  }
  assert.equal((await api.get(`${services}?status=INACTIVE`)).body.code, 'InvalidQuery')
  assert.equal((await api.delete(`${services}/stays?wait=INACTIVE`)).body.outcome, 'reached')
  assert.deepEqual(await listed(`${services}?status=ALL`), ['calm ACTIVE'])
})

test('a body that names a missing resource gets a 400 with its pointer', async () => {
  const { account, services, tasks } = await clusterWithWeb()
  const made = await api.post(services, { name: 'x', taskDefinition: 'nothing', count: 1 })
  assert.deepEqual(
    [made.status, made.body.code, made.body.errors[0].pointer],
    [400, 'TaskDefinitionNotFound', '/taskDefinition'],
    made.text,
  )
  const run = await api.post(tasks, { taskDefinition: 'nothing' })
  assert.deepEqual(
    [run.status, run.body.code, run.body.errors[0].pointer],
    [400, 'TaskDefinitionNotFound', '/taskDefinition'],
    run.text,
  )
  const elsewhere = await api.post(services, { name: 'x', taskDefinition: 'web', count: 1, cluster: 'other' })
  assert.deepEqual(elsewhere.body.errors[0].pointer, '/cluster')
  assert.equal(
    (await api.post(`/${account}/clusters/none/services`, { name: 'x', taskDefinition: 'web', count: 1 })).body.code,
    'ClusterNotFound',
  )
})

test('the same Idempotency-Key creates one service', async () => {
  const { services } = await clusterWithWeb()
  const body = { name: 'www', taskDefinition: 'web', count: 1 }
  const headers = { 'idempotency-key': 'k1' }
  const first = await api.post(services, body, { headers })
  const again = await api.post(services, body, { headers })
  assert.deepEqual([first.status, again.status, again.body.arn], [201, 201, first.body.arn], again.text)
  const other = await api.post(services, { ...body, count: 2 }, { headers })
  assert.equal(other.status, 409, other.text)
})
