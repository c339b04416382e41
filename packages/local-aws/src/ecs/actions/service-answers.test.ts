/**
 * Responses about services and their revisions, as recorded from ECS: the members that a response has or lacks, and
 * ECS's defaults.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { awsvpcNetwork } from '../../testing/ecs-steps.ts'
import { expectedService } from '../../testing/expected-answers.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { rawEcsRequests } from '../../testing/raw-ecs-requests.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

type Test = Parameters<typeof openTestEngine>[0]

const startSeconds = Date.UTC(2026, 0, 1) / 1000
const tags = [{ key: 'team', value: 'a' }]
const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
const fargate = { launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }

async function openEngine(t: Test) {
  const clock = createManualClock()
  const { aws } = await openTestEngine(t, { clock, pace: 'real' })
  const requestEcs = rawEcsRequests(aws)
  await requestEcs('CreateCluster', {})
  const registerDefinition = (family: string) =>
    requestEcs('RegisterTaskDefinition', { family, ...size, containerDefinitions: [{ name: 'app', image: 'nginx' }] })
  await registerDefinition('web')
  const createService = async (more: object = {}) =>
    (
      await requestEcs('CreateService', {
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 0,
        ...fargate,
        ...more,
      })
    ).service
  const describeService = async (include?: string[]) =>
    (await requestEcs('DescribeServices', { services: ['web'], include })).services[0]
  /** Advances the clock second by second until the service matches. */
  const advanceUntil = async (isExpected: (service: Awaited<ReturnType<typeof describeService>>) => boolean) => {
    for (let i = 0; i < 600; i++) {
      const service = await describeService()
      if (isExpected(service)) return service
      clock.advance(1_000)
      await nextTurn()
    }
    throw new Error(`timed out: ${JSON.stringify(await describeService())}`)
  }
  return { clock, requestEcs, registerDefinition, createService, describeService, advanceUntil }
}

const arnOf = (kind: string, id: string) => `arn:aws:ecs:us-east-1:111122223333:${kind}/default/web${id}`
const networkConfiguration = {
  awsvpcConfiguration: { ...awsvpcNetwork.awsvpcConfiguration, securityGroups: [], assignPublicIp: 'DISABLED' },
}

/** A service without tasks, as CreateService returns it. */
function createdService(id: string) {
  return {
    ...expectedService,
    serviceArn: arnOf('service', ''),
    clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/default',
    taskDefinition: 'arn:aws:ecs:us-east-1:111122223333:task-definition/web:1',
    deployments: [
      {
        id,
        status: 'PRIMARY',
        taskDefinition: 'arn:aws:ecs:us-east-1:111122223333:task-definition/web:1',
        desiredCount: 0,
        pendingCount: 0,
        runningCount: 0,
        failedTasks: 0,
        createdAt: startSeconds,
        updatedAt: startSeconds,
        launchType: 'FARGATE',
        platformVersion: '1.4.0',
        platformFamily: 'Linux',
        networkConfiguration,
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: `ECS deployment ${id} in progress.`,
      },
    ],
    events: [],
    createdAt: startSeconds,
    currentServiceRevisions: [
      {
        arn: arnOf('service-revision', `/${id.slice('ecs-svc/'.length)}`),
        requestedTaskCount: 0,
        runningTaskCount: 0,
        pendingTaskCount: 0,
      },
    ],
    networkConfiguration,
  }
}

test('a response has the member tags only if the service was created with tags or they are included', async (t) => {
  const { requestEcs, createService, describeService, advanceUntil } = await openEngine(t)
  const made = await createService({ tags })
  assert.deepEqual(made, { ...createdService(made.deployments[0].id), tags })
  await advanceUntil(({ deployments }) => deployments[0].rolloutState === 'COMPLETED')
  assert.equal('tags' in (await describeService()), false)
  assert.deepEqual((await describeService(['TAGS'])).tags, tags)
  assert.equal(
    'tags' in (await requestEcs('UpdateService', { service: 'web', enableECSManagedTags: true })).service,
    false,
  )
  assert.equal('tags' in (await requestEcs('DeleteService', { service: 'web' })).service, false)
  const plain = (
    await requestEcs('CreateService', { serviceName: 'api', taskDefinition: 'web', desiredCount: 0, ...fargate })
  ).service
  assert.equal('tags' in plain, false)
})

test('a deleted service drains for some time, then stays INACTIVE with its last deployment and without events', async (t) => {
  const { clock, requestEcs, createService, describeService, advanceUntil } = await openEngine(t)
  await createService()
  const before = await advanceUntil(({ deployments }) => deployments[0].rolloutState === 'COMPLETED')
  assert.equal(before.events.length, 2)
  const remove = async () => (await requestEcs('DeleteService', { service: 'web' })).service
  const { currentServiceRevisions, ...rest } = before
  const { maximumPercent, minimumHealthyPercent, strategy } = before.deploymentConfiguration
  const answer = {
    ...rest,
    status: 'DRAINING',
    deploymentConfiguration: {
      maximumPercent,
      minimumHealthyPercent,
      strategy,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
  }
  assert.deepEqual(await remove(), answer)
  assert.deepEqual(await remove(), answer, 'repeated while the service drains')
  assert.deepEqual(await describeService(), { ...before, status: 'DRAINING' })
  assert.equal(
    (await requestEcs('UpdateService', { service: 'web', desiredCount: 1 })).__type,
    'ServiceNotActiveException',
  )
  clock.advance(29_000)
  assert.equal((await describeService()).status, 'DRAINING')
  assert.deepEqual(await advanceUntil(({ status }) => status !== 'DRAINING'), {
    ...before,
    status: 'INACTIVE',
    events: [],
  })
  assert.deepEqual(await requestEcs('DeleteService', { service: 'web' }), {
    status: 400,
    __type: 'ServiceNotFoundException',
  })
  assert.equal((await createService()).status, 'ACTIVE', 'the name is free')
  assert.equal(currentServiceRevisions.length, 1)
})

test('a rollout in progress at the deletion is COMPLETED when the service is INACTIVE', async (t) => {
  const { requestEcs, createService, advanceUntil } = await openEngine(t)
  const { deployments } = await createService({ desiredCount: 1 })
  const { id } = deployments[0]
  await requestEcs('DeleteService', { service: 'web', force: true })
  const {
    status,
    deployments: left,
    currentServiceRevisions: revisions,
  } = await advanceUntil((service) => service.status === 'INACTIVE')
  assert.deepEqual(
    [
      status,
      left.length,
      left[0].id,
      left[0].status,
      left[0].rolloutState,
      left[0].rolloutStateReason,
      left[0].desiredCount,
      revisions.length,
    ],
    ['INACTIVE', 1, id, 'PRIMARY', 'COMPLETED', `ECS deployment ${id} completed.`, 0, 1],
  )
})

test('when a service with two deployments is deleted, the older one drains with its tasks', async (t) => {
  const { requestEcs, registerDefinition, createService, describeService, advanceUntil } = await openEngine(t)
  await createService({ desiredCount: 1 })
  await advanceUntil(({ runningCount }) => runningCount === 1)
  await registerDefinition('web')
  await requestEcs('UpdateService', { service: 'web', taskDefinition: 'web:2' })
  const statesOf = ({ deployments }: Awaited<ReturnType<typeof describeService>>) =>
    deployments.map(({ status, desiredCount }: { status: string; desiredCount: number }) => [status, desiredCount])
  assert.deepEqual(statesOf(await describeService()), [
    ['PRIMARY', 1],
    ['ACTIVE', 1],
  ])
  const draining = [
    ['PRIMARY', 0],
    ['DRAINING', 0],
  ]
  assert.deepEqual(statesOf((await requestEcs('DeleteService', { service: 'web', force: true })).service), draining)
  assert.deepEqual(statesOf(await describeService()), draining)
})

test('a new desired count shows in the service at once, and in its deployment with the next response', async (t) => {
  const { requestEcs, createService, describeService, advanceUntil } = await openEngine(t)
  await createService()
  await advanceUntil(({ deployments }) => deployments[0].rolloutState === 'COMPLETED')
  const counts = ({
    desiredCount,
    deployments,
    currentServiceRevisions,
  }: Awaited<ReturnType<typeof describeService>>) => [
    desiredCount,
    deployments[0].desiredCount,
    currentServiceRevisions[0].requestedTaskCount,
  ]
  assert.deepEqual(counts((await requestEcs('UpdateService', { service: 'web', desiredCount: 2 })).service), [2, 0, 0])
  assert.deepEqual(counts(await describeService()), [2, 2, 2])
})

test('UpdateService gives a revision empty lists that CreateService leaves out, and empty monitoring is omitted', async (t) => {
  const { requestEcs, createService } = await openEngine(t)
  const made = await createService({ monitoring: {} })
  const revision = async (service: typeof made) =>
    (await requestEcs('DescribeServiceRevisions', { serviceRevisionArns: [service.currentServiceRevisions[0].arn] }))
      .serviceRevisions[0]
  const first = {
    serviceRevisionArn: made.currentServiceRevisions[0].arn,
    serviceArn: made.serviceArn,
    clusterArn: made.clusterArn,
    taskDefinition: made.taskDefinition,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration,
    containerImages: [{ containerName: 'app', image: 'nginx' }],
    guardDutyEnabled: false,
    createdAt: startSeconds,
  }
  assert.deepEqual(await revision(made), first)
  const update = async (input: object) => (await requestEcs('UpdateService', { service: 'web', ...input })).service
  const monitoring = { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] }
  const second = await update({ monitoring })
  assert.deepEqual(await revision(second), {
    ...first,
    serviceRevisionArn: second.currentServiceRevisions[0].arn,
    loadBalancers: [],
    serviceRegistries: [],
    monitoring,
  })
  assert.equal(
    (await update({ monitoring })).deployments[0].id,
    second.deployments[0].id,
    'the same monitoring starts no deployment',
  )
})

test('errors about services have ECS’s messages', async (t) => {
  const { requestEcs, createService } = await openEngine(t)
  await createService({ clientToken: 'token' })
  const errorResponse = (__type: string, message?: string) => ({ status: 400, __type, ...(message && { message }) })
  const invalid = (message: string) => errorResponse('InvalidParameterException', message)
  const nowhere = errorResponse('ClusterNotFoundException', 'Cluster not found.')
  const missing = errorResponse('ServiceNotFoundException', 'Service not found.')
  const input = { serviceName: 'web', taskDefinition: 'web', desiredCount: 0, ...fargate }
  const rows: [action: string, input: object, answer: object][] = [
    ['CreateService', { ...input, cluster: 'nope' }, nowhere],
    ['UpdateService', { cluster: 'nope', service: 'web' }, nowhere],
    ['DeleteService', { cluster: 'nope', service: 'web' }, nowhere],
    ['DescribeServices', { cluster: 'nope', services: ['web'] }, nowhere],
    ['ListServices', { cluster: 'nope' }, nowhere],
    ['UpdateService', { service: 'nope', desiredCount: 1 }, missing],
    ['DeleteService', { service: 'nope' }, errorResponse('ServiceNotFoundException')],
    ['CreateService', { ...input, desiredCount: undefined }, invalid('DesiredCount is missing')],
    ['CreateService', { ...input, desiredCount: -1 }, invalid('DesiredCount can not be lesser than 0')],
    ['UpdateService', { service: 'web', desiredCount: -1 }, invalid('Task count can not be lesser than 0')],
    [
      'CreateService',
      { ...input, clientToken: 'token', desiredCount: 1 },
      invalid('Creation of service was not idempotent.'),
    ],
    ['CreateService', { ...input, clientToken: 'x'.repeat(37) }, invalid('idempotency token longer than 36.')],
    [
      'CreateService',
      { ...input, serviceName: 'api', taskDefinition: 'nope' },
      errorResponse('ClientException', 'TaskDefinition not found.'),
    ],
    [
      'DescribeServices',
      { services: ['nope', arnOf('service', '').replace('web', 'nor')] },
      {
        services: [],
        failures: ['nope', 'nor'].map((name) => ({
          arn: arnOf('service', '').replace('web', name),
          reason: 'MISSING',
        })),
      },
    ],
  ]
  for (const [action, request, answer] of rows)
    assert.deepEqual(await requestEcs(action, request), answer, `${action} ${JSON.stringify(request)}`)
})

test('scaling emits a steady state without a completed deployment; a new service with the name has no old revisions', async (t) => {
  const { requestEcs, createService, advanceUntil, describeService } = await openEngine(t)
  const made = await createService()
  const [{ id }] = made.deployments
  const messages = ({ events }: typeof made) => events.map(({ message }: { message: string }) => message).toReversed()
  const steady = '(service web) has reached a steady state.'
  await advanceUntil((service) => messages(service).length === 2)
  assert.deepEqual(messages(await describeService()), [
    `(service web) (deployment ${id}) deployment completed.`,
    steady,
  ])
  await requestEcs('UpdateService', { service: 'web', desiredCount: 1 })
  await advanceUntil((service) => messages(service).length === 4)
  await requestEcs('UpdateService', { service: 'web', desiredCount: 0 })
  const scaled = messages(await advanceUntil((service) => messages(service).length === 6))
  const [, , started, , stopped] = scaled
  assert.match(started, /^\(service web\) has started 1 tasks: \(task [0-9a-f]{32}\)\.$/)
  assert.match(stopped, /^\(service web\) has stopped 1 running tasks: \(task [0-9a-f]{32}\)\.$/)
  assert.deepEqual([scaled[3], scaled[5]], [steady, steady])

  const revision = made.currentServiceRevisions[0].arn
  await requestEcs('DeleteService', { service: 'web' })
  await advanceUntil(({ status }) => status === 'INACTIVE')
  await createService()
  const missing = { arn: revision, reason: 'MISSING' }
  assert.deepEqual(await requestEcs('DescribeServiceRevisions', { serviceRevisionArns: [revision, revision] }), {
    serviceRevisions: [],
    failures: [missing, missing],
  })
})
