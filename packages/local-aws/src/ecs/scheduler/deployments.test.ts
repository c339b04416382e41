import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  ListServicesByNamespaceCommand,
  PutClusterCapacityProvidersCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs'
import { ecsSteps, eventMessagesOf } from '../../testing/ecs-steps.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

const neverHealthy = {
  healthCheck: { command: ['CMD', 'true'] },
  dockerLabels: { 'ecs-api.simulated.healthy-after': '3600' },
}

async function openEngine(t: TestContext) {
  const { aws, ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  const update = async (input: Partial<UpdateServiceCommandInput>) =>
    (await ecs.send(new UpdateServiceCommand({ service: 'web', ...input }))).service!
  const history = async () =>
    (await ecs.send(new ListServiceDeploymentsCommand({ service: 'web' }))).serviceDeployments!
  return { aws, ecs, update, history, ...steps }
}

test('only changes to the tasks start a new deployment', async (t) => {
  const engine = await openEngine(t)
  await engine.registerDefinitionWith({ taskRoleArn: 'web' }, 'web')
  await engine.createService()
  const first = (await engine.waitUntilStable()).deployments![0]!.id
  const same: Partial<UpdateServiceCommandInput>[] = [
    {},
    { desiredCount: 2 },
    { taskDefinition: 'web:1' },
    { propagateTags: 'SERVICE', enableECSManagedTags: true, enableExecuteCommand: true },
    { deploymentConfiguration: { maximumPercent: 150 } },
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } } },
    { healthCheckGracePeriodSeconds: 5 },
    { loadBalancers: [], serviceRegistries: [], volumeConfigurations: [] },
  ]
  for (const input of same) assert.equal((await engine.update(input)).deployments![0]!.id, first, JSON.stringify(input))
  const changed = await engine.waitUntilStable()
  assert.deepEqual(changed.deploymentConfiguration?.maximumPercent, 150)
  assert.deepEqual(changed.deploymentConfiguration?.minimumHealthyPercent, 100)

  const other: Partial<UpdateServiceCommandInput>[] = [
    { forceNewDeployment: true },
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3e'] } } },
    { serviceConnectConfiguration: { enabled: true, namespace: 'inner' } },
  ]
  for (const input of other) {
    const before = (await engine.waitUntilStable()).deployments![0]!.id
    assert.notEqual((await engine.update(input)).deployments![0]!.id, before, JSON.stringify(input))
  }
  await engine.waitUntilStable()
  const { serviceArns } = await engine.ecs.send(new ListServicesByNamespaceCommand({ namespace: 'inner' }))
  assert.deepEqual(serviceArns, [changed.serviceArn])
})

test('stopping a deployment rolls back to the last completed one', async (t) => {
  const engine = await openEngine(t)
  await engine.registerDefinition('web')
  await engine.createService({ desiredCount: 2 })
  const first = await engine.waitUntilStable()
  const stuck = await engine.registerDefinition('web', neverHealthy)
  await engine.update({ taskDefinition: stuck })
  const inProgress = await engine.pollUntil(
    engine.describeService,
    (service) => service.currentServiceDeployment !== undefined && service.runningCount === 4,
  )
  const [current] = await engine.history()
  assert.equal(current!.status, 'IN_PROGRESS')
  assert.equal(inProgress.currentServiceDeployment, current!.serviceDeploymentArn)
  await engine.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: current!.serviceDeploymentArn }))
  const after = await engine.waitUntilStable()
  assert.equal(after.deployments![0]!.id, first.deployments![0]!.id)
  assert.ok(after.taskDefinition!.endsWith('web:1'))
  const { serviceDeployments } = await engine.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [current!.serviceDeploymentArn!] }),
  )
  assert.equal(serviceDeployments![0]!.status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(serviceDeployments![0]!.rollback!.serviceRevisionArn, after.currentServiceRevisions![0]!.arn)
  await assert.rejects(
    engine.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: current!.serviceDeploymentArn })),
    {
      name: 'ConflictException',
    },
  )
})

test('an aborted deployment starts no more tasks and leaves the old ones running', async (t) => {
  const engine = await openEngine(t)
  await engine.registerDefinition('web')
  await engine.createService({ desiredCount: 2, deploymentConfiguration: { maximumPercent: 150 } })
  await engine.waitUntilStable()
  await engine.update({ taskDefinition: await engine.registerDefinition('web', neverHealthy) })
  await engine.pollUntil(engine.describeService, (service) => service.runningCount === 3)
  const [current] = await engine.history()
  await engine.ecs.send(
    new StopServiceDeploymentCommand({ serviceDeploymentArn: current!.serviceDeploymentArn, stopType: 'ABORT' }),
  )
  const service = await engine.describeService()
  assert.equal(service.deployments![0]!.rolloutState, 'FAILED')
  assert.equal((await engine.history())[0]!.status, 'STOPPED')
  assert.ok(service.deployments![1]!.runningCount! > 0)
})

test('a newer deployment ends the one in progress', async (t) => {
  const engine = await openEngine(t)
  await engine.registerDefinition('web')
  await engine.createService()
  await engine.waitUntilStable()
  await engine.update({ taskDefinition: await engine.registerDefinition('web', neverHealthy) })
  const updated = await engine.update({ taskDefinition: await engine.registerDefinition('web') })
  assert.deepEqual(
    updated.deployments!.map(({ status }) => status),
    ['PRIMARY', 'ACTIVE', 'ACTIVE'],
  )
  const after = await engine.waitUntilStable()
  assert.ok(after.taskDefinition!.endsWith('web:3'))
  assert.deepEqual(
    (await engine.history()).map(({ status }) => status),
    ['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL'],
  )
  const { serviceRevisions } = await engine.ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [after.currentServiceRevisions![0]!.arn!] }),
  )
  assert.ok(serviceRevisions![0]!.taskDefinition!.endsWith('web:3'))
})

test('an unhealthy task is replaced, and an event gives the reason', async (t) => {
  const engine = await openEngine(t)
  await engine.registerDefinition('web', {
    healthCheck: { command: ['CMD', 'true'] },
    dockerLabels: { 'ecs-api.simulated.unhealthy-after': '0.3' },
  })
  await engine.createService()
  await engine.waitUntilStable()
  const [first] = await engine.tasksOfService()
  const stopped = await engine.waitForTask(first!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(stopped.stopCode, 'ServiceSchedulerInitiated')
  assert.equal(stopped.stoppedReason, 'Task failed container health checks')
  assert.equal(stopped.healthStatus, 'UNHEALTHY')
  const eventMessages = eventMessagesOf(await engine.describeService())
  assert.ok(
    eventMessages.some((message) =>
      /^\(service web\) \(task [0-9a-f]{32}\) failed container health checks\.$/.test(message!),
    ),
  )
  assert.ok(
    eventMessages.some((message) => message!.endsWith('Amazon ECS replaced 1 tasks due to an unhealthy status.')),
  )
})

test('tasks are spread over capacity providers', async (t) => {
  const engine = await openEngine(t)
  await engine.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'default',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
      ],
    }),
  )
  await engine.registerDefinition('web')
  await engine.createService({ desiredCount: 5, launchType: undefined })
  const service = await engine.waitUntilStable()
  assert.equal(service.launchType, undefined)
  assert.equal(service.capacityProviderStrategy!.length, 2)
  const providers = (await engine.tasksOfService()).map(({ capacityProviderName }) => capacityProviderName)
  assert.deepEqual(providers.toSorted(), ['FARGATE', 'FARGATE', 'FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT'])

  const change = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }], desiredCount: 6 }
  const spot = await engine.update({ ...change, forceNewDeployment: true })
  assert.equal(spot.deployments!.length, 2)
  const moved = await engine.waitUntilStable()
  assert.equal(moved.runningCount, 6)
  assert.ok(
    (await engine.tasksOfService()).every(({ capacityProviderName }) => capacityProviderName === 'FARGATE_SPOT'),
  )
  const plain = await engine.update({ capacityProviderStrategy: [], forceNewDeployment: true })
  assert.equal(plain.launchType, 'FARGATE')
  assert.equal(plain.deployments![0]!.launchType, 'FARGATE')
})

test('another capacity provider strategy requires a forced deployment, and is rejected without one', async (t) => {
  const engine = await openEngine(t)
  await engine.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'default',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    }),
  )
  await engine.registerDefinition('web')
  await engine.createService()
  const rejected = {
    name: 'InvalidParameterException',
    message:
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
  }
  const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
  const launched = await engine.waitUntilStable()
  await assert.rejects(engine.update({ capacityProviderStrategy: spot }), rejected)
  await assert.rejects(
    engine.update({ capacityProviderStrategy: spot, taskDefinition: 'web:1', desiredCount: 3 }),
    rejected,
  )
  assert.deepEqual(await engine.describeService(), launched)
  assert.equal(
    (await engine.update({ capacityProviderStrategy: [] })).deployments![0]!.id,
    launched.deployments![0]!.id,
  )

  await engine.update({ capacityProviderStrategy: spot, forceNewDeployment: true })
  const onSpot = await engine.waitUntilStable()
  assert.notEqual(onSpot.deployments![0]!.id, launched.deployments![0]!.id)
  for (const other of [
    [{ capacityProvider: 'FARGATE', weight: 1 }],
    [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }],
    [],
  ])
    await assert.rejects(engine.update({ capacityProviderStrategy: other }), rejected)
  assert.deepEqual(await engine.describeService(), onSpot)
  const same = await engine.update({
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
    desiredCount: 2,
  })
  assert.equal(same.deployments![0]!.id, onSpot.deployments![0]!.id)

  const both = [
    { capacityProvider: 'FARGATE', weight: 1, base: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 3 },
  ]
  await engine.update({ capacityProviderStrategy: both, forceNewDeployment: true })
  const onBoth = await engine.waitUntilStable()
  assert.equal(
    (await engine.update({ capacityProviderStrategy: both.toReversed() })).deployments![0]!.id,
    onBoth.deployments![0]!.id,
  )
})

test('unsupported features are rejected, and fields without effect are named in an event', async (t) => {
  const engine = await openEngine(t)
  await engine.registerDefinition('web')
  for (const input of [
    { deploymentController: { type: 'CODE_DEPLOY' as const } },
    { deploymentConfiguration: { strategy: 'BLUE_GREEN' as const, bakeTimeInMinutes: 5 } },
    { launchType: 'EXTERNAL' as const },
  ])
    await assert.rejects(engine.createService(input), { name: 'UnsupportedFeatureException' })
  const service = await engine.createService({
    serviceConnectConfiguration: { enabled: true, namespace: 'inner' },
    healthCheckGracePeriodSeconds: 10,
  })
  assert.equal(service.healthCheckGracePeriodSeconds, 10)
  assert.deepEqual(eventMessagesOf(service), [
    '(service web) keeps these fields, which have no effect on this engine yet: serviceConnectConfiguration, healthCheckGracePeriodSeconds.',
  ])
})

test('CreateService is idempotent only with the same token and request', async (t) => {
  const engine = await openEngine(t)
  await engine.registerDefinition('web')
  const first = await engine.createService({ clientToken: 'once' })
  assert.equal((await engine.createService({ clientToken: 'once' })).deployments![0]!.id, first.deployments![0]!.id)
  for (const input of [{ clientToken: 'once', desiredCount: 2 }, { clientToken: 'twice' }, {}])
    await assert.rejects(engine.createService(input), {
      name: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    })
})
