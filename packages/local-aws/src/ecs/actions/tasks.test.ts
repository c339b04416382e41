import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs'
import { awsvpcNetwork, ecsSteps, eventMessagesOf, taskIdOf } from '../../testing/ecs-steps.ts'
import { expectedTask } from '../../testing/expected-answers.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

const fargate = { launchType: 'FARGATE', networkConfiguration: awsvpcNetwork } as const

async function openEngineForTasks(
  t: Parameters<typeof openTestEngine>[0],
  options: Parameters<typeof openTestEngine>[1] = {},
) {
  const { aws, ecs } = await openTestEngine(t, { pace: 'instant', ...options })
  const runJob = async (input: Partial<RunTaskCommandInput> = {}) =>
    (await ecs.send(new RunTaskCommand({ taskDefinition: 'job', ...fargate, ...input }))).tasks!
  return { aws, ecs, runJob: runJob, ...(await ecsSteps(ecs)) }
}

test('RunTask returns a PROVISIONING task, and the task passes through ECS’s states', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('job')
  const [task] = await engine.runJob({ startedBy: 'me', tags: [{ key: 'a', value: 'b' }] })
  const { taskArn, createdAt, attachments, containers, ...rest } = task!
  assert.match(taskArn!, /^arn:aws:ecs:us-east-1:111122223333:task\/default\/[0-9a-f]{32}$/)
  assert.ok(createdAt instanceof Date)
  assert.deepEqual(
    attachments!.map(({ id: _, ...one }) => one),
    [
      {
        type: 'ElasticNetworkInterface',
        status: 'PRECREATED',
        details: [{ name: 'subnetId', value: 'subnet-0a1b2c3d' }],
      },
    ],
  )
  assert.deepEqual(
    containers!.map(({ containerArn: _, ...one }) => one),
    [{ taskArn, name: 'app', image: 'job:1', lastStatus: 'PENDING', networkInterfaces: [], cpu: '0' }],
  )
  assert.deepEqual(rest, {
    ...expectedTask,
    availabilityZone: rest.availabilityZone,
    startedBy: 'me',
    tags: [{ key: 'a', value: 'b' }],
  })

  const running = await engine.waitForTask(taskArn, ({ lastStatus }) => lastStatus === 'RUNNING')
  const address = running.attachments![0]!.details!.at(-1)!.value!
  assert.deepEqual(
    running.attachments![0]!.details!.map(({ name }) => name),
    ['subnetId', 'networkInterfaceId', 'macAddress', 'privateDnsName', 'privateIPv4Address'],
  )
  assert.equal(running.attachments![0]!.status, 'ATTACHED')
  assert.match(running.attachments![0]!.details![2]!.value!, /^0a(:[0-9a-f]{2}){5}$/)
  assert.equal(running.connectivity, 'CONNECTED')
  assert.equal(running.healthStatus, 'UNKNOWN')
  const [container] = running.containers!
  assert.equal(container!.lastStatus, 'RUNNING')
  assert.deepEqual(container!.networkInterfaces, [
    { attachmentId: running.attachments![0]!.id, privateIpv4Address: address },
  ])
  assert.match(container!.runtimeId!, new RegExp(`^${taskIdOf(running)}-\\d{10}$`))
  assert.match(container!.imageDigest!, /^sha256:[0-9a-f]{64}$/)
  const times = [running.createdAt, running.pullStartedAt, running.pullStoppedAt, running.startedAt].map((time) =>
    time!.getTime(),
  )
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
})

test('StopTask stops a task with the given reason, and its interface is deleted', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('job')
  const [one, two] = await engine.runJob({ count: 2 })
  await engine.waitForTask(one!.taskArn, ({ lastStatus }) => lastStatus === 'RUNNING')
  const { task } = await engine.ecs.send(new StopTaskCommand({ task: taskIdOf(one)!, reason: 'enough' }))
  assert.equal(task!.desiredStatus, 'STOPPED')
  await engine.ecs.send(new StopTaskCommand({ task: two!.taskArn! }))
  const stopped = await engine.waitForTask(one!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(stopped.stopCode, 'UserInitiated')
  assert.equal(stopped.stoppedReason, 'enough')
  assert.equal(stopped.attachments![0]!.status, 'DELETED')
  assert.equal(stopped.containers![0]!.exitCode, 143)
  assert.ok(stopped.stoppingAt! <= stopped.executionStoppedAt! && stopped.executionStoppedAt! <= stopped.stoppedAt!)
  assert.ok(stopped.version! > task!.version!)
  const other = await engine.waitForTask(two!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(other.stoppedReason, 'Task stopped by user')
})

test('a task that is stopped before it runs has no pull, start or execution times', async (t) => {
  const clock = createManualClock()
  const engine = await openEngineForTasks(t, { pace: 'real', clock })
  await engine.registerDefinition('job')
  const [task] = await engine.runJob()
  await engine.ecs.send(new StopTaskCommand({ task: task!.taskArn! }))
  clock.advance(60_000)
  const stopped = await engine.pollUntil(
    async () => {
      clock.advance(1_000)
      return (await engine.describeTasks(task!.taskArn))[0]!
    },
    ({ lastStatus }) => lastStatus === 'STOPPED',
  )
  for (const time of ['pullStartedAt', 'pullStoppedAt', 'startedAt', 'executionStoppedAt'] as const)
    assert.equal(stopped[time], undefined, time)
  assert.equal(stopped.containers![0]!.runtimeId, undefined)
  assert.equal(stopped.containers![0]!.exitCode, undefined)
})

test('a task that is stopped during the pull has pull times and no start time', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('job', { dockerLabels: { 'ecs-api.simulated.pull-delay': '3600' } })
  const [task] = await engine.runJob()
  await engine.waitForTask(task!.taskArn, ({ lastStatus }) => lastStatus === 'PENDING')
  await engine.ecs.send(new StopTaskCommand({ task: task!.taskArn! }))
  const stopped = await engine.waitForTask(task!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  for (const time of ['pullStartedAt', 'pullStoppedAt', 'stoppingAt', 'executionStoppedAt', 'stoppedAt'] as const)
    assert.ok(stopped[time], time)
  assert.equal(stopped.startedAt, undefined)
  assert.ok(stopped.containers![0]!.runtimeId)
  assert.equal(stopped.containers![0]!.exitCode, undefined)
})

test('a job that ends by itself stops with its exit code', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('job', {
    dockerLabels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '7' },
  })
  const [task] = await engine.runJob()
  const stopped = await engine.waitForTask(task!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(stopped.stopCode, 'EssentialContainerExited')
  assert.equal(stopped.containers![0]!.exitCode, 7)
  assert.ok(stopped.startedAt)
})

test('containers start in the order of their dependencies', async (t) => {
  const engine = await openEngineForTasks(t)
  const label = (name: string, value: string) => ({ [`ecs-api.simulated.${name}`]: value })
  await engine.registerDefinition(
    'job',
    {
      name: 'app',
      dependsOn: [
        { containerName: 'migrate', condition: 'SUCCESS' },
        { containerName: 'proxy', condition: 'HEALTHY' },
      ],
    },
    { name: 'migrate', essential: false, dockerLabels: label('exit-after', '0.05') },
    { name: 'proxy', healthCheck: { command: ['CMD', 'true'] }, dockerLabels: label('healthy-after', '0.05') },
  )
  const [task] = await engine.runJob()
  const running = await engine.waitForTask(task!.taskArn, ({ lastStatus }) => lastStatus === 'RUNNING')
  const by = Object.fromEntries(running.containers!.map((container) => [container.name, container]))
  assert.equal(by.migrate!.lastStatus, 'STOPPED')
  assert.equal(by.migrate!.exitCode, 0)
  assert.equal(by.proxy!.healthStatus, 'HEALTHY')
  assert.equal(by.app!.lastStatus, 'RUNNING')
  assert.equal(running.healthStatus, 'HEALTHY')
})

test('a failed dependency prevents the task from starting', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition(
    'job',
    { name: 'app', dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
    {
      name: 'migrate',
      essential: false,
      dockerLabels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '1' },
    },
  )
  const [task] = await engine.runJob()
  const stopped = await engine.waitForTask(task!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(stopped.stopCode, 'TaskFailedToStart')
  assert.equal(stopped.startedAt, undefined)
  assert.equal(stopped.stoppedReason, 'Task failed to start')
})

test('a clientToken starts tasks once', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('job')
  const first = await engine.runJob({ clientToken: 'once', count: 2 })
  const again = await engine.runJob({ clientToken: 'once', count: 2 })
  assert.deepEqual(
    again.map(({ taskArn }) => taskArn),
    first.map(({ taskArn }) => taskArn),
  )
  await assert.rejects(engine.runJob({ clientToken: 'once', count: 3 }), {
    name: 'ConflictException',
    message:
      'The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different request.',
    resourceIds: first.map(({ taskArn }) => taskArn),
  })
})

test('RunTask rejects invalid requests with ECS’s messages', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('job')
  const rejections: [Partial<RunTaskCommandInput>, string, string][] = [
    [{ taskDefinition: 'none', cluster: 'none' }, 'ClientException', 'TaskDefinition not found.'],
    [{ cluster: 'none' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [
      { networkConfiguration: undefined },
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [{ launchType: undefined }, 'InvalidParameterException', 'No Container Instances were found in your cluster.'],
    [
      { overrides: { containerOverrides: [{ name: 'nobody' }] } },
      'InvalidParameterException',
      'Override for container named nobody is not a container in the TaskDefinition.',
    ],
    [
      { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] },
      'InvalidParameterException',
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
    ],
  ]
  for (const [input, name, message] of rejections) await assert.rejects(engine.runJob(input), { name, message })
})

test('ListTasks and DescribeTasks find tasks as ECS does', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('job')
  await engine.registerDefinition('web')
  await engine.createService({ desiredCount: 2 })
  await engine.waitUntilStable()
  const jobs = await engine.runJob({ count: 3, startedBy: 'me' })
  const list = async (input: object) => (await engine.ecs.send(new ListTasksCommand(input))).taskArns!.length
  assert.equal(await list({}), 5)
  assert.equal(await list({ family: 'job' }), 3)
  assert.equal(await list({ startedBy: 'me' }), 3)
  assert.equal(await list({ serviceName: 'web' }), 2)
  assert.equal(await list({ launchType: 'EC2' }), 0)
  assert.equal(await list({ desiredStatus: 'STOPPED' }), 0)
  const page = await engine.ecs.send(new ListTasksCommand({ maxResults: 4 }))
  assert.equal(page.taskArns!.length, 4)
  assert.equal(await list({ nextToken: page.nextToken }), 1)

  const missing = '0'.repeat(32)
  const { tasks, failures } = await engine.ecs.send(new DescribeTasksCommand({ tasks: [taskIdOf(jobs[0])!, missing] }))
  assert.equal(tasks!.length, 1)
  assert.deepEqual(failures, [{ arn: `arn:aws:ecs:us-east-1:111122223333:task/default/${missing}`, reason: 'MISSING' }])
  await assert.rejects(engine.ecs.send(new DescribeTasksCommand({ tasks: ['short'] })), {
    name: 'InvalidParameterException',
    message: 'taskId length should be one of [32,36]',
  })
  await assert.rejects(engine.ecs.send(new DescribeTasksCommand({ tasks: [] })), { message: 'Tasks cannot be empty.' })
  await assert.rejects(engine.ecs.send(new StopTaskCommand({ task: missing })), {
    message: 'The referenced task was not found.',
  })
})

test('a stopped task is described for an hour', async (t) => {
  const clock = createManualClock()
  const engine = await openEngineForTasks(t, { clock })
  await engine.registerDefinition('job', { dockerLabels: { 'ecs-api.simulated.exit-after': '0' } })
  const [task] = await engine.runJob()
  await engine.waitForTask(task!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  clock.advance(3_599_000)
  assert.equal((await engine.describeTasks(task!.taskArn)).length, 1)
  clock.advance(2_000)
  assert.equal((await engine.describeTasks(task!.taskArn)).length, 0)
})

test('a protected task is not stopped by a scale-in', async (t) => {
  const engine = await openEngineForTasks(t)
  await engine.registerDefinition('web')
  await engine.createService({ desiredCount: 3 })
  await engine.waitUntilStable()
  const [kept] = await engine.tasksOfService()
  const { protectedTasks } = await engine.ecs.send(
    new UpdateTaskProtectionCommand({
      cluster: 'default',
      tasks: [kept!.taskArn!],
      protectionEnabled: true,
      expiresInMinutes: 5,
    }),
  )
  assert.equal(protectedTasks![0]!.protectionEnabled, true)
  await engine.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 1 }))
  await engine.pollUntil(
    engine.describeService,
    (service) => service.runningCount === 1 && eventMessagesOf(service)[0]!.includes('steady'),
  )
  assert.deepEqual(
    (await engine.tasksOfService()).map(({ taskArn }) => taskArn),
    [kept!.taskArn],
  )
  const [job] = await engine.runJob({ taskDefinition: 'web' })
  const { failures } = await engine.ecs.send(
    new UpdateTaskProtectionCommand({ cluster: 'default', tasks: [job!.taskArn!], protectionEnabled: true }),
  )
  assert.deepEqual(failures, [{ arn: job!.taskArn, reason: 'TASK_NOT_VALID' }])
})
