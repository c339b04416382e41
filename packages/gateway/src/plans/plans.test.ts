/** `?dryRun=true`: the plan of each change, and nothing is changed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, awsCalls, newToken } = await startTestProgram()
const cluster = '/local/clusters/plans'
const services = `${cluster}/services`
const web = { family: 'plans', containerDefinitions: [{ name: 'web', image: 'nginx:1.28', environment: { KEY: 'a' } }] }

await api.post('/local/clusters', { name: 'plans' })
await api.post('/local/taskdefs', web)
await api.post('/local/taskdefs', { ...web, family: 'ended' })
await api.delete('/local/taskdefs/ended:1')
const www = { name: 'www', taskDefinition: 'plans', count: 1 }
await api.post(`${services}?wait=STABLE`, www)

/** Sends the request with `dryRun=true`, and asserts that the gateway sends only reads to AWS. */
async function plan(method: 'post' | 'put' | 'patch', path: string, body?: unknown) {
  const before = awsCalls.length
  const answer = await api[method](`${path}${path.includes('?') ? '&' : '?'}dryRun=true`, body)
  const sent = awsCalls.slice(before).map(({ action }) => action)
  assert.deepEqual(
    sent.filter((action) => !/^(Describe|List)/.test(action)),
    [],
  )
  return answer
}
async function planDeletion(path: string) {
  return api.delete(`${path}${path.includes('?') ? '&' : '?'}dryRun=true`)
}
const actionsOf = ({ body }: { body: { calls: { action: string }[] } }) => body.calls.map(({ action }) => action)

test('a plan shows where lines are logged, and hides the options of other log drivers', async () => {
  const planned = async (logConfiguration: object) => {
    const containerDefinitions = [{ name: 'web', image: 'nginx', logConfiguration }]
    const executionRoleArn = 'arn:aws:iam::000000000000:role/pulls'
    const { status, body, text } = await api.post('/local/taskdefs?dryRun=true', {
      family: 'logged',
      executionRoleArn,
      containerDefinitions,
    })
    assert.equal(status, 200, text)
    return JSON.stringify(body.changes)
  }
  const options = { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' }
  assert.ok((await planned({ logDriver: 'awslogs', options })).includes(JSON.stringify(options)))
  const others = await planned({
    logDriver: 'splunk',
    options: { 'splunk-url': 'https://splunk', 'splunk-token': 'x' },
  })
  assert.ok(others.includes('{"splunk-url":"(hidden)","splunk-token":"(hidden)"}'), others)
})

test('the plan of a patch names the changed fields, the calls and the deployment', async () => {
  const before = (await api.get(`${services}/www`)).body
  const planned = await plan('patch', `${services}/www`, {
    containers: { web: { image: 'nginx:1.29', environment: { KEY: 'secret-b' } } },
  })
  assert.equal(planned.status, 200, planned.text)
  assert.deepEqual(planned.body.changes, [
    { path: '/taskDefinition', from: 'plans:1', to: 'plans:(new)' },
    { path: '/containers/web/image', from: 'nginx:1.28', to: 'nginx:1.29' },
    { path: '/containers/web/environment/KEY', from: '(hidden)', to: '(hidden)' },
  ])
  assert.deepEqual(actionsOf(planned), ['RegisterTaskDefinition', 'UpdateService'])
  assert.ok(!planned.text.includes('secret-b'))
  assert.deepEqual(planned.body.effects, [
    'A new revision of plans is registered.',
    'One deployment replaces the tasks of the service www.',
  ])
  assert.equal(planned.body.configVersion, before.configVersion)
  const after = (await api.get(`${services}/www`, { headers: { 'cache-control': 'no-cache' } })).body
  assert.deepEqual([after.configVersion, after.taskDefinition], [before.configVersion, 'plans:1'])

  const done = await api.patch(
    `${services}/www`,
    { containers: { web: { image: 'nginx:1.29' } } },
    { headers: { 'if-match': planned.body.configVersion } },
  )
  assert.equal(done.status, 200, done.text)
})

test('the plan of a command says how many of its words differ, without the words', async () => {
  const container = { name: 'web', image: 'nginx', command: ['serve', '--port', '80', '--key=old-word'] }
  await api.post('/local/taskdefs', { family: 'command', containerDefinitions: [container] })
  const command = ['serve', '--port', '8080', '--key=new-word']
  const planned = await plan('post', '/local/taskdefs', {
    family: 'command',
    containerDefinitions: [{ ...container, command, entryPoint: ['sh'] }],
  })
  assert.deepEqual(planned.body.changes, [
    { path: '/containers/web/command', from: '(hidden)', to: '(hidden): 2 of 4 words differ' },
    { path: '/containers/web/entryPoint', from: null, to: '(hidden)' },
  ])
  assert.doesNotMatch(planned.text, /(?:old|new)-word|8080/)
  assert.equal(planned.body.effects.length, 3)
  assert.deepEqual(planned.body.effectKinds, ['reaction', 'containers', 'comparison'])
})

test('the plan of another revision names its different fields, unless the token’s fence excludes one of the two', async () => {
  const role = { taskRoleArn: 'arn:aws:iam::123456789012:role/task' }
  const next = { ...web, family: 'other', ...role, cpu: 512, memory: 1024 }
  const image = { name: 'web', image: 'nginx:1.31' }
  assert.equal((await api.post('/local/taskdefs', { ...next, containerDefinitions: [image] })).status, 201)
  await api.post(`${services}?wait=STABLE`, { ...www, name: 'revised', taskDefinition: 'plans:1' })
  const planned = await plan('patch', `${services}/revised`, { taskDefinition: 'other:1' })
  const changes = new Map(
    planned.body.changes.map(({ path, from, to }: { path: string; from: unknown; to: unknown }) => [path, [from, to]]),
  )
  assert.deepEqual(changes.get('/taskDefinition'), ['plans:1', 'other:1'])
  assert.deepEqual(changes.get('/containers/web/image'), ['nginx:1.28', 'nginx:1.31'])
  assert.deepEqual(changes.get('/definition/taskRoleArn'), [null, role.taskRoleArn])
  assert.deepEqual(changes.get('/definition/cpu'), [256, 512])
  const fenced = await newToken({ name: 'fenced-other', role: 'operator', taskDefinitions: ['other'] })
  const headers = { authorization: `Bearer ${fenced}` }
  const hidden = await api.patch(`${services}/revised?dryRun=true`, { taskDefinition: 'other:1' }, { headers })
  assert.deepEqual(
    hidden.body.changes.map(({ path }: { path: string }) => path),
    ['/taskDefinition'],
  )
})

test('the plan of a deployment warns while the circuit breaker is off', async () => {
  const warned = /^The deployment circuit breaker is off: /
  const deployment = { containers: { web: { image: 'nginx:1.40' } } }
  const breaker = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }
  const warningsOf = async (body: object): Promise<string[]> => {
    const { warnings } = (await plan('patch', `${services}/www`, body)).body
    return warnings.filter((warning: string) => !warning.includes('in progress'))
  }
  assert.match((await warningsOf(deployment)).join(), warned)
  assert.deepEqual(await warningsOf({ ...deployment, ...breaker }), [])
  assert.deepEqual(await warningsOf({ count: 2 }), [], 'a count makes no deployment')
  const creation = { name: 'watched', taskDefinition: 'plans', count: 1 }
  assert.match((await plan('post', services, creation)).body.warnings.join(), warned)
  assert.deepEqual((await plan('post', services, creation)).body.warningKinds, ['circuit-breaker'])
  assert.deepEqual((await plan('post', services, { ...creation, ...breaker })).body.warnings, [])
})

test('the plan that allows terminals warns that running tasks get none, unless it replaces them', async () => {
  const role = { taskRoleArn: 'arn:aws:iam::123456789012:role/task' }
  await api.post('/local/taskdefs', { ...web, family: 'exec', ...role })
  await api.post(`${services}?wait=STABLE`, { ...www, name: 'exec', taskDefinition: 'exec' })
  const warned = /Tasks that run now get no terminal until they are replaced/
  const allowed = { enableExecuteCommand: true }
  const planned = await plan('patch', `${services}/exec`, allowed)
  assert.match(planned.body.warnings.join(), warned, planned.text)
  for (const body of [{ ...allowed, forceNewDeployment: true }, { count: 2 }])
    assert.doesNotMatch((await plan('patch', `${services}/exec`, body)).body.warnings.join(), warned)
})

test('a plan of a count has no deployment, and a plan of the current values has no call', async () => {
  const counted = await plan('patch', `${services}/www`, { count: 3 })
  assert.deepEqual(counted.body.changes, [{ path: '/desiredCount', from: 1, to: 3 }])
  assert.deepEqual(counted.body.effects, ['ECS starts 2 tasks of the service www: then 3 tasks run.'])
  const same = await plan('patch', `${services}/www`, { count: 1 })
  assert.deepEqual([same.body.changes, same.body.calls], [[], []])
  assert.deepEqual(same.body.effects, ['Nothing changes: everything has the requested values already.'])
  assert.deepEqual(same.body.effectKinds, ['unchanged'])
})

test('a plan of a tag and of a network names both', async () => {
  const planned = await plan('patch', `${services}/www`, { tags: { team: 'web' }, assignPublicIp: true })
  assert.deepEqual(actionsOf(planned), ['TagResource', 'UpdateService'])
  assert.deepEqual(
    planned.body.changes.map(({ path }: { path: string }) => path),
    ['/networkConfiguration/awsvpcConfiguration/assignPublicIp', '/tags/team'],
  )
})

test('services: plans of a creation, a restart and a deletion', async () => {
  const created = await plan('post', services, { name: 'new', taskDefinition: 'plans', count: 2 })
  assert.equal(created.status, 200, created.text)
  assert.deepEqual(actionsOf(created), ['CreateService'])
  assert.deepEqual(created.body.effects, ['ECS creates the service new and starts 2 tasks.'])
  assert.ok(!('clientToken' in created.body.calls[0].input))
  assert.equal((await api.get(`${services}/new`)).status, 404)

  const restarted = await plan('post', `${services}/www/restart`)
  assert.deepEqual([restarted.body.changes, actionsOf(restarted)], [[], ['UpdateService']])

  const deleted = await planDeletion(`${services}/www`)
  assert.deepEqual(actionsOf(deleted), ['UpdateService', 'DeleteService'])
  assert.equal((await api.get(`${services}/www`)).body.status, 'ACTIVE')
})

test('deployments: stopping a finished one is rejected, also as a plan', async () => {
  await api.post(`${services}?wait=STABLE`, { ...www, name: 'stopped' })
  const [finished] = (await api.get(`${services}/stopped/deployments`)).body.items
  const rejected = await plan('post', `${services}/stopped/deployments/${finished.id}/stop`, {})
  assert.deepEqual([rejected.status, rejected.body.code], [409, 'DeploymentFinished'])
})

test('task definitions: a registration is compared with the newest revision; a deletion names each revision', async () => {
  const registered = await plan('post', '/local/taskdefs', {
    ...web,
    containerDefinitions: [{ name: 'web', image: 'nginx:9' }],
  })
  assert.equal(registered.status, 200, registered.text)
  assert.ok(
    registered.body.changes.some(
      ({ path, to }: { path: string; to: unknown }) => path === '/containers/web/image' && to === 'nginx:9',
    ),
  )
  const ports = { name: 'web', image: 'nginx', ports: [80], healthCheck: { command: ['CMD', 'true'] } }
  const files = { name: 'files', efsVolumeConfiguration: { fileSystemId: 'fs-0a1b2c3d4e5f67890' } }
  const full = { family: 'full', containerDefinitions: [ports], volumes: [files] }
  assert.equal((await api.post('/local/taskdefs', full)).status, 201)
  const same = (await plan('post', '/local/taskdefs', full)).body
  assert.deepEqual(same.changes, [], 'ECS’s defaults are no changes')
  assert.equal(same.effects.at(-1), 'No field differs from full:1, the newest revision.')
  const tagged = (await plan('post', '/local/taskdefs', { ...full, tags: { team: 'shop' } })).body
  assert.deepEqual(tagged.changes, [{ path: '/tags/team', from: null, to: 'shop' }])
  assert.match(registered.body.effects.at(-1), /^The fields are compared with plans:\d+, the newest revision\.$/)
  const ended = await planDeletion('/local/taskdefs/plans:1?purge=true')
  assert.deepEqual(ended.body.changes, [{ path: '/plans:1/status', from: 'ACTIVE', to: 'DELETE_IN_PROGRESS' }])
  assert.deepEqual(actionsOf(ended), ['DeregisterTaskDefinition', 'DeleteTaskDefinitions'])
  const family = await planDeletion('/local/taskdefs/plans')
  assert.ok(family.body.calls.length >= 2)
  assert.equal((await api.get('/local/taskdefs/plans:1')).body.status, 'ACTIVE')
})

test('clusters: plans of all their changes', async () => {
  const created = await plan('post', '/local/clusters', { name: 'planned' })
  assert.deepEqual(created.body.effects, ['ECS creates the cluster planned.'])
  assert.equal((await api.get('/local/clusters/planned')).status, 404)
  const put = await plan('put', '/local/clusters/planned', { tags: { team: 'web' } })
  assert.deepEqual(actionsOf(put), ['CreateCluster'])
  const patched = await plan('patch', cluster, { settings: { containerInsights: 'enabled' }, tags: { team: 'web' } })
  assert.deepEqual(actionsOf(patched), ['TagResource', 'UpdateCluster'])
  assert.deepEqual(
    patched.body.changes.map(({ path }: { path: string }) => path),
    ['/tags/team', '/settings/containerInsights'],
  )
  const full = await planDeletion(cluster)
  assert.deepEqual([full.status, full.body.code], [409, 'ClusterContainsServices'])
  assert.match(full.body.detail, /www/)
  await api.post('/local/clusters', { name: 'empty' })
  assert.deepEqual(actionsOf(await planDeletion('/local/clusters/empty')), ['DeleteCluster'])
  assert.equal((await api.get('/local/clusters/empty')).status, 200)
})

test('a plan is rejected for each reason for which the change would be, and for ?wait', async () => {
  const missing = await plan('post', services, { name: 'x', taskDefinition: 'nowhere', count: 1 })
  assert.deepEqual([missing.status, missing.body.code], [400, 'TaskDefinitionNotFound'])
  const inactive = await plan('patch', `${services}/www`, { taskDefinition: 'ended:1' })
  assert.deepEqual([inactive.status, inactive.body.code], [409, 'TaskDefinitionInactive'])
  const taken = await plan('post', services, www)
  assert.deepEqual([taken.status, taken.body.code], [409, 'ServiceAlreadyExists'])
  const changed = await api.patch(`${services}/www?dryRun=true`, { count: 2 }, { headers: { 'if-match': 'old' } })
  assert.equal(changed.status, 412)
  const waits = await plan('patch', `${services}/www?wait=STABLE`, { count: 2 })
  assert.deepEqual([waits.status, waits.body.errors[0].name], [400, 'wait'])
})

test('a plan makes the checks that ECS makes after it has looked up the definition and the service', async () => {
  const role = { taskRoleArn: 'arn:aws:iam::123456789012:role/task' }
  await api.post('/local/taskdefs', { ...web, family: 'roles', ...role })
  await api.post('/local/taskdefs', { ...web, family: 'roles' })
  await api.post(`${services}?wait=STABLE`, {
    ...www,
    name: 'role',
    taskDefinition: 'roles:1',
    enableExecuteCommand: true,
  })
  const rows: [method: 'post' | 'patch', path: string, body: object, code: string, pointer: string | undefined][] = [
    ['post', services, { ...www, name: 'x', enableExecuteCommand: true }, 'ExecNoTaskRole', '/enableExecuteCommand'],
    ['patch', `${services}/www`, { enableExecuteCommand: true }, 'ExecNoTaskRole', '/enableExecuteCommand'],
    // The service has ECS Exec already: the new definition is what ECS rejects.
    ['patch', `${services}/role`, { taskDefinition: 'roles:2' }, 'ExecNoTaskRole', undefined],
    [
      'patch',
      `${services}/role`,
      { taskDefinition: 'roles:2', containers: { web: { image: 'nginx:9' } } },
      'ExecNoTaskRole',
      undefined,
    ],
    ['post', services, { ...www, name: 'x', platformVersion: '9.9' }, 'PlatformUnknownException', '/platformVersion'],
    ['patch', `${services}/www`, { platformVersion: '9.9' }, 'PlatformUnknownException', '/platformVersion'],
    ['patch', `${services}/www`, { subnets: ['subnet-x'] }, 'InvalidParameterException', '/subnets/0'],
    ['post', services, { ...www, name: 'x', subnets: ['subnet-x'] }, 'InvalidParameterException', '/subnets/0'],
    [
      'post',
      services,
      { ...www, name: 'x', healthCheckGracePeriodSeconds: -1 },
      'InvalidParameterException',
      '/healthCheckGracePeriodSeconds',
    ],
    [
      'post',
      services,
      { ...www, name: 'x', capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] },
      'InvalidParameterException',
      '/capacityProviderStrategy/0/capacityProvider',
    ],
    [
      'post',
      services,
      {
        ...www,
        name: 'x',
        serviceConnectConfiguration: {
          enabled: true,
          services: [{ portName: 'http', clientAliases: [{ port: 80 }] }],
        },
      },
      'InvalidParameterException',
      '/serviceConnectConfiguration/namespace',
    ],
    [
      'patch',
      `${services}/www`,
      { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 } },
      'InvalidParameterException',
      // ECS compares it with the rebalancing that the service has already.
      '/deploymentConfiguration/maximumPercent',
    ],
  ]
  for (const [method, path, body, code, pointer] of rows) {
    const planned = await plan(method, path, body)
    assert.deepEqual([planned.status, planned.body.code], [400, code], planned.text)
    assert.equal(planned.body.errors?.[0].pointer, pointer, planned.text)
    const changed = await api[method](path, body)
    assert.deepEqual([changed.status, changed.body.code], [400, code], changed.text)
  }
  // The rolled back definition has no role, and the service has ECS Exec by now.
  await api.post(`${services}?wait=STABLE`, { ...www, name: 'back', taskDefinition: 'roles:2' })
  await api.patch(`${services}/back?wait=STABLE`, { taskDefinition: 'roles:1' })
  assert.equal((await api.patch(`${services}/back`, { enableExecuteCommand: true })).status, 200)
  for (const query of ['?dryRun=true', '']) {
    const { status, body } = await api.post(`${services}/back/rollback${query}`, { release: 1 })
    assert.deepEqual([status, body.code], [400, 'ExecNoTaskRole'])
  }
  // An error that a service has already does not stand in the way of another change.
  assert.equal((await plan('patch', `${services}/role`, { count: 2 })).status, 200)
})

test('a definition outside of the token’s fence is not shown', async () => {
  await api.post('/local/taskdefs', {
    family: 'outside',
    containerDefinitions: [{ name: 'web', image: 'private.example/hidden' }],
  })
  await api.post(`${services}?wait=STABLE`, { name: 'fenced', taskDefinition: 'outside', count: 0 })
  const fenced = await newToken({ name: 'fenced', role: 'operator', taskDefinitions: ['plans'] })
  const body = { taskDefinition: 'plans', containers: { web: { image: 'nginx:2' } } }
  const headers = { authorization: `Bearer ${fenced}` }
  const planned = await api.patch(`${services}/fenced?dryRun=true`, body, { headers })
  assert.equal(planned.status, 200, planned.text)
  assert.ok(!planned.text.includes('private.example'), planned.text)
  assert.deepEqual(
    planned.body.changes.map(({ path }: { path: string }) => path),
    ['/taskDefinition'],
  )
})

test('a bare family that runs already plans no deployment', async () => {
  await api.post('/local/taskdefs', { ...web, family: 'bare' })
  await api.post(`${services}?wait=STABLE`, { name: 'bare', taskDefinition: 'bare', count: 0 })
  const planned = await plan('patch', `${services}/bare`, { taskDefinition: 'bare' })
  assert.deepEqual(planned.body.changes, [])
  assert.ok(!/One deployment/.test(planned.text), planned.text)
})

test('a plan is made anew for the same key, and the key stays free for the change', async () => {
  await api.post(`${services}?wait=STABLE`, { name: 'keyed', taskDefinition: 'plans', count: 0 })
  const headers = { 'idempotency-key': 'a-key-of-a-plan' }
  const path = `${services}/keyed`
  const first = await api.patch(`${path}?dryRun=true`, { count: 2 }, { headers })
  await api.patch(path, { count: 1 })
  const second = await api.patch(`${path}?dryRun=true`, { count: 2 }, { headers })
  assert.deepEqual([first.body.changes[0].from, second.body.changes[0].from], [0, 1])
  assert.equal(second.headers['idempotent-replayed'], undefined)
  assert.equal((await api.patch(path, { count: 2 }, { headers })).body.desiredCount, 2)
})

test('the plan of a rollback takes no wait, either', async () => {
  const { status, body } = await plan('post', `${services}/www/rollback?wait=STABLE`, { release: 1 })
  assert.deepEqual([status, body.errors?.[0].name], [400, 'wait'])
})

test('a service is planned for a revision that is not registered yet, in the fence of the token', async () => {
  const body = { name: 'next', taskDefinition: 'plans-next:(new)', count: 2, subnets: ['subnet-0a1b2c3d'] }
  const planned = await plan('post', services, { ...body, enableExecuteCommand: true })
  assert.equal(planned.status, 200, planned.text)
  assert.deepEqual(planned.body.effects, ['ECS creates the service next and starts 2 tasks.'])
  assert.equal(planned.body.calls[0].input.taskDefinition, 'plans-next:(new)')

  const taken = await plan('post', services, { ...body, name: 'www' })
  assert.equal(taken.body.code, 'ServiceAlreadyExists', taken.text)
  const invalid = await plan('post', services, { ...body, name: 'not a name', count: 'many' })
  assert.deepEqual(
    invalid.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort(),
    ['/count', '/name'],
    invalid.text,
  )
  const fenced = await newToken({ name: 'only-plans', role: 'operator', taskDefinitions: ['plans'] })
  const outside = await api.post(`${services}?dryRun=true`, body, { headers: { authorization: `Bearer ${fenced}` } })
  assert.equal(outside.body.code, 'OutsideFence', outside.text)
  const sent = await api.post(services, body)
  assert.equal(sent.status, 400, sent.text)
})
