/**
 * Checks responses in as many states as the engine has against openapi.json: required members are present, undocumented
 * members are absent, and strings have the listed values. The engine's own tests compare its responses with recorded
 * responses of Amazon ECS.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toClusterResource } from '../clusters/schema.ts'
import { toServiceResource } from '../services/schema.ts'
import { toTaskDefinitionResource } from '../task-definitions/schema.ts'
import { toTaskResource } from '../tasks/schema.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'
import { ResponseSchemas } from '../testing/response-schemas.ts'

/** At Fargate's pace a resource stays in its first states for seconds; `instant` reaches the last ones. */
const [instant, real] = await Promise.all([startTestProgram(), startTestProgram({ engine: { pace: 'real' } })])
const { body: document } = await instant.api.get('/openapi.json')
const schemas = new ResponseSchemas(document, { onlyListedValues: true })
const routes = Object.keys(document.paths).map((route) => ({
  route,
  matches: new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`),
}))

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Calls that check every response against openapi.json, problems included. */
function checked({ api }: TestProgram, account: string) {
  const send = async (method: Method, path: string, sent?: object) => {
    const url = `/v1/ecs/${account}${path}`
    const hasBody = method !== 'get' && method !== 'delete'
    const { status, headers, text, body } = hasBody ? await api[method](url, sent) : await api[method](url)
    const { route } = routes.find(({ matches }) => matches.test(url.replace(/\?.*$/, '')))!
    const mediaType = headers['content-type']!.split(';')[0]!
    const fault = schemas.findFault({ method, route, status, mediaType, body })
    assert.equal(fault, undefined, `${method} ${path}: ${status} ${text}`)
    return { status, body, what: `${method} ${path}: ${status} ${text}` }
  }
  return {
    call: async (method: Method, path: string, sent?: object) => {
      const { status, body, what } = await send(method, path, sent)
      assert.ok(status < 300, what)
      return body
    },
    rejected: async (code: string, method: Method, path: string, sent?: object) => {
      const { body, what } = await send(method, path, sent)
      assert.equal(body.code, code, what)
    },
  }
}

const web = { name: 'web', image: 'nginx', ports: [80] }
const simulated = (name: string, value: string) => ({ dockerLabels: { [`ecs-api.simulated.${name}`]: value } })

async function openProgram(program: TestProgram) {
  const { call, rejected } = checked(program, await program.newAccount())
  const register = (family: string, ...containers: object[]) =>
    call('post', '/taskdefs', {
      family,
      containerDefinitions: containers.map((one, i) => ({ name: `c${i}`, image: 'nginx', ...one })),
    })
  await call('post', '/clusters', { name: 'prod' })
  await register('web', web)
  return { call, rejected, register }
}

test('clusters: made with nothing and with everything, changed, listed, deleted', async () => {
  const { call, rejected } = await openProgram(instant)
  const everything = {
    settings: { containerInsights: 'enabled' },
    configuration: { executeCommandConfiguration: { logging: 'OVERRIDE', logConfiguration: { s3BucketName: 'b' } } },
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    serviceConnectDefaults: { namespace: 'inner' },
    tags: { team: 'web' },
  }
  await call('post', '/clusters', { name: 'full', ...everything })
  for (const path of ['', '/full', '/prod']) await call('get', `/clusters${path}`)
  await rejected('ClusterNotFound', 'get', '/clusters/nowhere')
  await call('put', '/clusters/new', {})
  await call('put', '/clusters/new', everything)
  await call('patch', '/clusters/prod', { tags: { a: 'b' } })
  await call('patch', '/clusters/full', { tags: null, serviceConnectDefaults: null })
  await rejected('InvalidBody', 'patch', '/clusters/full', { settings: null, zzz: 1 })
  assert.equal((await call('delete', '/clusters/new')).status, 'INACTIVE')
})

test('task definitions: small and large, deregistered, deleted, and of a whole family', async () => {
  const { call, rejected, register } = await openProgram(instant)
  await register(
    'full',
    {
      environment: { A: 'b' },
      dependsOn: [{ containerName: 'c1', condition: 'START' }],
      healthCheck: { command: ['CMD', 'true'] },
      linuxParameters: { initProcessEnabled: true },
      ulimits: [{ name: 'nofile', softLimit: 10, hardLimit: 20 }],
      systemControls: { 'net.core.somaxconn': '128' },
      restartPolicy: { enabled: true },
    },
    { essential: false, memoryReservation: 64, command: ['sleep', '1'] },
  )
  for (const path of ['', '?status=ALL&latest=true', '/web', '/full:1']) await call('get', `/taskdefs${path}`)
  await rejected('TaskDefinitionNotFound', 'get', '/taskdefs/none')
  await register('web', web, { essential: false })
  for (const path of ['/web:1', '/web:1?purge=true', '/web?purge=true']) await call('delete', `/taskdefs${path}`)
  await rejected('TaskDefinitionNotFound', 'delete', '/taskdefs/web')
})

test('tasks in their first states, stopped in these, and stopped again', async () => {
  const { call } = await openProgram(real)
  const { items } = await call('post', '/clusters/prod/tasks', { taskDefinition: 'web', count: 2, tags: { a: 'b' } })
  const [first, second] = items.map(({ id }: { id: string }) => `/clusters/prod/tasks/${id}`)
  assert.equal((await call('get', first)).lastStatus, 'PROVISIONING')
  assert.equal((await call('delete', `${second}?reason=enough`)).desiredStatus, 'STOPPED')
  await call('delete', second)
  for (const path of [second, '/clusters/prod/tasks', '/clusters/prod/tasks?status=ALL', '/tasks'])
    await call('get', path)
})

test('tasks that ran, stopped by themselves, or did not start', async () => {
  const { call, rejected, register } = await openProgram(instant)
  const sidecar = { essential: false, ...simulated('exit-after', '1') }
  await register('exits', simulated('exit-after', '1'), sidecar)
  await register('fails', simulated('network-error', 'unable to pull secrets'))
  await register('sick', { healthCheck: { command: ['CMD', 'false'] }, ...simulated('unhealthy-after', '1') })
  const overrides = { taskRoleArn: 'arn:aws:iam::123456789012:role/task' }
  const statusOf = async (family: string, wait: string) => {
    const body = { taskDefinition: family, enableExecuteCommand: true, overrides }
    const { items } = await call('post', `/clusters/prod/tasks?wait=${wait}`, body)
    const { lastStatus, stopCode } = await call('get', `/clusters/prod/tasks/${items[0].id}`)
    return [lastStatus, stopCode]
  }
  assert.deepEqual(await statusOf('web', 'RUNNING'), ['RUNNING', undefined])
  assert.deepEqual(await statusOf('exits', 'STOPPED'), ['STOPPED', 'EssentialContainerExited'])
  assert.deepEqual(await statusOf('fails', 'STOPPED'), ['STOPPED', 'TaskFailedToStart'])
  assert.deepEqual(await statusOf('sick', 'RUNNING'), ['RUNNING', undefined])
  const { outcome } = await call('post', '/clusters/prod/tasks?wait=STOPPED&timeout=0', { taskDefinition: 'web' })
  assert.equal(outcome, 'timeout')
  await rejected('TaskFailed', 'post', '/clusters/prod/tasks?wait=STOPPED&fail=true', { taskDefinition: 'fails' })
  for (const path of ['/clusters/prod/tasks?status=ALL', '/tasks?status=STOPPED']) await call('get', path)
})

test('services: new, deploying, failing, rolled back, restarted, draining', async () => {
  const { call, rejected, register } = await openProgram(instant)
  const www = '/clusters/prod/services/www'
  const look = async () => {
    for (const path of ['', '/events', '/tasks']) await call('get', `${www}${path}`)
    for (const path of ['/services', '/services?include=events', '/clusters/prod/services']) await call('get', path)
    const { items } = await call('get', `${www}/deployments`)
    for (const { id } of items) await call('get', `${www}/deployments/${id}`)
    return items[0].id
  }
  const deploymentConfiguration = {
    deploymentCircuitBreaker: { enable: true, rollback: true },
    alarms: { alarmNames: ['a'], enable: true, rollback: true },
  }
  const body = { name: 'www', taskDefinition: 'web', count: 2, tags: { a: 'b' }, deploymentConfiguration }
  await call('post', '/clusters/prod/services', body)
  await look()
  await call('post', '/clusters/prod/services?wait=STABLE', { name: 'api', taskDefinition: 'web', count: 0 })
  await call('patch', `${www}?wait=STABLE`, { containers: { web: { environment: { A: 'b' } } } })
  await register('fails', { name: 'web', ...simulated('network-error', 'unable to pull secrets') })
  await rejected('DeploymentFailed', 'patch', `${www}?wait=STABLE&fail=true`, { taskDefinition: 'fails' })
  const rolledBack = await look()
  await rejected('DeploymentFinished', 'post', `${www}/deployments/${rolledBack}/stop`, {})
  await call('patch', www, { taskDefinition: 'fails', tags: null, loadBalancers: null })
  await look()
  await call('post', `${www}/restart?wait=STABLE&timeout=1`)
  await rejected('ClusterContainsServices', 'delete', '/clusters/prod')
  await call('delete', `${www}?force=true`)
  assert.equal((await call('get', www)).status, 'DRAINING')
  await call('delete', `${www}?wait=INACTIVE&timeout=0`)
})

test('services in their first states, and a deployment that is stopped in these', async () => {
  const { call, rejected } = await openProgram(real)
  await call('patch', '/clusters/prod', { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
  const body = { taskDefinition: 'web', count: 1 }
  const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
  await call('post', '/clusters/prod/services', { name: 'spot', ...body, capacityProviderStrategy })
  await call('post', '/clusters/prod/services', { name: 'www', ...body })
  for (const name of ['spot', 'www'])
    for (const path of ['', '/tasks', '/events']) await call('get', `/clusters/prod/services/${name}${path}`)
  const deployments = '/clusters/prod/services/www/deployments'
  const [{ id }] = (await call('get', deployments)).items
  await rejected('ResourceInUse', 'post', `${deployments}/${id}/continue`, {})
  await call('post', `${deployments}/${id}/stop`, { stopType: 'ABORT' })
  await call('get', `${deployments}/${id}`)
  await call('patch', '/clusters/prod/services/spot', { count: 0 })
  await call('delete', '/clusters/prod/services/spot')
})

test('accounts, tokens and the audit log', async () => {
  const { call, rejected } = checked(instant, '')
  for (const path of ['accounts', 'tokens', 'audit', 'version', 'local/audit']) await call('get', path)
  await call('post', 'tokens', { name: 'portal', role: 'viewer', clusters: ['web-*'] })
  await rejected('InvalidBody', 'post', 'tokens', { name: '', role: 'none' })
  await call('get', 'tokens/portal')
  await call('post', 'tokens/portal/rotate', {})
  await call('delete', 'tokens/portal')
  await rejected('TokenNotFound', 'get', 'tokens/portal')
  await call('get', 'audit?limit=1000')
})

const arn = (resource: string) => `arn:aws:ecs:us-east-1:111122223333:${resource}`
const sampleTime = new Date(Date.UTC(2026, 0, 1))

/** Members that ECS was recorded to return (radkawar/stackd), of resources in the states that have the fewest. */
const recorded = {
  cluster: {
    clusterArn: arn('cluster/default'),
    clusterName: 'default',
    status: 'PROVISIONING',
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    attachmentsStatus: 'UPDATE_IN_PROGRESS',
    attachments: [{ id: 'a', type: 'sc', status: 'ATTACHING', details: [] }],
  },
  /** Of a definition for EC2. */
  taskDefinition: {
    taskDefinitionArn: arn('task-definition/old:1'),
    family: 'old',
    networkMode: 'bridge' as const,
    revision: 1,
    status: 'ACTIVE' as const,
    volumes: [],
    placementConstraints: [],
    compatibilities: ['EXTERNAL' as const, 'EC2' as const],
    containerDefinitions: [
      {
        name: 'app',
        image: 'nginx',
        memory: 128,
        cpu: 0,
        essential: true,
        portMappings: [],
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ],
  },
  /** Deleted, while the older of two deployments drains. */
  service: {
    serviceArn: arn('service/default/web'),
    serviceName: 'web',
    clusterArn: arn('cluster/default'),
    loadBalancers: [],
    serviceRegistries: [],
    status: 'DRAINING',
    desiredCount: 0,
    runningCount: 0,
    pendingCount: 0,
    taskDefinition: arn('task-definition/web:1'),
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
    deployments: ['PRIMARY', 'DRAINING'].map((status) => ({
      id: 'ecs-svc/1',
      status,
      taskDefinition: arn('task-definition/web:1'),
      desiredCount: 0,
      pendingCount: 0,
      runningCount: 0,
      createdAt: sampleTime,
      updatedAt: sampleTime,
    })),
    events: [],
    createdAt: sampleTime,
    placementConstraints: [],
    placementStrategy: [],
    schedulingStrategy: 'REPLICA' as const,
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    tags: [],
  },
  /** Stopped before its network interface was there. */
  task: {
    taskArn: arn('task/default/0'),
    attachments: [
      {
        id: 'a',
        type: 'ElasticNetworkInterface',
        status: 'DELETED',
        details: [{ name: 'networkInterfaceId', value: 'unset' }, { name: 'macAddress' }],
      },
    ],
    clusterArn: arn('cluster/default'),
    // ECS adds a container like the second one for Service Connect, and returns no image for it.
    containers: ['app', 'ecs-service-connect-1'].map((name) => ({
      containerArn: arn(`container/default/0/${name}`),
      taskArn: arn('task/default/0'),
      name,
      lastStatus: 'STOPPED',
      networkInterfaces: [{ attachmentId: 'a' }],
    })),
    createdAt: sampleTime,
    desiredStatus: 'STOPPED',
    group: 'family:job',
    lastStatus: 'STOPPED',
    overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
    tags: [],
    taskDefinitionArn: arn('task-definition/job:1'),
    version: 4,
  },
}

test('recorded responses of ECS with the fewest members', () => {
  const { cluster, taskDefinition, service, task } = recorded
  const stoppedAgain = { ...task, attachments: [], containers: [], overrides: { containerOverrides: [] } }
  for (const [name, presented] of [
    ['Cluster', toClusterResource(cluster)],
    ['TaskDefinition', toTaskDefinitionResource(taskDefinition)],
    ['Service', toServiceResource(service)],
    ['Task', toTaskResource(task)],
    ['Task', toTaskResource(stoppedAgain)],
  ] as const) {
    const sent = JSON.parse(JSON.stringify(presented))
    assert.equal(schemas.findMismatch(document.components.schemas[name], sent), undefined, name)
  }
})
