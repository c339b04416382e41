import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { ecsSteps, eventMessagesOf, taskIdOf } from '../../testing/ecs-steps.ts'
import { expectedService } from '../../testing/expected-answers.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

test('a service starts its tasks and reaches a steady state, with ECS’s event messages', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  const created = await steps.createService({ desiredCount: 3 })
  assert.equal(created.runningCount, 0)
  assert.equal(created.status, 'ACTIVE')
  const service = await steps.waitUntilStable()
  const { id } = service.deployments![0]!
  const tasks = await steps.tasksOfService()
  assert.equal(tasks.length, 3)
  assert.deepEqual(eventMessagesOf(service).slice(0, 2), [
    '(service web) has reached a steady state.',
    `(service web) (deployment ${id}) deployment completed.`,
  ])
  assert.match(
    eventMessagesOf(service)[2]!,
    /^\(service web\) has started 3 tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$/,
  )
  assert.ok(
    tasks.every((task) => task.startedBy === id && task.group === 'service:web' && task.lastStatus === 'RUNNING'),
  )
})

test('a dead task of a service is replaced at a new address', async (t) => {
  const { aws, ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  await steps.createService()
  await steps.waitUntilStable()
  const [before] = await steps.tasksOfService()
  assert.ok(aws.killContainer(taskIdOf(before)!, 'app'))
  const [after] = await steps.pollUntil(
    () => steps.tasksOfService(),
    (tasks) => tasks.length === 1 && tasks[0]!.taskArn !== before!.taskArn && tasks[0]!.lastStatus === 'RUNNING',
  )
  assert.notEqual(
    after!.containers![0]!.networkInterfaces![0]!.privateIpv4Address,
    before!.containers![0]!.networkInterfaces![0]!.privateIpv4Address,
  )
  const dead = await steps.waitForTask(before!.taskArn, (task) => task.lastStatus === 'STOPPED')
  assert.equal(dead.stopCode, 'EssentialContainerExited')
  assert.equal(dead.stoppedReason, 'Essential container in task exited')
  assert.equal(dead.containers![0]!.exitCode, 137)
})

test('scaling starts and stops tasks without a new deployment', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  await steps.createService({ desiredCount: 1 })
  const first = await steps.waitUntilStable()
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 4 }))
  await steps.pollUntil(steps.describeService, (service) => service.runningCount === 4)
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 2 }))
  const scaledIn = await steps.pollUntil(
    steps.describeService,
    (service) => service.runningCount === 2 && eventMessagesOf(service)[0]!.includes('steady'),
  )
  assert.deepEqual(
    scaledIn.deployments!.map(({ id }) => id),
    [first.deployments![0]!.id],
  )
  assert.ok(
    eventMessagesOf(scaledIn).some((message) => /^\(service web\) has stopped 2 running tasks: /.test(message!)),
  )
  const stopped = await steps.tasksOfService('web', 'STOPPED')
  assert.equal(stopped.length, 2)
  for (const task of stopped) {
    assert.equal(task.stopCode, 'ServiceSchedulerInitiated')
    assert.equal(task.stoppedReason, `Scaling activity initiated by (deployment ${first.deployments![0]!.id})`)
  }
})

test('a new revision is rolled out and the old deployment is removed', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  await steps.createService({ desiredCount: 2 })
  const before = await steps.waitUntilStable()
  const next = await steps.registerDefinition('web', { image: 'web:2' })
  const { service } = await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: next }))
  assert.deepEqual(
    service!.deployments!.map(({ status, rolloutState }) => [status, rolloutState]),
    [
      ['PRIMARY', 'IN_PROGRESS'],
      ['ACTIVE', 'COMPLETED'],
    ],
  )
  const after = await steps.waitUntilStable()
  assert.notEqual(after.deployments![0]!.id, before.deployments![0]!.id)
  assert.ok((await steps.tasksOfService()).every((task) => task.taskDefinitionArn!.endsWith(next)))

  const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand({ service: 'web' }))
  assert.deepEqual(
    serviceDeployments!.map(({ status }) => status),
    ['SUCCESSFUL', 'SUCCESSFUL'],
  )
  const { serviceDeployments: described } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeployments![0]!.serviceDeploymentArn!] }),
  )
  assert.equal(described![0]!.targetServiceRevision!.runningTaskCount, 2)
  assert.equal(described![0]!.targetServiceRevision!.arn, after.currentServiceRevisions![0]!.arn)
})

test('a deleted service drains, is not listed, and becomes INACTIVE', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  await steps.createService({ desiredCount: 2 })
  await steps.waitUntilStable()
  await assert.rejects(ecs.send(new DeleteServiceCommand({ service: 'web' })), {
    name: 'InvalidParameterException',
    message: 'The service cannot be stopped while it is scaled above 0.',
  })
  const { service } = await ecs.send(new DeleteServiceCommand({ service: 'web', force: true }))
  assert.equal(service!.status, 'DRAINING')
  assert.equal(service!.desiredCount, 0)
  assert.deepEqual((await ecs.send(new ListServicesCommand({}))).serviceArns, [])
  await assert.rejects(steps.createService(), { message: 'Unable to Start a service that is still Draining.' })
  await steps.pollUntil(steps.describeService, ({ status }) => status === 'INACTIVE')
  await steps.createService()
  await steps.waitUntilStable()
})

test('a deleted service is described as INACTIVE for an hour, and removed when others are created', async (t) => {
  const clock = createManualClock()
  const { ecs } = await openTestEngine(t, { pace: 'instant', clock })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  await steps.createService({ desiredCount: 0 })
  await steps.waitUntilStable()
  await ecs.send(new DeleteServiceCommand({ service: 'web' }))
  const aMomentLater = () => {
    clock.advance(1)
    return steps.describeService()
  }
  await steps.pollUntil(aMomentLater, ({ status }) => status === 'INACTIVE')
  clock.advance(3_599_000)
  await steps.createService({ serviceName: 'other', desiredCount: 0 })
  assert.equal((await steps.describeService()).status, 'INACTIVE')
  clock.advance(2_000)
  await steps.createService({ serviceName: 'another', desiredCount: 0 })
  const { failures } = await ecs.send(new DescribeServicesCommand({ services: ['web'] }))
  assert.deepEqual(failures, [{ arn: 'arn:aws:ecs:us-east-1:111122223333:service/default/web', reason: 'MISSING' }])
})

test('a broken image triggers the circuit breaker, and the service rolls back', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  const good = await steps.registerDefinition('web')
  await steps.createService({
    desiredCount: 3,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  const before = await steps.waitUntilStable()
  const bad = await steps.registerDefinition('web', {
    dockerLabels: { 'ecs-api.simulated.pull-error': 'manifest unknown' },
  })
  const { service: updating } = await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: bad }))
  const failed = updating!.deployments![0]!.id
  const goodDeployment = before.deployments![0]!.id
  const after = await steps.pollUntil(
    steps.describeService,
    (service) =>
      service.deployments!.length === 1 &&
      service.deployments![0]!.id === goodDeployment &&
      eventMessagesOf(service)[0]!.includes('steady'),
  )
  assert.equal(after.taskDefinition!.endsWith(good), true)
  assert.equal(after.deployments![0]!.rolloutState, 'COMPLETED')
  const eventMessages = eventMessagesOf(after)
  const at = eventMessages.indexOf(`(service web) rolling back to deployment ${goodDeployment}.`)
  assert.equal(eventMessages[at + 1], `(service web) (deployment ${failed}) deployment failed: tasks failed to start.`)
  assert.equal(after.runningCount, 3)
  const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand({ service: 'web' }))
  assert.equal(serviceDeployments![0]!.status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(
    serviceDeployments![0]!.statusReason,
    'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  )
  const [stopped] = (await steps.tasksOfService('web', 'STOPPED')).filter((task) =>
    task.taskDefinitionArn!.endsWith(bad),
  )
  assert.equal(stopped!.stopCode, 'TaskFailedToStart')
  assert.equal(stopped!.stoppedReason, 'CannotPullContainerError: manifest unknown')
  assert.equal(stopped!.startedAt, undefined)
})

test('CreateService fills in ECS’s defaults', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web')
  await steps.createService({ desiredCount: 0 })
  const {
    serviceArn,
    clusterArn,
    createdAt,
    deployments,
    events,
    currentServiceRevisions,
    taskDefinition,
    networkConfiguration,
    ...rest
  } = await steps.waitUntilStable()
  assert.equal(serviceArn, 'arn:aws:ecs:us-east-1:111122223333:service/default/web')
  assert.equal(clusterArn, 'arn:aws:ecs:us-east-1:111122223333:cluster/default')
  assert.ok(createdAt instanceof Date)
  assert.equal(taskDefinition, 'arn:aws:ecs:us-east-1:111122223333:task-definition/web:1')
  assert.match(deployments![0]!.id!, /^ecs-svc\/\d{19}$/)
  assert.equal(currentServiceRevisions![0]!.arn!.split('/').at(-1), deployments![0]!.id!.slice(8))
  assert.equal(events!.length, 2)
  assert.deepEqual(networkConfiguration, {
    awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'], securityGroups: [], assignPublicIp: 'DISABLED' },
  })
  assert.deepEqual(rest, { ...expectedService, tags: [] })
})
