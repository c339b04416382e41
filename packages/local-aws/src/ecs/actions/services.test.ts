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
import { newService } from '../../testing/expected-answers.ts'
import { manualClock } from '../../testing/manual-clock.ts'
import { openedAws } from '../../testing/opened-aws.ts'
import { idOf, messagesOf, workbench } from '../../testing/services.ts'

test('a service starts its tasks and reaches a steady state, with ECS’s event messages', async (t) => {
  const { ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  await bench.register('web')
  const created = await bench.create({ desiredCount: 3 })
  assert.equal(created.runningCount, 0)
  assert.equal(created.status, 'ACTIVE')
  const service = await bench.stable()
  const { id } = service.deployments![0]!
  const tasks = await bench.tasks()
  assert.equal(tasks.length, 3)
  assert.deepEqual(messagesOf(service).slice(0, 2), [
    '(service web) has reached a steady state.',
    `(service web) (deployment ${id}) deployment completed.`,
  ])
  assert.match(
    messagesOf(service)[2]!,
    /^\(service web\) has started 3 tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$/,
  )
  assert.ok(
    tasks.every((task) => task.startedBy === id && task.group === 'service:web' && task.lastStatus === 'RUNNING'),
  )
})

test('a dead task of a service is replaced at a new address', async (t) => {
  const { aws, ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  await bench.register('web')
  await bench.create()
  await bench.stable()
  const [before] = await bench.tasks()
  assert.ok(aws.killContainer(idOf(before)!, 'app'))
  const [after] = await bench.until(
    () => bench.tasks(),
    (tasks) => tasks.length === 1 && tasks[0]!.taskArn !== before!.taskArn && tasks[0]!.lastStatus === 'RUNNING',
  )
  assert.notEqual(
    after!.containers![0]!.networkInterfaces![0]!.privateIpv4Address,
    before!.containers![0]!.networkInterfaces![0]!.privateIpv4Address,
  )
  const dead = await bench.taskWhen(before!.taskArn, (task) => task.lastStatus === 'STOPPED')
  assert.equal(dead.stopCode, 'EssentialContainerExited')
  assert.equal(dead.stoppedReason, 'Essential container in task exited')
  assert.equal(dead.containers![0]!.exitCode, 137)
})

test('scaling starts and stops tasks without a new deployment', async (t) => {
  const { ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  await bench.register('web')
  await bench.create({ desiredCount: 1 })
  const first = await bench.stable()
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 4 }))
  await bench.until(bench.service, (service) => service.runningCount === 4)
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 2 }))
  const scaledIn = await bench.until(
    bench.service,
    (service) => service.runningCount === 2 && messagesOf(service)[0]!.includes('steady'),
  )
  assert.deepEqual(
    scaledIn.deployments!.map(({ id }) => id),
    [first.deployments![0]!.id],
  )
  assert.ok(messagesOf(scaledIn).some((message) => /^\(service web\) has stopped 2 running tasks: /.test(message!)))
  const stopped = await bench.tasks('web', 'STOPPED')
  assert.equal(stopped.length, 2)
  for (const task of stopped) {
    assert.equal(task.stopCode, 'ServiceSchedulerInitiated')
    assert.equal(task.stoppedReason, `Scaling activity initiated by (deployment ${first.deployments![0]!.id})`)
  }
})

test('a new revision is rolled out and the old deployment is removed', async (t) => {
  const { ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  await bench.register('web')
  await bench.create({ desiredCount: 2 })
  const before = await bench.stable()
  const next = await bench.register('web', { image: 'web:2' })
  const { service } = await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: next }))
  assert.deepEqual(
    service!.deployments!.map(({ status, rolloutState }) => [status, rolloutState]),
    [
      ['PRIMARY', 'IN_PROGRESS'],
      ['ACTIVE', 'COMPLETED'],
    ],
  )
  const after = await bench.stable()
  assert.notEqual(after.deployments![0]!.id, before.deployments![0]!.id)
  assert.ok((await bench.tasks()).every((task) => task.taskDefinitionArn!.endsWith(next)))

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
  const { ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  await bench.register('web')
  await bench.create({ desiredCount: 2 })
  await bench.stable()
  await assert.rejects(ecs.send(new DeleteServiceCommand({ service: 'web' })), {
    name: 'InvalidParameterException',
    message: 'The service cannot be stopped while it is scaled above 0.',
  })
  const { service } = await ecs.send(new DeleteServiceCommand({ service: 'web', force: true }))
  assert.equal(service!.status, 'DRAINING')
  assert.equal(service!.desiredCount, 0)
  assert.deepEqual((await ecs.send(new ListServicesCommand({}))).serviceArns, [])
  await assert.rejects(bench.create(), { message: 'Unable to Start a service that is still Draining.' })
  await bench.until(bench.service, ({ status }) => status === 'INACTIVE')
  await bench.create()
  await bench.stable()
})

test('a deleted service is described as INACTIVE for an hour, and removed when others are created', async (t) => {
  const clock = manualClock()
  const { ecs } = await openedAws(t, { pace: 'instant', clock })
  const bench = await workbench(ecs)
  await bench.register('web')
  await bench.create({ desiredCount: 0 })
  await bench.stable()
  await ecs.send(new DeleteServiceCommand({ service: 'web' }))
  const aMomentLater = () => {
    clock.advance(1)
    return bench.service()
  }
  await bench.until(aMomentLater, ({ status }) => status === 'INACTIVE')
  clock.advance(3_599_000)
  await bench.create({ serviceName: 'other', desiredCount: 0 })
  assert.equal((await bench.service()).status, 'INACTIVE')
  clock.advance(2_000)
  await bench.create({ serviceName: 'another', desiredCount: 0 })
  const { failures } = await ecs.send(new DescribeServicesCommand({ services: ['web'] }))
  assert.deepEqual(failures, [{ arn: 'arn:aws:ecs:us-east-1:111122223333:service/default/web', reason: 'MISSING' }])
})

test('a broken image triggers the circuit breaker, and the service rolls back', async (t) => {
  const { ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  const good = await bench.register('web')
  await bench.create({
    desiredCount: 3,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  const before = await bench.stable()
  const bad = await bench.register('web', { dockerLabels: { 'ecs-api.simulated.pull-error': 'manifest unknown' } })
  const { service: updating } = await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: bad }))
  const failed = updating!.deployments![0]!.id
  const goodDeployment = before.deployments![0]!.id
  const after = await bench.until(
    bench.service,
    (service) =>
      service.deployments!.length === 1 &&
      service.deployments![0]!.id === goodDeployment &&
      messagesOf(service)[0]!.includes('steady'),
  )
  assert.equal(after.taskDefinition!.endsWith(good), true)
  assert.equal(after.deployments![0]!.rolloutState, 'COMPLETED')
  const eventMessages = messagesOf(after)
  const at = eventMessages.indexOf(`(service web) rolling back to deployment ${goodDeployment}.`)
  assert.equal(eventMessages[at + 1], `(service web) (deployment ${failed}) deployment failed: tasks failed to start.`)
  assert.equal(after.runningCount, 3)
  const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand({ service: 'web' }))
  assert.equal(serviceDeployments![0]!.status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(
    serviceDeployments![0]!.statusReason,
    'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  )
  const [stopped] = (await bench.tasks('web', 'STOPPED')).filter((task) => task.taskDefinitionArn!.endsWith(bad))
  assert.equal(stopped!.stopCode, 'TaskFailedToStart')
  assert.equal(stopped!.stoppedReason, 'CannotPullContainerError: manifest unknown')
  assert.equal(stopped!.startedAt, undefined)
})

test('CreateService fills in ECS’s defaults', async (t) => {
  const { ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  await bench.register('web')
  await bench.create({ desiredCount: 0 })
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
  } = await bench.stable()
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
  assert.deepEqual(rest, { ...newService, tags: [] })
})
