/**
 * Responses about clusters and capacity providers, as recorded from ECS: the present members, the absent ones, and
 * ECS's defaults.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { dataFolder } from '../../testing/data-folder.ts'
import { newCluster } from '../../testing/expected-answers.ts'
import { manualClock } from '../../testing/manual-clock.ts'
import { openedAws } from '../../testing/opened-aws.ts'
import { awsvpcNetwork } from '../../testing/services.ts'
import { wireOf } from '../../testing/wire.ts'

type Test = Parameters<typeof openedAws>[0]

async function openEngine(t: Test) {
  const clock = manualClock()
  const { aws } = await openedAws(t, { clock, pace: 'real' })
  return { clock, ecs: wireOf(aws) }
}

const tags = [{ key: 'team', value: 'a' }]
const configuration = { executeCommandConfiguration: { logging: 'NONE' } }
const settings = [{ name: 'containerInsights', value: 'disabled' }]
const plain = { ...newCluster, tags: [], settings: [] }
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
  const { ecs } = await openEngine(t)
  const cluster = { cluster: 'prod' }
  const describe = async (include?: string[]) =>
    (await ecs('DescribeClusters', { clusters: ['prod'], include })).clusters
  const changed = { ...plain, settings, configuration, attachments: [] }
  const rows: [action: string, input: object, answer: object][] = [
    ['CreateCluster', { clusterName: 'prod', tags }, { cluster: { ...plain, tags, settings }, clusterCount: 1 }],
    ['CreateCluster', { clusterName: 'prod' }, { cluster: { ...plain, tags, settings }, clusterCount: 1 }],
    ['UpdateCluster', { ...cluster, configuration }, { cluster: changed }],
    ['UpdateClusterSettings', { ...cluster, settings }, { cluster: changed }],
    [
      'PutClusterCapacityProviders',
      { ...cluster, capacityProviders: [], defaultCapacityProviderStrategy: [] },
      { cluster: changed },
    ],
  ]
  for (const [action, input, answer] of rows) assert.deepEqual(await ecs(action, input), answer, action)
  assert.deepEqual(await describe(), [plain])
  assert.deepEqual(await describe(['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'STATISTICS']), [
    { ...plain, tags, settings, configuration, statistics },
  ])
  assert.deepEqual((await ecs('DescribeClusters', { clusters: ['prod', 'prod', 'nope'] })).clusters.length, 1)
  // Another cluster of the Region does not change the count.
  assert.equal((await ecs('CreateCluster', { clusterName: 'other' })).clusterCount, 1)
  const deleted = { cluster: { ...plain, status: 'INACTIVE', settings, configuration }, clusterCount: 0 }
  assert.deepEqual(await ecs('DeleteCluster', cluster), deleted)
  assert.deepEqual(await ecs('DeleteCluster', cluster), deleted)
})

test('the statistics of a cluster count services on EC2 and on Fargate apart', async (t) => {
  const { ecs } = await openEngine(t)
  await ecs('CreateCluster', {})
  await ecs('RegisterTaskDefinition', {
    family: 'web',
    ...{ networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' },
    containerDefinitions: [{ name: 'app', image: 'nginx' }],
  })
  const create = (serviceName: string, launchType: string) =>
    ecs('CreateService', {
      ...{ serviceName, launchType, taskDefinition: 'web', desiredCount: 0, networkConfiguration: awsvpcNetwork },
    })
  await create('fargate', 'FARGATE')
  await create('ec2', 'EC2')
  await create('deleted-fargate', 'FARGATE')
  await create('deleted-ec2', 'EC2')
  await create('another-deleted-ec2', 'EC2')
  for (const service of ['deleted-fargate', 'deleted-ec2', 'another-deleted-ec2'])
    await ecs('DeleteService', { service, force: true })
  const [cluster] = (await ecs('DescribeClusters', { clusters: ['default'], include: ['STATISTICS'] })).clusters
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
  const { ecs } = await openEngine(t)
  await ecs('CreateCluster', { clusterName: 'prod' })
  const describe = (cluster: string) => ecs('DescribeClusters', { clusters: [cluster], include: ['BOGUS'] })
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
  const { clock, ecs } = await openEngine(t)
  const input = { clusterName: 'prod', serviceConnectDefaults: { namespace: 'inner' } }
  const { cluster } = await ecs('CreateCluster', input)
  const { attachments, serviceConnectDefaults, ...rest } = cluster
  assert.deepEqual(rest, { ...plain, settings, status: 'PROVISIONING', attachmentsStatus: 'UPDATE_IN_PROGRESS' })
  assert.match(
    serviceConnectDefaults.namespace,
    /^arn:aws:servicediscovery:us-east-1:111122223333:namespace\/ns-[0-9a-z]{16}$/,
  )
  const [{ id }] = attachments
  assert.deepEqual(attachments, [{ id, type: 'sc', status: 'ATTACHING', details: [] }])
  assert.deepEqual(
    (await ecs('CreateCluster', input)).cluster,
    cluster,
    'an identical request returns the same cluster',
  )
  assert.equal((await ecs('UpdateCluster', { cluster: 'prod', settings })).message, 'Cluster was not ACTIVE.')

  clock.advance(30_000)
  const describe = async () =>
    (await ecs('DescribeClusters', { clusters: ['prod'], include: ['ATTACHMENTS'] })).clusters[0]
  const attached = {
    ...plain,
    serviceConnectDefaults,
    attachments: [{ id, type: 'sc', status: 'ATTACHED', details: [] }],
  }
  assert.deepEqual(await describe(), { ...attached, attachmentsStatus: 'UPDATE_COMPLETE' })
  const update = async (namespace: string) =>
    (await ecs('UpdateCluster', { cluster: 'prod', serviceConnectDefaults: { namespace } })).cluster as {
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
  const { clock, ecs } = await openEngine(t)
  await ecs('CreateCluster', {})
  const size = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' }
  await ecs('RegisterTaskDefinition', {
    family: 'web',
    ...size,
    containerDefinitions: [{ name: 'app', image: 'nginx' }],
  })
  const fargate = { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }
  await ecs('CreateService', { serviceName: 'web', desiredCount: 1, ...fargate })
  const remove = () => ecs('DeleteCluster', { cluster: 'default' })
  assert.equal((await remove()).__type, 'ClusterContainsServicesException')
  /** Advances the clock until the service has a task in that status. */
  const until = async (status: string, desiredStatus: string) => {
    for (let i = 0; i < 300; i++) {
      const { taskArns } = await ecs('ListTasks', { serviceName: 'web', desiredStatus })
      if (taskArns.length > 0 && (await ecs('DescribeTasks', { tasks: taskArns })).tasks[0].lastStatus === status)
        return
      clock.advance(1_000)
      await turn()
    }
    assert.fail(`no task reached ${status}`)
  }
  await until('RUNNING', 'RUNNING')
  assert.equal((await ecs('DeleteService', { service: 'web', force: true })).service.status, 'DRAINING')
  const rejected = await remove()
  assert.deepEqual(
    [rejected.__type, rejected.message],
    ['ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.'],
  )
  await until('STOPPED', 'STOPPED')
  assert.equal((await ecs('DescribeServices', { services: ['web'] })).services[0].status, 'DRAINING')
  assert.equal((await remove()).cluster.status, 'INACTIVE')
})

test('an Auto Scaling capacity provider has ECS’s defaults, and is removed some time after DeleteCapacityProvider', async (t) => {
  const { clock, ecs } = await openEngine(t)
  const autoScalingGroupArn = 'arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:autoScalingGroupName/asg'
  const create = async (given: object) =>
    (
      await ecs('CreateCapacityProvider', {
        name: 'own',
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
  const deleting = (await ecs('DeleteCapacityProvider', { capacityProvider: 'own' })).capacityProvider
  assert.deepEqual(deleting, { ...provider, tags: [], updateStatus: 'DELETE_IN_PROGRESS' })
  const described = async () =>
    (await ecs('DescribeCapacityProviders', { capacityProviders: ['own'] })).capacityProviders[0]
  assert.equal((await described()).status, 'ACTIVE')
  clock.advance(30_000)
  assert.deepEqual(await described(), { ...deleting, status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' })
  assert.equal((await ecs('DescribeCapacityProviders')).capacityProviders.length, 2)
  assert.equal((await ecs('CreateCluster', { capacityProviders: ['own'] })).__type, 'InvalidParameterException')
  assert.deepEqual((await create({})).autoScalingGroupProvider.managedScaling, {
    ...managedScaling,
    status: 'DISABLED',
    targetCapacity: 100,
  })
})

test('work that was pending when the engine stopped is completed by the next engine', async (t) => {
  const options = { data: dataFolder(t), clock: manualClock(), pace: 'real' } as const
  const first = await openedAws(t, options, { closesItself: true })
  const before = wireOf(first.aws)
  await before('CreateCluster', { clusterName: 'prod', serviceConnectDefaults: { namespace: 'inner' } })
  const autoScalingGroupArn = 'arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:autoScalingGroupName/asg'
  await before('CreateCapacityProvider', { name: 'own', autoScalingGroupProvider: { autoScalingGroupArn } })
  await before('DeleteCapacityProvider', { capacityProvider: 'own' })
  await first.aws.close()
  const ecs = wireOf((await openedAws(t, options)).aws)
  const { status, attachmentsStatus } = (
    await ecs('DescribeClusters', { clusters: ['prod'], include: ['ATTACHMENTS'] })
  ).clusters[0]
  assert.deepEqual([status, attachmentsStatus], ['ACTIVE', 'UPDATE_COMPLETE'])
  assert.equal(
    (await ecs('DescribeCapacityProviders', { capacityProviders: ['own'] })).capacityProviders[0].status,
    'INACTIVE',
  )
})
