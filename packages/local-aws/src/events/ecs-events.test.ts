import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ECS, StopTaskCommand, TagResourceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { SQS } from '@aws-sdk/client-sqs'
import { createDataFolder } from '../testing/data-folder.ts'
import { awsvpcNetwork, ecsSteps } from '../testing/ecs-steps.ts'
import { startEngineProcess } from '../testing/engine-process.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { type ClientOf, openTestEngine } from '../testing/test-engine.ts'

interface Event {
  'detail-type': string
  source: string
  resources: string[]
  detail: Record<string, unknown> & { eventName?: string; lastStatus?: string; version?: number }
}

interface TaskDetail extends Record<string, unknown> {
  version: number
  lastStatus: string
  desiredStatus: string
  attachments: { type: string; status: string }[]
  containers: object[]
  overrides: object
}

/** Creates a queue that receives all events of ECS. */
async function openEcsEventQueue(clientOf: ClientOf) {
  const [events, sqs] = [clientOf(EventBridge), clientOf(SQS)]
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'ecs' })
  await events.putRule({ Name: 'ecs', EventPattern: '{"source": ["aws.ecs"]}' })
  await events.putTargets({ Rule: 'ecs', Targets: [{ Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:111122223333:ecs' }] })
  const seen: Event[] = []
  /** Returns all events received so far, once one of them matches. */
  async function waitForEvents(isExpected: (event: Event) => boolean): Promise<Event[]> {
    while (!seen.some(isExpected)) {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 })
      assert.ok(
        Messages.length > 0,
        `timed out after ${JSON.stringify(seen.map(({ detail }) => detail.eventName ?? detail.lastStatus))}`,
      )
      seen.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as Event))
    }
    return seen
  }
  return { waitForEvents, clearReceived: () => void seen.splice(0) }
}

const hasEventName = (name: string) => (event: Event) => event.detail.eventName === name

test('ECS emits events for each state of a task, for deployments and for a steady service', async (t) => {
  const { ecs, clientOf } = await openTestEngine(t, { pace: 'instant' })
  const { registerDefinition, createService, describeService } = await ecsSteps(ecs)
  const { waitForEvents, clearReceived } = await openEcsEventQueue(clientOf)
  await registerDefinition('web')
  const { serviceArn, clusterArn, deployments } = await createService()
  const seen = await waitForEvents(hasEventName('SERVICE_STEADY_STATE'))

  const [started, completed] = seen.filter((event) => event['detail-type'] === 'ECS Deployment State Change')
  const { updatedAt, ...detail } = started!.detail
  const id = deployments?.[0]?.id
  assert.deepEqual(detail, {
    eventType: 'INFO',
    eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
    deploymentId: id,
    reason: `ECS deployment ${id} in progress.`,
  })
  assert.match(String(updatedAt), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.deepEqual([started?.source, started?.resources], ['aws.ecs', [serviceArn]])
  assert.equal(completed?.detail.eventName, 'SERVICE_DEPLOYMENT_COMPLETED')
  const { createdAt, ...steady } = seen.find(hasEventName('SERVICE_STEADY_STATE'))!.detail
  assert.deepEqual(steady, { eventType: 'INFO', eventName: 'SERVICE_STEADY_STATE', clusterArn })

  const ofTask = seen.filter((event) => event['detail-type'] === 'ECS Task State Change').map((event) => event.detail)
  const states = [...new Set(ofTask.map(({ lastStatus }) => lastStatus))]
  assert.deepEqual(states, ['PROVISIONING', 'PENDING', 'RUNNING'])
  assert.deepEqual(
    ofTask.map(({ version }) => version),
    ofTask.map((_, i) => i + 1),
  )
  const running = ofTask.find(({ lastStatus }) => lastStatus === 'RUNNING')!
  assert.deepEqual(
    [running.group, running.clusterArn, running.desiredStatus, running.tags],
    ['service:web', clusterArn, 'RUNNING', undefined],
  )
  assert.match(String(running.createdAt), /^\d{4}-/)

  // Changes of tags emit no event.
  clearReceived()
  await ecs.send(new TagResourceCommand({ resourceArn: serviceArn, tags: [{ key: 'a', value: 'b' }] }))
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  const down = await waitForEvents(({ detail }) => detail.lastStatus === 'STOPPED')
  assert.equal((await describeService()).tags?.length, 1)
  assert.ok(down.every((event) => event['detail-type'] !== 'ECS Deployment State Change'))
})

test('each version of a task is one event with the members of ECS’s events', async (t) => {
  const clock = createManualClock(Date.UTC(2026, 0, 1, 10, 25, 41, 940))
  const { ecs, clientOf } = await openTestEngine(t, { pace: 'instant', clock })
  const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
  const { waitForEvents } = await openEcsEventQueue(clientOf)
  await registerDefinition('job', {}, { essential: false, dockerLabels: { 'ecs-api.simulated.exit-after': '5' } })
  const arn = await runTask('job', { tags: [{ key: 'a', value: 'b' }], overrides: { cpu: '512', memory: '1024' } })
  await waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  clock.advance(5_060)
  await waitForTask(arn, ({ version }) => version === 4)
  await ecs.send(new StopTaskCommand({ task: arn }))
  const eventDetails = (await waitForEvents(({ detail }) => detail.lastStatus === 'STOPPED')).map(
    ({ detail }) => detail as unknown as TaskDetail,
  )
  assert.deepEqual(
    eventDetails.map(({ version, lastStatus, desiredStatus }) => `${version} ${lastStatus} ${desiredStatus}`),
    [
      '1 PROVISIONING RUNNING',
      '2 PENDING RUNNING',
      '3 RUNNING RUNNING',
      '4 RUNNING RUNNING',
      '5 RUNNING STOPPED',
      '6 DEPROVISIONING STOPPED',
      '7 STOPPED STOPPED',
    ],
  )
  for (const detail of eventDetails) {
    const { attachments, containers, overrides } = detail
    assert.deepEqual(
      attachments.map(({ type }) => type),
      ['eni'],
    )
    assert.deepEqual(Object.keys(overrides).sort(), ['containerOverrides', 'cpu', 'memory'])
    for (const member of ['platformFamily', 'fargateEphemeralStorage', 'healthStatus', 'tags'])
      assert.equal(member in detail, false, member)
    for (const container of containers)
      for (const member of ['healthStatus', 'networkBindings']) assert.equal(member in container, false, member)
    assert.deepEqual(detail.ephemeralStorage, { sizeInGiB: 20 })
    for (const member of ['connectivity', 'connectivityAt', 'pullStartedAt'])
      assert.equal(member in detail, detail.version > 2, member)
  }
  const attached = eventDetails.map(({ attachments: [eni] }) => eni!.status)
  assert.deepEqual(attached, ['PRECREATED', 'ATTACHED', 'ATTACHED', 'ATTACHED', 'ATTACHED', 'ATTACHED', 'DELETED'])
  const [first] = eventDetails
  assert.deepEqual([first?.createdAt, first?.updatedAt], ['2026-01-01T10:25:41.94Z', '2026-01-01T10:25:41.94Z'])
  assert.equal(eventDetails[4]?.stoppingAt, '2026-01-01T10:25:47Z')
})

test('a deployment that fails and rolls back emits events with ECS’s names', async (t) => {
  const { ecs, clientOf } = await openTestEngine(t, { pace: 'instant' })
  const { registerDefinition, createService, waitUntilStable } = await ecsSteps(ecs)
  const { waitForEvents, clearReceived } = await openEcsEventQueue(clientOf)
  await registerDefinition('web')
  await createService({ deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } })
  const { deployments } = await waitUntilStable()
  const good = deployments?.[0]?.id
  await waitForEvents(hasEventName('SERVICE_STEADY_STATE'))
  clearReceived()
  const bad = await registerDefinition('web', {
    dockerLabels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '1' },
  })
  await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: bad }))
  const seen = await waitForEvents(
    ({ detail }) => detail.eventName === 'SERVICE_DEPLOYMENT_COMPLETED' && detail.deploymentId === good,
  )
  const eventDetails = seen
    .filter((event) => event['detail-type'] === 'ECS Deployment State Change')
    .map(({ detail }) => detail)
  assert.deepEqual(
    eventDetails.map(({ eventType, eventName, deploymentId }) => [eventType, eventName, deploymentId === good]),
    [
      ['INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', false],
      ['ERROR', 'SERVICE_DEPLOYMENT_FAILED', false],
      ['INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', true],
      ['INFO', 'SERVICE_DEPLOYMENT_COMPLETED', true],
    ],
  )
  assert.match(String(eventDetails[2]?.reason), /rolling back to deploymentId/)
})

test('a request that ends in an error emits no event', async (t) => {
  const { ecs, clientOf } = await openTestEngine(t, { pace: 'instant' })
  const { registerDefinition, createService, runTask } = await ecsSteps(ecs)
  const { waitForEvents } = await openEcsEventQueue(clientOf)
  await registerDefinition('web')
  await createService()
  await assert.rejects(createService({ desiredCount: 3 }), { name: 'InvalidParameterException' })
  const arn = await runTask('web')
  const seen = await waitForEvents(({ resources, detail }) => resources[0] === arn && detail.lastStatus === 'RUNNING')
  assert.equal(seen.filter(hasEventName('SERVICE_DEPLOYMENT_IN_PROGRESS')).length, 1)
})

test('after kill -9 each existing task has an event, and no other task has one', async (t) => {
  const data = createDataFolder(t)
  const clientsAt = (endpoint: string) => {
    const config = {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: '111122223333', secretAccessKey: 'b' },
      maxAttempts: 1,
    }
    const clients = { ecs: new ECS(config), sqs: new SQS(config), events: new EventBridge(config) }
    t.after(() => {
      for (const client of Object.values(clients)) client.destroy()
    })
    return clients
  }
  const engine = await startEngineProcess(t, '--data', data, '--pace', 'real')
  const { ecs, ...others } = clientsAt(engine.url)
  await openEcsEventQueue(((Client: unknown) => (Client === SQS ? others.sqs : others.events)) as ClientOf)
  await ecsSteps(ecs).then(({ registerDefinition }) => registerDefinition('web'))
  let acknowledged = 0
  const { promise: enough, resolve } = Promise.withResolvers<void>()
  const running = (async () => {
    for (;;) {
      await ecs.runTask({
        taskDefinition: 'web',
        launchType: 'FARGATE',
        count: 10,
        networkConfiguration: awsvpcNetwork,
      })
      acknowledged += 10
      if (acknowledged === 100) resolve()
    }
  })()
  const ended = assert.rejects(running)
  await Promise.race([enough, ended])
  await engine.kill()
  await ended

  const again = clientsAt((await startEngineProcess(t, '--data', data, '--pace', 'real')).url)
  const { QueueUrl } = await again.sqs.getQueueUrl({ QueueName: 'ecs' })
  const taskArnsInEvents = new Set<string>()
  for (;;) {
    const { Messages = [] } = await again.sqs.receiveMessage({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
    })
    if (Messages.length === 0) break
    for (const { Body = '' } of Messages) taskArnsInEvents.add((JSON.parse(Body) as Event).resources[0] ?? '')
  }
  const existingTaskArns = new Set<string>()
  for (let nextToken: string | undefined, more = true; more; more = nextToken !== undefined) {
    const page = await again.ecs.listTasks({ nextToken })
    for (const arn of page.taskArns ?? []) existingTaskArns.add(arn)
    nextToken = page.nextToken
  }
  assert.ok(
    existingTaskArns.size >= acknowledged && existingTaskArns.size % 10 === 0,
    `${existingTaskArns.size} of ${acknowledged}`,
  )
  assert.deepEqual([...taskArnsInEvents].sort(), [...existingTaskArns].sort())
})
