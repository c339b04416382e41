/**
 * Responses about clusters and capacity providers, as recorded from ECS: the members that a response has or
 * lacks, and ECS's defaults.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createDataFolder } from '../../testing/data-folder.ts'
import { awsvpcNetwork } from '../../testing/ecs-steps.ts'
import { expectedCluster } from '../../testing/expected-answers.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { rawEcsRequests } from '../../testing/raw-ecs-requests.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

type Test = Parameters<typeof openTestEngine>[0]

async function openEngine(t: Test) {
  const clock = createManualClock()
  const { aws } = await openTestEngine(t, { clock, pace: 'real' })
  return { clock, requestEcs: rawEcsRequests(aws) }
}

const tags = [{ key: 'team', value: 'a' }]
const configuration = { executeCommandConfiguration: { logging: 'NONE' } }
const settings = [{ name: 'containerInsights', value: 'disabled' }]
const plainCluster = { ...expectedCluster, tags: [], settings: [] }
const statistics = [
  'runningEC2TasksCount',
  'runningFargateTasksCount',
  'pendingEC2TasksCount',
  'pendingFargateTasksCount',
  'runningExternalTasksCount',
  'pendingExternalTasksCount',
  'runningManagedInstancesTasksCount',
  'pendingManagedInstancesTasksCount',
  'activeEC2ServiceCount',
  'activeFargateServiceCount',
  'drainingEC2ServiceCount',
  'drainingFargateServiceCount',
  'activeExternalServiceCount',
  'drainingExternalServiceCount',
  'activeManagedInstancesServiceCount',
  'drainingManagedInstancesServiceCount',
].map((name) => ({ name, value: '0' }))

test('each response about a cluster has the same members as ECS’s', async (t) => {
  const { requestEcs } = await openEngine(t)
  const cluster = { cluster: 'prod' }
  const describe = async (include?: string[]) =>
    (await requestEcs('DescribeClusters', { clusters: ['prod'], include })).clusters
  const changed = { ...plainCluster, settings, configuration, attachments: [] }
  const rows: [action: string, input: object, answer: object][] = [
    ['CreateCluster', { clusterName: 'prod', tags }, { cluster: { ...plainCluster, tags, settings }, clusterCount: 1 }],
    ['CreateCluster', { clusterName: 'prod' }, { cluster: { ...plainCluster, tags, settings }, clusterCount: 1 }],
    ['UpdateCluster', { ...cluster, configuration }, { cluster: changed }],
    ['UpdateClusterSettings', { ...cluster, settings }, { cluster: changed }],
    [
      'PutClusterCapacityProviders',
      { ...cluster, capacityProviders: [], defaultCapacityProviderStrategy: [] },
      { cluster: changed },
    ],
  ]
  for (const [action, input, answer] of rows) assert.deepEqual(await requestEcs(action, input), answer, action)
  assert.deepEqual(await describe(), [plainCluster])
  assert.deepEqual(await describe(['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'STATISTICS']), [
    { ...plainCluster, tags, settings, configuration, statistics },
  ])
  assert.deepEqual((await requestEcs('DescribeClusters', { clusters: ['prod', 'prod', 'nope'] })).clusters.length, 1)
  // Another cluster of the Region does not change the count.
  assert.equal((await requestEcs('CreateCluster', { clusterName: 'other' })).clusterCount, 1)
  const deleted = { cluster: { ...plainCluster, status: 'INACTIVE', settings, configuration }, clusterCount: 0 }
  assert.deepEqual(await requestEcs('DeleteCluster', cluster), deleted)
  assert.deepEqual(await requestEcs('DeleteCluster', cluster), deleted)
})

test('the statistics of a cluster count services on EC2 and on Fargate apart', async (t) => {
  const { requestEcs } = await openEngine(t)
  await requestEcs('CreateCluster', {})
  await requestEcs('RegisterTaskDefinition', {
    family: 'web',
    ...{ networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' },
    containerDefinitions: [{ name: 'app', image: 'nginx' }],
  })
  const create = (serviceName: string, launchType: string) =>
    requestEcs('CreateService', {
      ...{ serviceName, launchType, taskDefinition: 'web', desiredCount: 0, networkConfiguration: awsvpcNetwork },
    })
  await create('fargate', 'FARGATE')
  await create('ec2', 'EC2')
  await create('deleted-fargate', 'FARGATE')
  await create('deleted-ec2', 'EC2')
  await create('another-deleted-ec2', 'EC2')
  for (const service of ['deleted-fargate', 'deleted-ec2', 'another-deleted-ec2'])
    await requestEcs('DeleteService', { service, force: true })
  const [cluster] = (await requestEcs('DescribeClusters', { clusters: ['default'], include: ['STATISTICS'] })).clusters
  assert.deepEqual(
    cluster.statistics.filter(({ value }: { value: string }) => value !== '0'),
    [
      { name: 'activeEC2ServiceCount', value: '1' },
      { name: 'activeFargateServiceCount', value: '1' },
      { name: 'drainingEC2ServiceCount', value: '2' },
      { name: 'drainingFargateServiceCount', value: '1' },
    ],
  )
})

test('an unknown include is rejected for an existing cluster and ignored for a missing one', async (t) => {
  const { requestEcs } = await openEngine(t)
  await requestEcs('CreateCluster', { clusterName: 'prod' })
  const describe = (cluster: string) => requestEcs('DescribeClusters', { clusters: [cluster], include: ['BOGUS'] })
  assert.deepEqual(await describe('prod'), {
    status: 400,
    __type: 'InvalidParameterException',
    message: 'include should be one of [ATTACHMENTS,CONFIGURATIONS,SETTINGS,STATISTICS,TAGS]',
  })
  assert.deepEqual(await describe('nope'), {
    clusters: [],
    failures: [{ arn: 'arn:aws:ecs:us-east-1:111122223333:cluster/nope', reason: 'MISSING' }],
  })
})

test('a cluster with a default namespace is PROVISIONING until the attachment is done; a later namespace is attached at once', async (t) => {
  const { clock, requestEcs } = await openEngine(t)
  const input = { clusterName: 'prod', serviceConnectDefaults: { namespace: 'inner' } }
  const { cluster } = await requestEcs('CreateCluster', input)
  const { attachments, serviceConnectDefaults, ...rest } = cluster
  assert.deepEqual(rest, { ...plainCluster, settings, status: 'PROVISIONING', attachmentsStatus: 'UPDATE_IN_PROGRESS' })
  assert.match(
    serviceConnectDefaults.namespace,
    /^arn:aws:servicediscovery:us-east-1:111122223333:namespace\/ns-[0-9a-z]{16}$/,
  )
  const [{ id }] = attachments
  assert.deepEqual(attachments, [{ id, type: 'sc', status: 'ATTACHING', details: [] }])
  assert.deepEqual(
    (await requestEcs('CreateCluster', input)).cluster,
    cluster,
    'an identical request returns the same cluster',
  )
  assert.equal((await requestEcs('UpdateCluster', { cluster: 'prod', settings })).message, 'Cluster was not ACTIVE.')

  clock.advance(30_000)
  const describe = async () =>
    (await requestEcs('DescribeClusters', { clusters: ['prod'], include: ['ATTACHMENTS'] })).clusters[0]
  const attached = {
    ...plainCluster,
    serviceConnectDefaults,
    attachments: [{ id, type: 'sc', status: 'ATTACHED', details: [] }],
  }
  assert.deepEqual(await describe(), { ...attached, attachmentsStatus: 'UPDATE_COMPLETE' })
  const update = async (namespace: string) =>
    (await requestEcs('UpdateCluster', { cluster: 'prod', serviceConnectDefaults: { namespace } })).cluster as {
      status: string
      attachments: { status: string }[]
    }
  const other = await update('other')
  assert.deepEqual([other.status, other.attachments.map(({ status }) => status)], ['ACTIVE', ['DELETED', 'ATTACHED']])
  const none = await update('')
  assert.deepEqual(
    [none.attachments.map(({ status }) => status), 'serviceConnectDefaults' in none],
    [['DELETED', 'DELETED'], false],
  )
})

test('draining services do not prevent the deletion of a cluster, running tasks do', async (t) => {
  const { clock, requestEcs } = await openEngine(t)
  await requestEcs('CreateCluster', {})
  const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
  await requestEcs('RegisterTaskDefinition', {
    family: 'web',
    ...size,
    containerDefinitions: [{ name: 'app', image: 'nginx' }],
  })
  const fargate = { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }
  await requestEcs('CreateService', { serviceName: 'web', desiredCount: 1, ...fargate })
  const remove = () => requestEcs('DeleteCluster', { cluster: 'default' })
  assert.equal((await remove()).__type, 'ClusterContainsServicesException')
  /** Advances the clock until the service has a task in that status. */
  const until = async (status: string, desiredStatus: string) => {
    for (let i = 0; i < 300; i++) {
      const { taskArns } = await requestEcs('ListTasks', { serviceName: 'web', desiredStatus })
      if (
        taskArns.length > 0 &&
        (await requestEcs('DescribeTasks', { tasks: taskArns })).tasks[0].lastStatus === status
      )
        return
      clock.advance(1_000)
      await nextTurn()
    }
    assert.fail(`no task reached ${status}`)
  }
  await until('RUNNING', 'RUNNING')
  assert.equal((await requestEcs('DeleteService', { service: 'web', force: true })).service.status, 'DRAINING')
  const rejected = await remove()
  assert.deepEqual(
    [rejected.__type, rejected.message],
    ['ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.'],
  )
  await until('STOPPED', 'STOPPED')
  assert.equal((await requestEcs('DescribeServices', { services: ['web'] })).services[0].status, 'DRAINING')
  assert.equal((await remove()).cluster.status, 'INACTIVE')
})

test('an Auto Scaling capacity provider has ECS’s defaults, and is removed some time after DeleteCapacityProvider', async (t) => {
  const { clock, requestEcs } = await openEngine(t)
  const autoScalingGroupArn = 'arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:autoScalingGroupName/asg'
  const create = async (given: object) =>
    (
      await requestEcs('CreateCapacityProvider', {
        name: 'spot-group',
        tags,
        autoScalingGroupProvider: { autoScalingGroupArn, ...given },
      })
    ).capacityProvider
  const provider = await create({ managedScaling: { status: 'ENABLED', targetCapacity: 50 } })
  const managedScaling = {
    status: 'ENABLED',
    targetCapacity: 50,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
  }
  const autoScalingGroupProvider = {
    autoScalingGroupArn,
    managedTerminationProtection: 'DISABLED',
    managedDraining: 'ENABLED',
    managedScaling,
  }
  assert.deepEqual(provider.autoScalingGroupProvider, autoScalingGroupProvider)
  const deleting = (await requestEcs('DeleteCapacityProvider', { capacityProvider: 'spot-group' })).capacityProvider
  assert.deepEqual(deleting, { ...provider, tags: [], updateStatus: 'DELETE_IN_PROGRESS' })
  const described = async () =>
    (await requestEcs('DescribeCapacityProviders', { capacityProviders: ['spot-group'] })).capacityProviders[0]
  assert.equal((await described()).status, 'ACTIVE')
  clock.advance(30_000)
  assert.deepEqual(await described(), { ...deleting, status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' })
  assert.equal((await requestEcs('DescribeCapacityProviders')).capacityProviders.length, 2)
  assert.equal(
    (await requestEcs('CreateCluster', { capacityProviders: ['spot-group'] })).__type,
    'InvalidParameterException',
  )
  assert.deepEqual((await create({})).autoScalingGroupProvider.managedScaling, {
    ...managedScaling,
    status: 'DISABLED',
    targetCapacity: 100,
  })
})

test('work that was pending when the engine stopped is completed by the next engine', async (t) => {
  const options = { data: createDataFolder(t), clock: createManualClock(), pace: 'real' } as const
  const first = await openTestEngine(t, options, { isClosedByTest: true })
  const before = rawEcsRequests(first.aws)
  await before('CreateCluster', { clusterName: 'prod', serviceConnectDefaults: { namespace: 'inner' } })
  const autoScalingGroupArn = 'arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:autoScalingGroupName/asg'
  await before('CreateCapacityProvider', { name: 'spot-group', autoScalingGroupProvider: { autoScalingGroupArn } })
  await before('DeleteCapacityProvider', { capacityProvider: 'spot-group' })
  await first.aws.close()
  const requestEcs = rawEcsRequests((await openTestEngine(t, options)).aws)
  const { status, attachmentsStatus } = (
    await requestEcs('DescribeClusters', { clusters: ['prod'], include: ['ATTACHMENTS'] })
  ).clusters[0]
  assert.deepEqual([status, attachmentsStatus], ['ACTIVE', 'UPDATE_COMPLETE'])
  assert.equal(
    (await requestEcs('DescribeCapacityProviders', { capacityProviders: ['spot-group'] })).capacityProviders[0].status,
    'INACTIVE',
  )
})
