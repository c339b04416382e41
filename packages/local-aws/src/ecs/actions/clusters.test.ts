import assert from 'node:assert/strict'
import {
  type ClusterField,
  CreateClusterCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeClustersCommand,
  ListClustersCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateClusterCommand,
  UpdateClusterSettingsCommand,
} from '@aws-sdk/client-ecs'
import { awsvpcNetwork, ecsSteps } from '../../testing/ecs-steps.ts'
import { expectedCluster } from '../../testing/expected-answers.ts'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { accountNumber, region } from '../../testing/test-engine.ts'

const clusterArnOf = (name: string) => `arn:aws:ecs:${region}:${accountNumber}:cluster/${name}`
const allParts: ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']

testInProcessAndOverTcp(
  'a cluster is created with ECS’s defaults, and describe returns the included parts',
  async (open) => {
    const { ecs } = await open()
    const tags = [{ key: 'team', value: 'a' }]
    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'prod', tags }))
    const settings = [{ name: 'containerInsights', value: 'disabled' }]
    assert.deepEqual(cluster, { ...expectedCluster, tags, settings })
    const plain = await ecs.send(new DescribeClustersCommand({ clusters: ['prod'] }))
    assert.deepEqual(plain.clusters, [{ ...cluster, tags: [], settings: [] }])
    const { clusters: [whole] = [] } = await ecs.send(
      new DescribeClustersCommand({ clusters: [clusterArnOf('prod')], include: allParts }),
    )
    assert.deepEqual(whole?.tags, tags)
    assert.equal(whole?.statistics?.find(({ name }) => name === 'runningFargateTasksCount')?.value, '0')
  },
)

testInProcessAndOverTcp(
  'repeating CreateCluster returns the same cluster, and other arguments are rejected',
  async (open) => {
    const { ecs } = await open()
    const given = {
      clusterName: 'prod',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      settings: [{ name: 'containerInsights' as const, value: 'enabled' }],
    }
    const first = await ecs.send(new CreateClusterCommand(given))
    assert.deepEqual((await ecs.send(new CreateClusterCommand(given))).cluster, first.cluster)
    assert.deepEqual((await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))).cluster, first.cluster)
    await assert.rejects(ecs.send(new CreateClusterCommand({ ...given, tags: [{ key: 'a', value: 'b' }] })), {
      name: 'InvalidParameterException',
      message: 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    })
  },
)

testInProcessAndOverTcp(
  'a missing cluster is a failure with its full ARN, and a request without a name means the default cluster',
  async (open) => {
    const { ecs } = await open()
    const { clusters, failures } = await ecs.send(new DescribeClustersCommand({ clusters: ['nope'] }))
    assert.deepEqual(clusters, [])
    assert.deepEqual(failures, [{ arn: clusterArnOf('nope'), reason: 'MISSING' }])
    const elsewhere = 'arn:aws:ecs:eu-west-1:999999999999:cluster/default'
    assert.deepEqual((await ecs.send(new DescribeClustersCommand({ clusters: [elsewhere] }))).failures, [
      { arn: elsewhere, reason: 'MISSING' },
    ])
    await ecs.send(new CreateClusterCommand({}))
    const { clusters: [cluster] = [] } = await ecs.send(new DescribeClustersCommand({}))
    assert.equal(cluster?.clusterName, 'default')
  },
)

testInProcessAndOverTcp('invalid requests are rejected with ECS’s messages', async (open) => {
  const { ecs } = await open()
  await assert.rejects(ecs.send(new CreateClusterCommand({ clusterName: 'a b' })), {
    message: 'ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$',
  })
  await assert.rejects(ecs.send(new DeleteClusterCommand({ cluster: 'nope' })), {
    name: 'ClusterNotFoundException',
    message: 'Cluster not found.',
  })
  await assert.rejects(ecs.send(new DeleteClusterCommand({ cluster: 'a/b' })), {
    name: 'InvalidParameterException',
    message: 'Invalid identifier: Unexpected number of separators',
  })
  await assert.rejects(ecs.send(new CreateClusterCommand({ capacityProviders: ['nope'] })), {
    name: 'InvalidParameterException',
  })
  await assert.rejects(ecs.send(new CreateClusterCommand({ tags: [{ key: 'aws:x', value: '' }] })), {
    name: 'InvalidParameterException',
  })
  await assert.rejects(ecs.send(new ListClustersCommand({ nextToken: '###' })), { name: 'InvalidParameterException' })
})

testInProcessAndOverTcp('250 clusters are listed once each, in pages of a hundred', async (open) => {
  const { ecs } = await open()
  const names = Array.from({ length: 250 }, (_, i) => `c${i}`)
  await Promise.all(names.map((clusterName) => ecs.send(new CreateClusterCommand({ clusterName }))))
  const pages: number[] = []
  const found: string[] = []
  let nextToken: string | undefined
  do {
    const page = await ecs.send(new ListClustersCommand({ nextToken }))
    pages.push(page.clusterArns!.length)
    found.push(...page.clusterArns!)
    nextToken = page.nextToken
  } while (nextToken)
  assert.deepEqual(pages, [100, 100, 50])
  assert.deepEqual(found.toSorted(), names.map(clusterArnOf).toSorted())
})

testInProcessAndOverTcp('settings, configuration and capacity providers change independently', async (open) => {
  const { ecs } = await open()
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
  const settings = [{ name: 'containerInsights' as const, value: 'enhanced' }]
  assert.deepEqual(
    (await ecs.send(new UpdateClusterSettingsCommand({ cluster: 'prod', settings }))).cluster?.settings,
    settings,
  )
  const configuration = { executeCommandConfiguration: { logging: 'NONE' as const } }
  await ecs.send(
    new UpdateClusterCommand({ cluster: 'prod', configuration, serviceConnectDefaults: { namespace: 'ns' } }),
  )
  const { cluster } = await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'prod',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }],
    }),
  )
  assert.deepEqual(cluster?.defaultCapacityProviderStrategy, [{ capacityProvider: 'FARGATE_SPOT', weight: 2, base: 0 }])
  assert.deepEqual(cluster?.settings, settings)
  assert.deepEqual(cluster?.configuration, configuration)
  assert.match(cluster?.serviceConnectDefaults?.namespace ?? '', /:namespace\/ns-[0-9a-z]{16}$/)
  const without = await ecs.send(
    new UpdateClusterCommand({ cluster: 'prod', serviceConnectDefaults: { namespace: '' } }),
  )
  assert.equal(without.cluster?.serviceConnectDefaults, undefined)
  await assert.rejects(
    ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'prod',
        capacityProviders: [],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      }),
    ),
    /that is not associated with the cluster/,
  )
})

testInProcessAndOverTcp(
  'a deleted cluster is INACTIVE: described for an hour, not listed, not changeable, and its name is free',
  async (open) => {
    const clock = createManualClock()
    const { ecs } = await open({ clock })
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod', tags: [{ key: 'a', value: 'b' }] }))
    assert.equal((await ecs.send(new DeleteClusterCommand({ cluster: 'prod' }))).cluster?.status, 'INACTIVE')
    assert.equal(
      (await ecs.send(new DescribeClustersCommand({ clusters: ['prod'] }))).clusters?.[0]?.status,
      'INACTIVE',
    )
    assert.deepEqual((await ecs.send(new ListClustersCommand({}))).clusterArns, [])
    await assert.rejects(ecs.send(new UpdateClusterCommand({ cluster: 'prod' })), {
      name: 'ClientException',
      message: 'Cluster was not ACTIVE.',
    })

    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
    assert.equal(cluster?.status, 'ACTIVE')
    assert.deepEqual(cluster?.tags, [])
    await ecs.send(new DeleteClusterCommand({ cluster: 'prod' }))
    clock.advance(3_600_001)
    await ecs.send(new CreateClusterCommand({ clusterName: 'other' }))
    assert.equal((await ecs.send(new DescribeClustersCommand({ clusters: ['prod'] }))).failures?.[0]?.reason, 'MISSING')
  },
)

testInProcessAndOverTcp(
  'with a consistency delay, describe and list lag, and responses of writes do not',
  async (open) => {
    const clock = createManualClock()
    const { ecs } = await open({ clock, consistencyDelayMs: 3000 })
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
    const statusNow = async () =>
      (await ecs.send(new DescribeClustersCommand({ clusters: ['prod'] }))).clusters?.[0]?.status
    assert.equal(await statusNow(), undefined)
    assert.deepEqual((await ecs.send(new ListClustersCommand({}))).clusterArns, [])
    clock.advance(3000)
    assert.equal(await statusNow(), 'ACTIVE')
    assert.deepEqual((await ecs.send(new ListClustersCommand({}))).clusterArns, [clusterArnOf('prod')])
    clock.advance(1)
    const settings = [{ name: 'containerInsights' as const, value: 'enabled' }]
    const { cluster } = await ecs.send(new UpdateClusterSettingsCommand({ cluster: 'prod', settings }))
    assert.deepEqual(cluster?.settings, settings)
    assert.equal((await ecs.send(new DeleteClusterCommand({ cluster: 'prod' }))).cluster?.status, 'INACTIVE')
    assert.equal(await statusNow(), 'ACTIVE')
    clock.advance(3000)
    assert.equal(await statusNow(), 'INACTIVE')
  },
)

testInProcessAndOverTcp(
  'a cluster counts its tasks and services, and cannot be deleted while it has any',
  async (open) => {
    const { ecs } = await open({ pace: 'instant' })
    const { createService, registerDefinition, waitUntilStable, waitForTask, pollUntil } = await ecsSteps(ecs)
    await registerDefinition('web')
    await createService({ desiredCount: 2 })
    await waitUntilStable()
    const counts = async () => (await ecs.send(new DescribeClustersCommand({ include: ['STATISTICS'] }))).clusters?.[0]
    const { runningTasksCount, activeServicesCount, statistics } = (await counts()) ?? {}
    assert.deepEqual([runningTasksCount, activeServicesCount], [2, 1])
    const statistic = (name: string) => statistics?.find((each) => each.name === name)?.value
    assert.deepEqual([statistic('runningFargateTasksCount'), statistic('activeFargateServiceCount')], ['2', '1'])

    const remove = () => ecs.send(new DeleteClusterCommand({ cluster: 'default' }))
    await assert.rejects(remove(), {
      name: 'ClusterContainsServicesException',
      message: 'The Cluster cannot be deleted while Services are active.',
    })
    await ecs.send(new DeleteServiceCommand({ service: 'web', force: true }))
    await pollUntil(counts, (seen) => seen?.statistics?.every(({ value }) => value === '0') ?? false)
    const run = { taskDefinition: 'web', launchType: 'FARGATE' as const, networkConfiguration: awsvpcNetwork }
    const { tasks } = await ecs.send(new RunTaskCommand(run))
    await assert.rejects(remove(), {
      name: 'ClusterContainsTasksException',
      message: 'The Cluster cannot be deleted while Tasks are active.',
    })
    await ecs.send(new StopTaskCommand({ task: tasks?.[0]?.taskArn }))
    await waitForTask(tasks?.[0]?.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.equal((await remove()).cluster?.status, 'INACTIVE')
  },
)
