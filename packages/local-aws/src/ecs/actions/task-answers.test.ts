/**
 * Responses about tasks, as recorded from ECS state by state: the present members, the absent ones, and the changes
 * that make a new version.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { newTask } from '../../testing/expected-answers.ts'
import { manualClock } from '../../testing/manual-clock.ts'
import { openedAws } from '../../testing/opened-aws.ts'
import { awsvpcNetwork } from '../../testing/services.ts'
import { wireOf } from '../../testing/wire.ts'

type Test = Parameters<typeof openedAws>[0]

const fargate = { taskDefinition: 'job', launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }
const tags = [{ key: 'team', value: 'a' }]
const simulated = (name: string, value: string) => ({ dockerLabels: { [`ecs-api.simulated.${name}`]: value } })

/** Runs a task of these containers at Fargate's pace, on a clock that moves only here. */
async function openEngine(t: Test, ...containers: object[]) {
  const clock = manualClock()
  const { aws } = await openedAws(t, { clock, pace: 'real' })
  const ecs = wireOf(aws)
  await ecs('CreateCluster', {})
  const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
  const containerDefinitions = (containers.length > 0 ? containers : [{}]).map((one, i) => ({
    name: `app${i || ''}`,
    image: 'job:1',
    ...one,
  }))
  await ecs('RegisterTaskDefinition', { family: 'job', ...size, containerDefinitions })
  const run = async (more: object = {}) => (await ecs('RunTask', { ...fargate, ...more })).tasks[0]
  const [ran] = [await run({ tags, clientToken: 'once' })]
  const task = ran.taskArn
  const describe = async (include?: string[]) => (await ecs('DescribeTasks', { tasks: [task], include })).tasks[0]
  const stop = async (reason?: string) => (await ecs('StopTask', { task, reason })).task
  type Described = Awaited<ReturnType<typeof describe>>
  /** Advances the clock until the task matches. Every described state on the way is added to `seen`. */
  const until = async (isExpected: (task: Described) => boolean, seen: Described[] = []): Promise<Described> => {
    for (let i = 0; i < 3_000; i++) {
      const now = await describe()
      seen.push(now)
      if (isExpected(now)) return now
      clock.advance(100)
      await turn()
    }
    throw new Error(`timed out: ${JSON.stringify(await describe())}`)
  }
  const is = (status: string) => (described: Described) => described.lastStatus === status
  return { clock, ecs, ran, run: () => run({ tags, clientToken: 'once' }), describe, stop, until, is }
}

const later = [
  'connectivity',
  'connectivityAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'executionStoppedAt',
  'stoppedAt',
] as const
const presentIn = (task: object, members: readonly string[] = later) => members.filter((member) => member in task)

test('RunTask returns a task in its first state, and DescribeTasks adds the health UNKNOWN', async (t) => {
  const { ran, describe } = await openEngine(t)
  const { taskArn, attachments, containers, createdAt, availabilityZone, ...rest } = ran
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
  assert.deepEqual(rest, { ...newTask, tags })
  assert.deepEqual(await describe(['TAGS']), {
    ...ran,
    healthStatus: 'UNKNOWN',
    containers: [{ ...container, healthStatus: 'UNKNOWN' }],
  })
  assert.deepEqual((await describe()).tags, [])
})

test('a task has one version per state, and shows network and pull times when it is RUNNING', async (t) => {
  const { describe, stop, until, is, ran, run } = await openEngine(t)
  const seen: Awaited<ReturnType<typeof describe>>[] = []
  const running = await until(is('RUNNING'), seen)
  const states = seen.map(({ lastStatus, version, attachments }) => `${version} ${lastStatus} ${attachments[0].status}`)
  assert.deepEqual(
    [...new Set(states)],
    ['1 PROVISIONING PRECREATED', '1 PROVISIONING CREATED', '2 PENDING ATTACHED', '3 RUNNING ATTACHED'],
    'each once, in this order',
  )
  for (const { healthStatus, containers } of seen)
    assert.deepEqual([healthStatus, containers[0].healthStatus], ['UNKNOWN', 'UNKNOWN'])
  for (const early of seen.filter(({ version }) => version < 3)) {
    assert.deepEqual(presentIn(early), [])
    const [waiting] = early.containers.filter((one: { lastStatus: string }) => one.lastStatus === 'PENDING')
    assert.deepEqual(presentIn(waiting ?? {}, ['runtimeId', 'imageDigest', 'networkBindings', 'exitCode']), [])
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
  assert.deepEqual(presentIn(running), [
    'connectivity',
    'connectivityAt',
    'pullStartedAt',
    'pullStoppedAt',
    'startedAt',
  ])
  const [container] = running.containers
  assert.deepEqual(presentIn(container, ['runtimeId', 'imageDigest']), ['runtimeId', 'imageDigest'])
  assert.deepEqual([container.lastStatus, container.networkBindings], ['RUNNING', []])

  const health = ({ healthStatus: _, containers, ...task }: typeof running) => ({
    ...task,
    containers: containers.map(({ healthStatus: __, ...one }: { healthStatus: string }) => one),
  })
  assert.deepEqual(await run(), { ...health(running), tags }, 'the token returns the task as it is now')
  const stopResponse = await stop('enough')
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
  assert.deepEqual(await stop('more'), stopResponse, 'the first reason stays')
  assert.deepEqual(await describe(), stopping)
  const down: typeof seen = []
  const stopped = await until(is('STOPPED'), down)
  const downStates = down.map(
    ({ lastStatus, version, attachments }) => `${version} ${lastStatus} ${attachments[0].status}`,
  )
  // The interface is still ATTACHED for a moment that a read may miss.
  const settled = downStates.filter((state) => state !== '5 DEPROVISIONING ATTACHED')
  assert.deepEqual([...new Set(settled)], ['4 RUNNING ATTACHED', '5 DEPROVISIONING DETACHING', '6 STOPPED DELETED'])
  assert.deepEqual(presentIn(stopped), later)
  assert.deepEqual([stopped.containers[0].lastStatus, stopped.containers[0].exitCode], ['STOPPED', 143])
  assert.equal(ran.version, 1)
})

test('StopTask for a task whose containers have stopped returns it without its parts', async (t) => {
  const { stop, until, is } = await openEngine(t)
  await until(is('RUNNING'))
  await stop('enough')
  for (const status of ['DEPROVISIONING', 'STOPPED']) {
    const { attributes: _, healthStatus: __, ...rest } = await until(is(status))
    const overrides = { containerOverrides: [], inferenceAcceleratorOverrides: [] }
    assert.deepEqual(await stop('again'), { ...rest, attachments: [], containers: [], overrides, tags: [] }, status)
  }
})

test('a task that is stopped before its interface exists never gets one', async (t) => {
  const { stop, until, is, run } = await openEngine(t)
  const { version, lastStatus } = await stop()
  assert.deepEqual([version, lastStatus], [2, 'PROVISIONING'])
  const deprovisioning = await until(is('DEPROVISIONING'))
  const [{ id }] = deprovisioning.attachments
  const subnet = { name: 'subnetId', value: awsvpcNetwork.awsvpcConfiguration.subnets[0] }
  assert.deepEqual(deprovisioning.attachments, [
    { id, type: 'ElasticNetworkInterface', status: 'PRECREATED', details: [subnet] },
  ])
  assert.deepEqual(
    [deprovisioning.version, deprovisioning.containers[0].lastStatus, deprovisioning.containers[0].networkInterfaces],
    [3, 'STOPPED', []],
  )
  assert.deepEqual(presentIn(deprovisioning), ['stoppedAt'])
  const stopped = await until(is('STOPPED'))
  const details = [subnet, { name: 'networkInterfaceId', value: 'unset' }, { name: 'macAddress' }]
  assert.deepEqual(stopped.attachments, [{ id, type: 'ElasticNetworkInterface', status: 'DELETED', details }])
  assert.deepEqual([stopped.version, stopped.containers[0].networkInterfaces], [4, [{ attachmentId: id }]])
  assert.deepEqual(presentIn(stopped), ['connectivity', 'connectivityAt', 'stoppedAt'])
  assert.equal('runtimeId' in stopped.containers[0], false)
  assert.equal('healthStatus' in (await run()), false, 'the token’s response has no health')
})

test('a task that is stopped during the pull has its image digest and no start time', async (t) => {
  const { stop, until, is } = await openEngine(t)
  await until(is('PENDING'))
  assert.deepEqual(presentIn(await stop()), [])
  const stopped = await until(is('STOPPED'))
  assert.deepEqual(presentIn(stopped), [...later.filter((member) => member !== 'startedAt')])
  const { runtimeId, imageDigest, ...container } = stopped.containers[0]
  assert.match(`${runtimeId} ${imageDigest}`, /^[0-9a-f]{32}-\d{10} sha256:[0-9a-f]{64}$/)
  assert.deepEqual(presentIn(container, ['exitCode', 'networkBindings', 'reason']), [])
  assert.deepEqual([stopped.version, stopped.stopCode], [5, 'UserInitiated'])
})

test('a container that ends makes a version while others run; the last one’s end comes with DEPROVISIONING', async (t) => {
  const sidecar = { essential: false, ...simulated('exit-after', '5') }
  const first = await openEngine(t, {}, sidecar)
  await first.until(({ containers }) => containers.some(({ exitCode }: { exitCode?: number }) => exitCode === 0))
  assert.deepEqual([(await first.describe()).version, (await first.stop()).version], [4, 5])
  assert.equal((await first.until(first.is('STOPPED'))).version, 7)

  const byItself = await openEngine(t, simulated('exit-after', '30'), sidecar)
  const seen: Awaited<ReturnType<typeof first.describe>>[] = []
  const { stopCode, executionStoppedAt, startedAt, stoppingAt } = await byItself.until(byItself.is('STOPPED'), seen)
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

test('containers that start or end while the task is PENDING make no version, and have their ids as soon as they run', async (t) => {
  const init = { essential: false, ...simulated('exit-after', '3') }
  const { until, is } = await openEngine(t, { dependsOn: [{ containerName: 'app1', condition: 'SUCCESS' }] }, init)
  const named = ({ containers }: { containers: { name: string }[] }, name: string) =>
    containers.find((one) => one.name === name)!
  const starting = await until((task) =>
    task.containers.some(({ lastStatus }: { lastStatus: string }) => lastStatus === 'RUNNING'),
  )
  assert.deepEqual([starting.lastStatus, starting.version, presentIn(starting)], ['PENDING', 2, []])
  const ids = ['runtimeId', 'imageDigest']
  assert.deepEqual([presentIn(named(starting, 'app1'), ids), presentIn(named(starting, 'app'), ids)], [ids, []])
  const running = await until(is('RUNNING'))
  assert.equal(running.version, 3)
  const arns = running.containers.map(({ containerArn }: { containerArn: string }) => containerArn)
  assert.deepEqual(arns, arns.toSorted())
  assert.deepEqual(running.overrides.containerOverrides, [{ name: 'app' }, { name: 'app1' }])
})

test('a start that fails for missing resources has its network and times, and no container reason', async (t) => {
  const { until, is } = await openEngine(t, simulated('network-error', 'unable to pull secrets'))
  const failed = await until(is('STOPPED'))
  assert.deepEqual(
    [failed.stopCode, failed.stoppedReason, failed.version],
    ['TaskFailedToStart', 'ResourceInitializationError: unable to pull secrets', 4],
  )
  assert.deepEqual(presentIn(failed), [...later.filter((member) => member !== 'startedAt')])
  const [container] = failed.containers
  assert.deepEqual(presentIn(container, ['runtimeId', 'imageDigest', 'exitCode', 'reason', 'networkBindings']), [
    'runtimeId',
  ])
  assert.equal(container.networkInterfaces[0].privateIpv4Address, failed.attachments[0].details[4].value)
})

test('an impossible condition fails the start, and no container has a reason', async (t) => {
  const init = {
    essential: false,
    dockerLabels: { ...simulated('exit-after', '1').dockerLabels, ...simulated('exit-code', '7').dockerLabels },
  }
  const { until, is } = await openEngine(t, { dependsOn: [{ containerName: 'app1', condition: 'SUCCESS' }] }, init)
  const failed = await until(is('STOPPED'))
  assert.deepEqual(
    [failed.stopCode, failed.stoppedReason, failed.version],
    ['TaskFailedToStart', 'Task failed to start', 4],
  )
  for (const container of failed.containers)
    assert.deepEqual(
      presentIn(container, ['runtimeId', 'imageDigest', 'reason', 'exitCode']),
      container.name === 'app' ? ['runtimeId', 'imageDigest'] : ['runtimeId', 'imageDigest', 'exitCode'],
    )
})

test('a task without a service stays RUNNING and keeps its version while it is UNHEALTHY', async (t) => {
  const unhealthyContainer = { healthCheck: { command: ['CMD', 'false'] }, ...simulated('unhealthy-after', '5') }
  const { until, is } = await openEngine(t, unhealthyContainer)
  const running = await until(is('RUNNING'))
  const unhealthy = await until(({ healthStatus }) => healthStatus === 'UNHEALTHY')
  assert.deepEqual(
    [unhealthy.lastStatus, unhealthy.desiredStatus, unhealthy.version, unhealthy.containers[0].healthStatus],
    ['RUNNING', 'RUNNING', running.version, 'UNHEALTHY'],
  )
})
