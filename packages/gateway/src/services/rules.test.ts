import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()

interface Answer {
  status: number
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the body of a response, field by field
  body: any
}
const faultsOf = ({ body }: Answer): [pointer: string, message: string][] =>
  (body.errors ?? []).map(({ pointer, message }: { pointer: string; message: string }) => [pointer, message])

/** Creates a cluster and the task definition `web`, with these members in addition. */
async function newClusterWithWeb(more: object = {}) {
  const account = await newAccount()
  await api.put(`/${account}/clusters/prod`, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
  const { status, text } = await api.post(`/${account}/taskdefs`, {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx',
        ports: [80],
        environment: { LEVEL: 'info', PASSWORD: 'x' },
        secrets: { KEY: 'key' },
      },
    ],
    ...more,
  })
  assert.equal(status, 201, text)
  return { account, services: `/${account}/clusters/prod/services`, tasks: `/${account}/clusters/prod/tasks` }
}
const www = { name: 'www', taskDefinition: 'web', count: 1, subnets: ['subnet-0a1b2c3d'] }
const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/0123456789abcdef'
const connect = (service: object) => ({
  serviceConnectConfiguration: { enabled: true, namespace: 'n', services: [service] },
})

test('ECS’s rules on services are checked before AWS is called, each error with its pointer', async () => {
  const { services } = await newClusterWithWeb()
  const rows: [more: object, pointer: string, message: RegExp][] = [
    [
      { loadBalancers: [{ targetGroupArn, containerPort: 80 }] },
      '/loadBalancers/0/containerName',
      /^Container Name can not be blank\.$/,
    ],
    [
      { loadBalancers: [{ loadBalancerName: 'l', containerName: 'web', containerPort: 80 }] },
      '/loadBalancers/0/loadBalancerName',
      /^Classic Load Balancers are not supported with Fargate\./,
    ],
    [{ role: 'r' }, '/role', /^IAM roles are only valid/],
    [
      connect({ portName: 'http' }),
      '/serviceConnectConfiguration/services/0/clientAliases',
      /^clientAliases must have 1 element\.$/,
    ],
    [
      connect({ portName: 'http', clientAliases: [{ port: 80, dnsName: 'A b' }] }),
      '/serviceConnectConfiguration/services/0/clientAliases/0/dnsName',
      /^The DNS name that you provided is invalid\./,
    ],
    [
      { serviceRegistries: [{ registryArn: 'a' }, { registryArn: 'b' }] },
      '/serviceRegistries',
      /^service registries can have at most 1 items\.$/,
    ],
    [
      {
        availabilityZoneRebalancing: 'ENABLED',
        deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
      },
      '/deploymentConfiguration/maximumPercent',
      /does not support maximumPercent <= 100 %/,
    ],
    [
      { monitoring: { metricConfigurations: [{ metricNames: ['x'], resolutionSeconds: 30 }] } },
      '/monitoring/metricConfigurations/0/resolutionSeconds',
      /^Monitoring configuration resolution/,
    ],
    [
      {
        deploymentConfiguration: {
          deploymentCircuitBreaker: {
            enable: true,
            rollback: true,
            thresholdConfiguration: { type: 'COUNT', value: 0 },
          },
        },
      },
      '/deploymentConfiguration/deploymentCircuitBreaker/thresholdConfiguration/value',
      /^Invalid deployment circuit breaker threshold value\.$/,
    ],
  ]
  for (const [more, pointer, message] of rows) {
    const answer = await api.post(services, { ...www, ...more })
    assert.deepEqual([answer.status, answer.body.code], [400, 'InvalidBody'], answer.text)
    const found = faultsOf(answer).find(([at]) => at === pointer)
    assert.match(found?.[1] ?? answer.text, message)
  }
})

test('errors that only AWS finds get a pointer, too', async () => {
  const { account, services, tasks } = await newClusterWithWeb()
  const invalid = [400, 'InvalidParameterException']
  const conflicting = await api.post(services, { ...www, healthCheckGracePeriodSeconds: -1 })
  assert.deepEqual([conflicting.status, conflicting.body.code], invalid, conflicting.text)
  assert.deepEqual(faultsOf(conflicting)[0]?.[0], '/healthCheckGracePeriodSeconds')
  const task = await api.post(tasks, { taskDefinition: 'web', subnets: www.subnets, startedBy: 'a b' })
  assert.deepEqual([task.status, task.body.code, faultsOf(task)[0]?.[0]], [...invalid, '/startedBy'], task.text)
  const role = await api.post(tasks, {
    taskDefinition: 'web',
    subnets: www.subnets,
    overrides: { taskRoleArn: 'arn:aws:iam::1:user/x' },
  })
  assert.deepEqual(
    [role.status, role.body.code, faultsOf(role)[0]?.[0]],
    [...invalid, '/overrides/taskRoleArn'],
    role.text,
  )
  const twice = await api.post(`/${account}/taskdefs`, {
    family: 'twice',
    containerDefinitions: [{ name: 'web', image: 'nginx', ports: [80, 80] }],
  })
  assert.deepEqual(
    [twice.status, twice.body.code, faultsOf(twice)[0]?.[0]],
    [400, 'ClientException', '/containerDefinitions/0/ports/1'],
  )
  const made = await api.post(services, www)
  assert.equal(made.status, 201, made.text)
  const patched = await api.patch(`${services}/www`, { containers: { web: { memory: 2 } } })
  assert.deepEqual([patched.status, faultsOf(patched)[0]?.[0]], [400, '/containers/web/memory'], patched.text)
})

test('a missing field is reported under this API’s name', async () => {
  const { account, services, tasks } = await newClusterWithWeb()
  assert.deepEqual(faultsOf(await api.post(services, {})).toSorted(), [
    ['/count', 'count is missing'],
    ['/name', 'name is missing'],
    ['/taskDefinition', 'taskDefinition is missing'],
  ])
  assert.deepEqual(faultsOf(await api.post(tasks, {})), [['/taskDefinition', 'taskDefinition is missing']])
  assert.deepEqual(
    faultsOf(await api.post(`/${account}/taskdefs`, { containerDefinitions: [{ name: 'a', image: 'b' }] }))[0],
    ['/family', 'family is missing'],
  )
  const nameless = await api.post(tasks, {
    taskDefinition: 'web',
    overrides: { containerOverrides: [{ command: ['x'] }] },
  })
  assert.deepEqual(faultsOf(nameless), [['/overrides/containerOverrides/0/name', 'Container Name can not be blank.']])
  for (const answer of [
    nameless,
    await api.post(`/${account}/taskdefs`, { family: 'f', containerDefinitions: [{ image: 'a', stopTimeout: 1 }] }),
  ])
    assert.ok(!answer.text.includes('undefined'), answer.text)
})

test('a task shows the sizes of its overrides as numbers', async () => {
  const { tasks } = await newClusterWithWeb()
  const started = await api.post(tasks, {
    taskDefinition: 'web',
    subnets: www.subnets,
    overrides: { cpu: '.5 vCPU', memory: '1 GB' },
  })
  assert.equal(started.status, 201, started.text)
  const [{ overrides, cpu, memory }] = started.body.items
  assert.deepEqual([overrides.cpu, overrides.memory, cpu, memory], [512, 1024, 512, 1024])
})

test('a variable that becomes a secret must be removed by name', async () => {
  const { account, services } = await newClusterWithWeb()
  await api.post(services, www)
  const rejected = await api.patch(`${services}/www`, { containers: { web: { secrets: { PASSWORD: 'password' } } } })
  assert.equal(rejected.status, 400)
  const [[pointer, message]] = faultsOf(rejected) as [[string, string]]
  assert.equal(pointer, '/containers/web/secrets/PASSWORD')
  assert.match(
    message,
    /^The secret name must be unique and not shared .*, such as 'PASSWORD'\. Set environment\.PASSWORD to null\.$/,
  )
  const back = await api.patch(`${services}/www`, { containers: { web: { environment: { KEY: 'x' } } } })
  assert.deepEqual(faultsOf(back)[0]?.[0], '/containers/web/environment/KEY')
  assert.match(faultsOf(back)[0]?.[1] ?? '', /Set secrets\.KEY to null\.$/)
  const turned = await api.patch(`${services}/www`, {
    containers: { web: { environment: { PASSWORD: null }, secrets: { PASSWORD: 'password' } } },
  })
  assert.equal(turned.status, 200, turned.text)
  const { body } = await api.get(`/${account}/taskdefs/web`)
  assert.deepEqual(
    [body.containerDefinitions[0].environment, body.containerDefinitions[0].secrets],
    [{ LEVEL: 'info' }, { KEY: 'key', PASSWORD: 'password' }],
  )
})

test('an invalid patch of a container lists the allowed values', async () => {
  const { services } = await newClusterWithWeb()
  await api.post(services, www)
  const rejected = await api.patch(`${services}/www`, { containers: { web: { image: 'nginx 1' } } })
  assert.deepEqual(faultsOf(rejected), [
    [
      '/containers/web/image',
      'Container.image contains invalid characters. Allowed are letters, digits and - _ : . / # @.',
    ],
  ])
})

test('a changed strategy starts a deployment, and the same strategy does not', async () => {
  const { services } = await newClusterWithWeb({ containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const made = await api.post(`${services}?wait=STABLE`, www)
  assert.equal(made.body.outcome, 'reached', made.text)
  const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
  const moved = await api.patch(`${services}/www?wait=STABLE`, { capacityProviderStrategy: spot })
  assert.deepEqual([moved.status, moved.body.outcome], [200, 'reached'], moved.text)
  assert.equal((await api.get(`${services}/www/deployments`)).body.items.length, 2)
  const { items } = (await api.get(`${services}/www/tasks`)).body
  assert.deepEqual(
    items.map((task: { capacityProviderName: string }) => task.capacityProviderName),
    ['FARGATE_SPOT'],
  )
  const same = await api.patch(`${services}/www`, { capacityProviderStrategy: spot })
  assert.equal(same.body.configVersion, moved.body.configVersion, same.text)
  assert.equal((await api.get(`${services}/www/deployments`)).body.items.length, 2)
  const both = [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }, ...spot]
  assert.equal(
    (await api.patch(`${services}/www?wait=STABLE`, { capacityProviderStrategy: both })).body.outcome,
    'reached',
  )
  assert.equal((await api.patch(`${services}/www`, { capacityProviderStrategy: both.toReversed() })).status, 200)
  assert.equal((await api.get(`${services}/www/deployments`)).body.items.length, 3)
})

test('a plan names the place of an error that only the task definition shows', async () => {
  const { services } = await newClusterWithWeb()
  const balanced = (containerName: string, containerPort: number) => ({
    loadBalancers: [{ targetGroupArn, containerName, containerPort }],
  })
  const noContainer = ['/loadBalancers/0/containerName', 'The container api does not exist in the task definition.']
  const noPort = ['/loadBalancers/0/containerPort', 'The container web did not have a container port 81 defined.']
  const dryRun = `${services}?dryRun=true`
  assert.deepEqual(faultsOf(await api.post(dryRun, { ...www, ...balanced('api', 80) })), [noContainer])
  assert.deepEqual(faultsOf(await api.post(dryRun, { ...www, ...balanced('web', 81) })), [noPort])
  await api.post(services, { ...www, count: 0 })
  assert.deepEqual(faultsOf(await api.patch(`${services}/www?dryRun=true`, balanced('web', 81))), [noPort])
})
