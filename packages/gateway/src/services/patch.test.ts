import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()

/** Creates the service `www` on `web:1` and waits until it is stable. `defaults` are those of the account. */
async function stableService(more: object = {}, defaults = {}) {
  const account = await newAccount({ defaults })
  await api.put(`/${account}/clusters/prod`, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
  const registered = await api.post(`/${account}/taskdefs`, {
    family: 'web',
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx:1.28',
        environment: { LEVEL: 'info' },
        mountPoints: [{ sourceVolume: 'disk', containerPath: '/disk' }],
      },
    ],
    volumes: [{ name: 'disk', configuredAtLaunch: true }, { name: 'scratch' }],
  })
  assert.equal(registered.status, 201, registered.text)
  const made = await api.post(`/${account}/clusters/prod/services?wait=STABLE`, {
    name: 'www',
    taskDefinition: 'web',
    count: 1,
    ...more,
  })
  assert.equal(made.body.outcome, 'reached', made.text)
  return { account, www: `/${account}/clusters/prod/services/www` }
}

const pointersOf = (answer: { body: { errors?: { pointer: string; message: string }[] } }) =>
  answer.body.errors?.map(({ pointer }) => pointer)

test('lists in a patch accept maps for pairs, and null members count as absent', async () => {
  const { account, www } = await stableService()
  const managedEBSVolume = {
    roleArn: 'arn:aws:iam::123456789012:role/ebs',
    sizeInGiB: 10,
    kmsKeyId: null,
    tagSpecifications: [{ resourceType: 'volume', tags: { team: 'web' } }],
  }
  const patched = await api.patch(www, { volumeConfigurations: [{ name: 'disk', managedEBSVolume }] })
  assert.equal(patched.status, 200, patched.text)
  const [primary] = patched.body.deployments
  assert.deepEqual(primary.volumeConfigurations[0].managedEBSVolume.tagSpecifications, [
    { resourceType: 'volume', tags: { team: 'web' } },
  ])
  assert.equal('kmsKeyId' in primary.volumeConfigurations[0].managedEBSVolume, false)

  const mounted = await api.patch(www, {
    containers: {
      web: {
        mountPoints: [
          { sourceVolume: 'scratch', containerPath: '/tmp', readOnly: null },
          { sourceVolume: 'disk', containerPath: '/disk' },
        ],
        environment: [{ name: 'A', value: '1' }],
      },
    },
  })
  assert.equal(mounted.status, 200, mounted.text)
  const { body: definition } = await api.get(`/${account}/taskdefs/web`)
  assert.deepEqual(definition.containerDefinitions[0].mountPoints[0], {
    sourceVolume: 'scratch',
    containerPath: '/tmp',
  })
  assert.deepEqual(
    definition.containerDefinitions[0].environment,
    { A: '1' },
    'pairs given as a list replace the whole map',
  )

  const tagless = await api.patch(www, { tags: [{ key: 'team', value: null }] })
  assert.deepEqual(
    [tagless.status, tagless.body.code, pointersOf(tagless)],
    [400, 'InvalidBody', ['/tags/0/value']],
    tagless.text,
  )
})

test('a body that is no object is one error', async () => {
  const { www } = await stableService()
  const { status, body: problem } = await api.patch(www, [])
  assert.deepEqual(
    [status, problem.code, problem.errors],
    [400, 'InvalidBody', [{ in: 'body', pointer: '', message: 'a list where an object is expected' }]],
  )
})

test('a patch may be wrapped as describe-services wraps a service', async () => {
  const { www } = await stableService()
  const patched = await api.patch(www, {
    services: [{ tags: { team: 'web' }, containers: { web: { image: 'nginx:1.29' } } }],
  })
  assert.deepEqual(
    [patched.status, patched.body.taskDefinition, patched.body.tags],
    [200, 'web:2', { team: 'web' }],
    patched.text,
  )
  const broken = await api.patch(www, {
    service: { containers: { web: { imgae: 'nginx' }, none: null }, tags: { a: 1 } },
  })
  assert.deepEqual(
    pointersOf(broken)?.toSorted(),
    ['/service/containers/none', '/service/containers/web/imgae', '/service/tags/a'],
    broken.text,
  )
})

test('immutable fields may be repeated but not changed', async () => {
  const { www } = await stableService()
  const before = (await api.get(www)).body
  const same = await api.patch(www, before)
  assert.deepEqual(
    [same.status, same.body.configVersion, same.body.deployments.length],
    [200, before.configVersion, 1],
    same.text,
  )
  const other = await api.patch(www, { name: 'other', launchType: 'EC2', schedulingStrategy: 'DAEMON' })
  assert.deepEqual(
    [other.status, pointersOf(other)],
    [400, ['/name', '/launchType', '/schedulingStrategy']],
    other.text,
  )
})

test('removing an absent field is no change', async () => {
  const { account, www } = await stableService()
  const { configVersion } = (await api.get(www)).body
  const { body } = await api.patch(www, {
    capacityProviderStrategy: null,
    loadBalancers: null,
    serviceConnectConfiguration: null,
  })
  assert.equal((await api.get(`${www}/deployments`)).body.items.length, 1)
  assert.equal(body.configVersion, configVersion)
  const cluster = await api.patch(`/${account}/clusters/prod`, { configuration: null, serviceConnectDefaults: null })
  assert.equal(cluster.status, 200, cluster.text)
  const spot = await api.patch(www, { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] })
  assert.deepEqual(
    [spot.status, spot.body.launchType, spot.body.capacityProviderStrategy[0].capacityProvider],
    [200, undefined, 'FARGATE_SPOT'],
    spot.text,
  )
})

test('a patch that sets the network in two places, or both removes and sets it, is rejected', async () => {
  const { www } = await stableService()
  for (const body of [
    '{"networkConfiguration":null,"subnets":["subnet-1"]}',
    '{"subnets":["subnet-1"],"networkConfiguration":null}',
  ]) {
    const answer = await api.patch(www, body)
    assert.equal(answer.status, 400, `${body}: ${answer.text}`)
  }
  const twice = await api.patch(www, {
    subnets: ['subnet-1'],
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2'] } },
  })
  assert.deepEqual(pointersOf(twice), ['/networkConfiguration/awsvpcConfiguration/subnets'], twice.text)
})

test('containers that now need an execution role get the account’s default', async () => {
  const executionRoleArn = 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole'
  const { account, www } = await stableService({}, { executionRoleArn })
  assert.equal((await api.get(`/${account}/taskdefs/web`)).body.executionRoleArn, undefined)
  const options = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' }
  const patched = await api.patch(www, { containers: { web: { logConfiguration: { logDriver: 'awslogs', options } } } })
  assert.equal(patched.status, 200, patched.text)
  assert.equal((await api.get(`/${account}/taskdefs/web`)).body.executionRoleArn, executionRoleArn)
})

test('cpu, memory and containers in one patch make one revision', async () => {
  const { account, www } = await stableService()
  const patch = { cpu: 512, memory: '2 GB', containers: { web: { image: 'nginx:1.29' } } }
  const plan = await api.patch(`${www}?dryRun=true`, patch)
  assert.deepEqual(
    plan.body.changes?.map(({ path, from, to }: { path: string; from: unknown; to: unknown }) => [path, from, to]),
    [
      ['/taskDefinition', 'web:1', 'web:(new)'],
      ['/containers/web/image', 'nginx:1.28', 'nginx:1.29'],
      ['/definition/cpu', 256, 512],
      ['/definition/memory', 512, 2048],
    ],
    plan.text,
  )
  const patched = await api.patch(www, patch)
  assert.deepEqual([patched.status, patched.body.taskDefinition], [200, 'web:2'], patched.text)
  const { body } = await api.get(`/${account}/taskdefs/web`)
  assert.deepEqual(
    [body.cpu, body.memory, body.containerDefinitions[0].image, body.volumes.length],
    [512, 2048, 'nginx:1.29', 2],
  )
  const same = await api.patch(www, { service: { cpu: '.5 vCPU' } })
  assert.deepEqual([same.status, same.body.taskDefinition], [200, 'web:2'], 'the size that it has makes no revision')
})

test('a size that Fargate does not offer is rejected at the field of the patch', async () => {
  const { www } = await stableService()
  const impossible = await api.patch(www, { cpu: 256, memory: 8192 })
  assert.equal(impossible.status, 400, impossible.text)
  assert.match(impossible.body.errors[0].pointer, /^\/(cpu|memory)$/)
  const invalid = await api.patch(www, { service: { cpu: 'much', memory: null, containers: { none: null } } })
  assert.deepEqual(
    pointersOf(invalid)?.toSorted(),
    ['/service/containers/none', '/service/cpu', '/service/memory'],
    invalid.text,
  )
})

test('wait parameters without ?wait are rejected, and a parameter of a later version gets NotYetAvailable', async () => {
  const { www } = await stableService()
  for (const query of ['fail=true', 'timeout=5', 'fail=true&timeout=5']) {
    const answer = await api.patch(`${www}?${query}`, { count: 1 })
    assert.deepEqual([answer.status, answer.body.code], [400, 'InvalidQuery'], answer.text)
    assert.match(answer.body.errors[0].message, /goes with \?wait/)
  }
  assert.equal((await api.patch(`${www}?force=true`, { count: 1 })).body.code, 'NotYetAvailable')
})
