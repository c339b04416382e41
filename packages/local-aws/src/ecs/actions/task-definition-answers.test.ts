/** Responses about task definitions, as recorded from ECS: which members they have, and ECS's defaults. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../../testing/manual-clock.ts'
import { rawEcsRequests } from '../../testing/raw-ecs-requests.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

type Test = Parameters<typeof openTestEngine>[0]

const startSeconds = Date.UTC(2026, 0, 1) / 1000
const roles = {
  taskRoleArn: 'arn:aws:iam::111122223333:role/task',
  executionRoleArn: 'arn:aws:iam::111122223333:role/exec',
}
const logConfiguration = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' },
}
const remoteApi = (version: string) => `com.amazonaws.ecs.capability.docker-remote-api.${version}`

async function openEngine(t: Test) {
  const { aws } = await openTestEngine(t, { clock: createManualClock() })
  const requestEcs = rawEcsRequests(aws)
  const register = (more: object = {}, container: object = {}) =>
    requestEcs('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      ...more,
      containerDefinitions: [{ name: 'app', image: 'nginx', ...container }],
    })
  return { requestEcs, register }
}

test('the required attributes of a definition are listed in ECS’s order, and omitted when there are none', async (t) => {
  const { requestEcs, register } = await openEngine(t)
  const attributes = async (more: object, container: object) =>
    (await register(more, container)).taskDefinition.requiresAttributes.map(({ name }: { name: string }) => name)
  const cases: [container: object, more: object, names: string[]][] = [
    [{}, {}, [remoteApi('1.18'), 'ecs.capability.task-eni']],
    [{ stopTimeout: 10 }, {}, ['ecs.capability.container-ordering', remoteApi('1.18'), 'ecs.capability.task-eni']],
    [
      { stopTimeout: 10, logConfiguration },
      roles,
      [
        'com.amazonaws.ecs.capability.logging-driver.awslogs',
        'ecs.capability.execution-role-awslogs',
        remoteApi('1.19'),
        'com.amazonaws.ecs.capability.task-iam-role',
        'ecs.capability.container-ordering',
        remoteApi('1.18'),
        'ecs.capability.task-eni',
      ],
    ],
    [
      {
        image: `nginx@sha256:${'0'.repeat(64)}`,
        logConfiguration: { ...logConfiguration, options: { ...logConfiguration.options, mode: 'blocking' } },
      },
      { executionRoleArn: roles.executionRoleArn },
      [
        'com.amazonaws.ecs.capability.logging-driver.awslogs',
        'ecs.capability.execution-role-awslogs',
        remoteApi('1.19'),
        remoteApi('1.28'),
        remoteApi('1.21'),
        remoteApi('1.18'),
        'ecs.capability.task-eni',
      ],
    ],
  ]
  for (const [container, more, names] of cases) assert.deepEqual(await attributes(more, container), names)
  const bridge = {
    family: 'old',
    networkMode: 'bridge',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128 }],
  }
  assert.deepEqual((await requestEcs('RegisterTaskDefinition', bridge)).taskDefinition, {
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/old:1',
    family: 'old',
    networkMode: 'bridge',
    revision: 1,
    status: 'ACTIVE',
    volumes: [],
    placementConstraints: [],
    compatibilities: ['EXTERNAL', 'EC2'],
    registeredAt: startSeconds,
    registeredBy: 'arn:aws:iam::111122223333:root',
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
  })
})

test('defaults of health checks and of file system folders are filled in, and given values stay', async (t) => {
  const { register } = await openEngine(t)
  const command = ['CMD', 'true']
  const healthCheck = async (given: object) =>
    (await register({}, { healthCheck: given })).taskDefinition.containerDefinitions[0].healthCheck
  assert.deepEqual(await healthCheck({ command }), { command, interval: 30, timeout: 5, retries: 3 })
  assert.deepEqual(await healthCheck({ command, interval: 7, retries: 1, startPeriod: 9 }), {
    command,
    interval: 7,
    timeout: 5,
    retries: 1,
    startPeriod: 9,
  })
  const volume = async (given: object) =>
    (await register({ volumes: [{ name: 'data', efsVolumeConfiguration: given }] })).taskDefinition.volumes[0]
      .efsVolumeConfiguration
  assert.deepEqual(await volume({ fileSystemId: 'fs-1' }), { fileSystemId: 'fs-1', rootDirectory: '/' })
  assert.deepEqual(await volume({ fileSystemId: 'fs-1', rootDirectory: '/a' }), {
    fileSystemId: 'fs-1',
    rootDirectory: '/a',
  })
})

test('a described definition has tags, empty unless included; the response of a registration without tags has none', async (t) => {
  const { requestEcs, register } = await openEngine(t)
  const tags = [{ key: 'team', value: 'a' }]
  assert.deepEqual((await register({ tags })).tags, tags)
  assert.equal('tags' in (await register()), false)
  const described = (input: object) => requestEcs('DescribeTaskDefinition', { taskDefinition: 'web:1', ...input })
  assert.deepEqual((await described({})).tags, [])
  assert.deepEqual((await described({ include: ['TAGS'] })).tags, tags)
  assert.equal('tags' in (await requestEcs('DeregisterTaskDefinition', { taskDefinition: 'web:1' })), false)
})

test('only deregistering and deleting return the previous status, and no response has the time of the deletion request', async (t) => {
  const { requestEcs, register } = await openEngine(t)
  const first = (await register()).taskDefinition
  assert.equal('previousStatus' in first, false)
  const deregister = async () =>
    (await requestEcs('DeregisterTaskDefinition', { taskDefinition: 'web:1' })).taskDefinition
  const remove = async () =>
    (await requestEcs('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] })).taskDefinitions[0]
  const describe = async () => (await requestEcs('DescribeTaskDefinition', { taskDefinition: 'web:1' })).taskDefinition

  assert.deepEqual(await deregister(), { ...first, status: 'INACTIVE', previousStatus: 'ACTIVE' })
  const inactive = { ...first, status: 'INACTIVE', deregisteredAt: startSeconds }
  assert.deepEqual(await deregister(), { ...inactive, previousStatus: 'INACTIVE' })
  assert.deepEqual(await describe(), inactive)
  const deleting = { ...inactive, status: 'DELETE_IN_PROGRESS' }
  assert.deepEqual(await remove(), { ...deleting, previousStatus: 'INACTIVE' })
  assert.deepEqual(await remove(), { ...deleting, previousStatus: 'DELETE_IN_PROGRESS' })
  assert.deepEqual(await describe(), deleting)
})

test('a family with all revisions being deleted is listed under INACTIVE and ALL, in alphabetical order', async (t) => {
  const { requestEcs, register } = await openEngine(t)
  for (const family of ['c', 'b', 'a']) {
    await register({ family })
    await requestEcs('DeregisterTaskDefinition', { taskDefinition: `${family}:1` })
  }
  await requestEcs('DeleteTaskDefinitions', { taskDefinitions: ['a:1', 'c:1'] })
  const families = async (status?: string) => (await requestEcs('ListTaskDefinitionFamilies', { status })).families
  assert.deepEqual(await families('INACTIVE'), ['a', 'b', 'c'])
  assert.deepEqual(await families('ALL'), ['a', 'b', 'c'])
  assert.deepEqual(await families('ACTIVE'), [])
})

test('start and stop timeouts have the limits recorded from ECS', async (t) => {
  const { requestEcs, register } = await openEngine(t)
  const onEc2 = (container: object) =>
    requestEcs('RegisterTaskDefinition', {
      family: 'old',
      networkMode: 'awsvpc',
      containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128, ...container }],
    })
  for (const timeout of [-1, 0, 1])
    for (const kind of ['start', 'stop']) {
      const { __type, message } = await register({}, { [`${kind}Timeout`]: timeout })
      assert.deepEqual(
        [__type, message],
        ['ClientException', `Granular ${kind} timeout on container 'app' must be at least 2 seconds.`],
      )
    }
  for (const container of [
    { startTimeout: 2 },
    { stopTimeout: 2 },
    { startTimeout: 120 },
    { startTimeout: 121 },
    { stopTimeout: 120 },
  ])
    assert.ok(
      (await register({}, container)).taskDefinition.compatibilities.includes('FARGATE'),
      JSON.stringify(container),
    )
  const { __type, message } = await register({}, { stopTimeout: 121 })
  assert.deepEqual(
    [__type, message],
    [
      'ClientException',
      'Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.',
    ],
  )
  const { compatibilities } = (await onEc2({ stopTimeout: 121 })).taskDefinition
  assert.deepEqual([compatibilities.includes('EC2'), compatibilities.includes('FARGATE')], [true, false])
})
