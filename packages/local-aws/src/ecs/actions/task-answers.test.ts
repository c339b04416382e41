/**
 * Responses about tasks, as recorded from ECS in each status of a task: the members that a response has, and the
 * changes that increase a task's version.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { awsvpcNetwork } from '../../testing/ecs-steps.ts'
import { expectedTask } from '../../testing/expected-answers.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { rawEcsRequests } from '../../testing/raw-ecs-requests.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

type Test = Parameters<typeof openTestEngine>[0]

const fargate = { taskDefinition: 'job', launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }
const tags = [{ key: 'team', value: 'a' }]
const simulated = (name: string, value: string) => ({ dockerLabels: { [`ecs-api.simulated.${name}`]: value } })

/** Runs a task with these containers at Fargate's pace, on a clock that only `advanceUntil` moves. */
async function openEngine(t: Test, ...containers: object[]) {
  const clock = createManualClock()
  const { aws } = await openTestEngine(t, { clock, pace: 'real' })
  const requestEcs = rawEcsRequests(aws)
  await requestEcs('CreateCluster', {})
  const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
  const containerDefinitions = (containers.length > 0 ? containers : [{}]).map((one, i) => ({
    name: `app${i || ''}`,
    image: 'job:1',
    ...one,
  }))
  await requestEcs('RegisterTaskDefinition', { family: 'job', ...size, containerDefinitions })
  const run = async (more: object = {}) => (await requestEcs('RunTask', { ...fargate, ...more })).tasks[0]
  const [firstResponse] = [await run({ tags, clientToken: 'once' })]
  const task = firstResponse.taskArn
  const describeTask = async (include?: string[]) =>
    (await requestEcs('DescribeTasks', { tasks: [task], include })).tasks[0]
  const stopTask = async (reason?: string) => (await requestEcs('StopTask', { task, reason })).task
  type Described = Awaited<ReturnType<typeof describeTask>>
  /** Advances the clock until the task matches. Every described state on the way is added to `seen`. */
  const advanceUntil = async (isExpected: (task: Described) => boolean, seen: Described[] = []): Promise<Described> => {
    for (let i = 0; i < 3_000; i++) {
      const now = await describeTask()
      seen.push(now)
      if (isExpected(now)) return now
      clock.advance(100)
      await nextTurn()
    }
    throw new Error(`timed out: ${JSON.stringify(await describeTask())}`)
  }
  const hasStatus = (status: string) => (described: Described) => described.lastStatus === status
  return {
    clock,
    requestEcs,
    firstResponse,
    repeatRunTask: () => run({ tags, clientToken: 'once' }),
    describeTask,
    stopTask,
    advanceUntil,
    hasStatus,
  }
}

const membersShownLater = [
  'connectivity',
  'connectivityAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'executionStoppedAt',
  'stoppedAt',
] as const
const membersOf = (task: object, members: readonly string[] = membersShownLater) =>
  members.filter((member) => member in task)

test('RunTask returns a PROVISIONING task without health, and DescribeTasks adds the health UNKNOWN', async (t) => {
  const { firstResponse, describeTask } = await openEngine(t)
  const { taskArn, attachments, containers, createdAt, availabilityZone, ...rest } = firstResponse
  const [{ id }] = attachments
  assert.deepEqual(attachments, [
    {
      id,
      type: 'ElasticNetworkInterface',
      status: 'PRECREATED',
      details: [{ name: 'subnetId', value: awsvpcNetwork.awsvpcConfiguration.subnets[0] }],
    },
  ])
  const [{ containerArn }] = containers
  const container = {
    containerArn,
    taskArn,
    name: 'app',
    image: 'job:1',
    lastStatus: 'PENDING',
    networkInterfaces: [],
    cpu: '0',
  }
  assert.deepEqual(containers, [container])
  assert.deepEqual(rest, { ...expectedTask, tags })
  assert.deepEqual(await describeTask(['TAGS']), {
    ...firstResponse,
    healthStatus: 'UNKNOWN',
    containers: [{ ...container, healthStatus: 'UNKNOWN' }],
  })
  assert.deepEqual((await describeTask()).tags, [])
})

test('the version of a task increases with each status, and the task shows network and pull times when it is RUNNING', async (t) => {
  const { describeTask, stopTask, advanceUntil, hasStatus, firstResponse, repeatRunTask } = await openEngine(t)
  const seen: Awaited<ReturnType<typeof describeTask>>[] = []
  const running = await advanceUntil(hasStatus('RUNNING'), seen)
  const states = seen.map(({ lastStatus, version, attachments }) => `${version} ${lastStatus} ${attachments[0].status}`)
  assert.deepEqual(
    [...new Set(states)],
    ['1 PROVISIONING PRECREATED', '1 PROVISIONING CREATED', '2 PENDING ATTACHED', '3 RUNNING ATTACHED'],
    'each once, in this order',
  )
  for (const { healthStatus, containers } of seen)
    assert.deepEqual([healthStatus, containers[0].healthStatus], ['UNKNOWN', 'UNKNOWN'])
  for (const early of seen.filter(({ version }) => version < 3)) {
    assert.deepEqual(membersOf(early), [])
    const [waiting] = early.containers.filter((one: { lastStatus: string }) => one.lastStatus === 'PENDING')
    assert.deepEqual(membersOf(waiting ?? {}, ['runtimeId', 'imageDigest', 'networkBindings', 'exitCode']), [])
  }
  const created = seen.find(({ attachments }) => attachments[0].status === 'CREATED')
  const [{ id, details }] = created.attachments
  const names = ['subnetId', 'networkInterfaceId', 'macAddress', 'privateDnsName', 'privateIPv4Address']
  assert.deepEqual(
    details.map(({ name }: { name: string }) => name),
    names,
  )
  assert.deepEqual(created.containers[0].networkInterfaces, [
    { attachmentId: id, privateIpv4Address: details[4].value },
  ])
  assert.deepEqual(membersOf(running), [
    'connectivity',
    'connectivityAt',
    'pullStartedAt',
    'pullStoppedAt',
    'startedAt',
  ])
  const [container] = running.containers
  assert.deepEqual(membersOf(container, ['runtimeId', 'imageDigest']), ['runtimeId', 'imageDigest'])
  assert.deepEqual([container.lastStatus, container.networkBindings], ['RUNNING', []])

  const health = ({ healthStatus: _, containers, ...task }: typeof running) => ({
    ...task,
    containers: containers.map(({ healthStatus: __, ...one }: { healthStatus: string }) => one),
  })
  assert.deepEqual(await repeatRunTask(), { ...health(running), tags }, 'the token returns the task as it is now')
  const stopResponse = await stopTask('enough')
  const { stoppingAt } = stopResponse
  const stopping = {
    ...running,
    desiredStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
    stoppingAt,
    version: 4,
  }
  assert.deepEqual(stopResponse, health(stopping))
  assert.deepEqual(await stopTask('more'), stopResponse, 'the first reason stays')
  assert.deepEqual(await describeTask(), stopping)
  const down: typeof seen = []
  const stopped = await advanceUntil(hasStatus('STOPPED'), down)
  const downStates = down.map(
    ({ lastStatus, version, attachments }) => `${version} ${lastStatus} ${attachments[0].status}`,
  )
  // The interface is still ATTACHED for a moment that a read may miss.
  const statesAfterRunning = downStates.filter((state) => state !== '5 DEPROVISIONING ATTACHED')
  assert.deepEqual(
    [...new Set(statesAfterRunning)],
    ['4 RUNNING ATTACHED', '5 DEPROVISIONING DETACHING', '6 STOPPED DELETED'],
  )
  assert.deepEqual(membersOf(stopped), membersShownLater)
  assert.deepEqual([stopped.containers[0].lastStatus, stopped.containers[0].exitCode], ['STOPPED', 143])
  assert.equal(firstResponse.version, 1)
})

test('StopTask for a task whose containers have stopped returns it without containers and attachments', async (t) => {
  const { stopTask, advanceUntil, hasStatus } = await openEngine(t)
  await advanceUntil(hasStatus('RUNNING'))
  await stopTask('enough')
  for (const status of ['DEPROVISIONING', 'STOPPED']) {
    const { attributes: _, healthStatus: __, ...rest } = await advanceUntil(hasStatus(status))
    const overrides = { containerOverrides: [], inferenceAcceleratorOverrides: [] }
    assert.deepEqual(await stopTask('again'), { ...rest, attachments: [], containers: [], overrides, tags: [] }, status)
  }
})

test('a task that is stopped before it has a network interface never gets one', async (t) => {
  const { stopTask, advanceUntil, hasStatus, repeatRunTask } = await openEngine(t)
  const { version, lastStatus } = await stopTask()
  assert.deepEqual([version, lastStatus], [2, 'PROVISIONING'])
  const deprovisioning = await advanceUntil(hasStatus('DEPROVISIONING'))
  const [{ id }] = deprovisioning.attachments
  const subnet = { name: 'subnetId', value: awsvpcNetwork.awsvpcConfiguration.subnets[0] }
  assert.deepEqual(deprovisioning.attachments, [
    { id, type: 'ElasticNetworkInterface', status: 'PRECREATED', details: [subnet] },
  ])
  assert.deepEqual(
    [deprovisioning.version, deprovisioning.containers[0].lastStatus, deprovisioning.containers[0].networkInterfaces],
    [3, 'STOPPED', []],
  )
  assert.deepEqual(membersOf(deprovisioning), ['stoppedAt'])
  const stopped = await advanceUntil(hasStatus('STOPPED'))
  const details = [subnet, { name: 'networkInterfaceId', value: 'unset' }, { name: 'macAddress' }]
  assert.deepEqual(stopped.attachments, [{ id, type: 'ElasticNetworkInterface', status: 'DELETED', details }])
  assert.deepEqual([stopped.version, stopped.containers[0].networkInterfaces], [4, [{ attachmentId: id }]])
  assert.deepEqual(membersOf(stopped), ['connectivity', 'connectivityAt', 'stoppedAt'])
  assert.equal('runtimeId' in stopped.containers[0], false)
  assert.equal('healthStatus' in (await repeatRunTask()), false, 'the token’s response has no health')
})

test('a task that is stopped during the pull has its image digest and no start time', async (t) => {
  const { stopTask, advanceUntil, hasStatus } = await openEngine(t)
  await advanceUntil(hasStatus('PENDING'))
  assert.deepEqual(membersOf(await stopTask()), [])
  const stopped = await advanceUntil(hasStatus('STOPPED'))
  assert.deepEqual(membersOf(stopped), [...membersShownLater.filter((member) => member !== 'startedAt')])
  const { runtimeId, imageDigest, ...container } = stopped.containers[0]
  assert.match(`${runtimeId} ${imageDigest}`, /^[0-9a-f]{32}-\d{10} sha256:[0-9a-f]{64}$/)
  assert.deepEqual(membersOf(container, ['exitCode', 'networkBindings', 'reason']), [])
  assert.deepEqual([stopped.version, stopped.stopCode], [5, 'UserInitiated'])
})

test('a container that ends while others run increases the version; the end of the last one shows with DEPROVISIONING', async (t) => {
  const sidecar = { essential: false, ...simulated('exit-after', '5') }
  const first = await openEngine(t, {}, sidecar)
  await first.advanceUntil(({ containers }) => containers.some(({ exitCode }: { exitCode?: number }) => exitCode === 0))
  assert.deepEqual([(await first.describeTask()).version, (await first.stopTask()).version], [4, 5])
  assert.equal((await first.advanceUntil(first.hasStatus('STOPPED'))).version, 7)

  const byItself = await openEngine(t, simulated('exit-after', '30'), sidecar)
  const seen: Awaited<ReturnType<typeof first.describeTask>>[] = []
  const { stopCode, executionStoppedAt, startedAt, stoppingAt } = await byItself.advanceUntil(
    byItself.hasStatus('STOPPED'),
    seen,
  )
  assert.ok(
    executionStoppedAt <= stoppingAt && executionStoppedAt - startedAt >= 29,
    'the container ended before it was stopped',
  )
  const states = [...new Set(seen.map(({ lastStatus, version }) => `${version} ${lastStatus}`))]
  assert.deepEqual(
    [states.slice(2), stopCode],
    [['3 RUNNING', '4 RUNNING', '5 DEPROVISIONING', '6 STOPPED'], 'EssentialContainerExited'],
  )
})

test('containers that start or end in PENDING do not increase the version, and have ids as soon as they run', async (t) => {
  const init = { essential: false, ...simulated('exit-after', '3') }
  const { advanceUntil, hasStatus } = await openEngine(
    t,
    { dependsOn: [{ containerName: 'app1', condition: 'SUCCESS' }] },
    init,
  )
  const named = ({ containers }: { containers: { name: string }[] }, name: string) =>
    containers.find((one) => one.name === name)!
  const starting = await advanceUntil((task) =>
    task.containers.some(({ lastStatus }: { lastStatus: string }) => lastStatus === 'RUNNING'),
  )
  assert.deepEqual([starting.lastStatus, starting.version, membersOf(starting)], ['PENDING', 2, []])
  const ids = ['runtimeId', 'imageDigest']
  assert.deepEqual([membersOf(named(starting, 'app1'), ids), membersOf(named(starting, 'app'), ids)], [ids, []])
  const running = await advanceUntil(hasStatus('RUNNING'))
  assert.equal(running.version, 3)
  const arns = running.containers.map(({ containerArn }: { containerArn: string }) => containerArn)
  assert.deepEqual(arns, arns.toSorted())
  assert.deepEqual(running.overrides.containerOverrides, [{ name: 'app' }, { name: 'app1' }])
})

test('a task that lacks a resource stops with its network and times, and no container has a reason', async (t) => {
  const { advanceUntil, hasStatus } = await openEngine(t, simulated('network-error', 'unable to pull secrets'))
  const failed = await advanceUntil(hasStatus('STOPPED'))
  assert.deepEqual(
    [failed.stopCode, failed.stoppedReason, failed.version],
    ['TaskFailedToStart', 'ResourceInitializationError: unable to pull secrets', 4],
  )
  assert.deepEqual(membersOf(failed), [...membersShownLater.filter((member) => member !== 'startedAt')])
  const [container] = failed.containers
  assert.deepEqual(membersOf(container, ['runtimeId', 'imageDigest', 'exitCode', 'reason', 'networkBindings']), [
    'runtimeId',
  ])
  assert.equal(container.networkInterfaces[0].privateIpv4Address, failed.attachments[0].details[4].value)
})

test('a task with a dependency that cannot be met stops, and no container has a reason', async (t) => {
  const init = {
    essential: false,
    dockerLabels: { ...simulated('exit-after', '1').dockerLabels, ...simulated('exit-code', '7').dockerLabels },
  }
  const { advanceUntil, hasStatus } = await openEngine(
    t,
    { dependsOn: [{ containerName: 'app1', condition: 'SUCCESS' }] },
    init,
  )
  const failed = await advanceUntil(hasStatus('STOPPED'))
  assert.deepEqual(
    [failed.stopCode, failed.stoppedReason, failed.version],
    ['TaskFailedToStart', 'Task failed to start', 4],
  )
  for (const container of failed.containers)
    assert.deepEqual(
      membersOf(container, ['runtimeId', 'imageDigest', 'reason', 'exitCode']),
      container.name === 'app' ? ['runtimeId', 'imageDigest'] : ['runtimeId', 'imageDigest', 'exitCode'],
    )
})

test('a task without a service stays RUNNING and keeps its version while it is UNHEALTHY', async (t) => {
  const unhealthyContainer = { healthCheck: { command: ['CMD', 'false'] }, ...simulated('unhealthy-after', '5') }
  const { advanceUntil, hasStatus } = await openEngine(t, unhealthyContainer)
  const running = await advanceUntil(hasStatus('RUNNING'))
  const unhealthy = await advanceUntil(({ healthStatus }) => healthStatus === 'UNHEALTHY')
  assert.deepEqual(
    [unhealthy.lastStatus, unhealthy.desiredStatus, unhealthy.version, unhealthy.containers[0].healthStatus],
    ['RUNNING', 'RUNNING', running.version, 'UNHEALTHY'],
  )
})
