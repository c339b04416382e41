import assert from 'node:assert/strict'
import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  DeleteCapacityProviderCommand,
  DeleteClusterCommand,
  DescribeCapacityProvidersCommand,
  UpdateCapacityProviderCommand,
} from '@aws-sdk/client-ecs'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import { createManualClock } from '../../testing/manual-clock.ts'
import { accountNumber, region } from '../../testing/test-engine.ts'

const providerArnOf = (name: string) => `arn:aws:ecs:${region}:${accountNumber}:capacity-provider/${name}`
const autoScalingGroupProvider = {
  autoScalingGroupArn: 'arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:autoScalingGroupName/asg',
}

testInProcessAndOverTcp('every account has FARGATE and FARGATE_SPOT', async (open) => {
  const { ecs } = await open()
  const { capacityProviders } = await ecs.send(new DescribeCapacityProvidersCommand({}))
  assert.deepEqual(capacityProviders, [
    { capacityProviderArn: providerArnOf('FARGATE'), name: 'FARGATE', status: 'ACTIVE', type: 'FARGATE', tags: [] },
    {
      capacityProviderArn: providerArnOf('FARGATE_SPOT'),
      name: 'FARGATE_SPOT',
      status: 'ACTIVE',
      type: 'FARGATE_SPOT',
      tags: [],
    },
  ])
})

testInProcessAndOverTcp(
  'a capacity provider of the account is created, updated, used by a cluster and deleted',
  async (open) => {
    const clock = createManualClock()
    const { ecs } = await open({ clock })
    const tags = [{ key: 'a', value: 'b' }]
    const { capacityProvider } = await ecs.send(
      new CreateCapacityProviderCommand({ name: 'spot-group', autoScalingGroupProvider, tags }),
    )
    assert.equal(capacityProvider?.capacityProviderArn, providerArnOf('spot-group'))
    const managedScaling = { status: 'ENABLED' as const, targetCapacity: 80 }
    await ecs.send(
      new UpdateCapacityProviderCommand({ name: 'spot-group', autoScalingGroupProvider: { managedScaling } }),
    )
    const described = await ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: ['spot-group', 'nope'], include: ['TAGS'] }),
    )
    const changed = described.capacityProviders?.[0]?.autoScalingGroupProvider
    assert.equal(changed?.autoScalingGroupArn, autoScalingGroupProvider.autoScalingGroupArn)
    assert.deepEqual([changed?.managedScaling?.status, changed?.managedScaling?.targetCapacity], ['ENABLED', 80])
    assert.deepEqual(described.capacityProviders?.[0]?.tags, tags)
    assert.deepEqual(described.failures, [{ arn: providerArnOf('nope'), reason: 'MISSING' }])

    await ecs.send(new CreateClusterCommand({ clusterName: 'prod', capacityProviders: ['spot-group'] }))
    await assert.rejects(
      ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'spot-group' })),
      /associated with cluster: prod/,
    )
    await ecs.send(new DeleteClusterCommand({ cluster: 'prod' }))
    assert.equal(
      (await ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: providerArnOf('spot-group') })))
        .capacityProvider?.updateStatus,
      'DELETE_IN_PROGRESS',
    )
    clock.advance(60_000)
    assert.equal((await ecs.send(new DescribeCapacityProvidersCommand({}))).capacityProviders?.length, 2)
  },
)

testInProcessAndOverTcp('reserved, duplicate and unknown capacity provider names are rejected', async (open) => {
  const { ecs } = await open()
  const create = (name: string) => ecs.send(new CreateCapacityProviderCommand({ name, autoScalingGroupProvider }))
  await create('spot-group')
  await assert.rejects(create('spot-group'), /already exists/)
  await assert.rejects(create('aws-group'), /The specified capacity provider name is invalid/)
  await assert.rejects(ecs.send(new CreateCapacityProviderCommand({ name: 'none' })), {
    name: 'InvalidParameterException',
  })
  await assert.rejects(ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'FARGATE' })), {
    name: 'ClientException',
  })
  await assert.rejects(ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'nope' })), /does not exist/)
})

testInProcessAndOverTcp('twelve capacity providers are described in two pages', async (open) => {
  const { ecs } = await open()
  for (let i = 0; i < 10; i++)
    await ecs.send(new CreateCapacityProviderCommand({ name: `spot-group${i}`, autoScalingGroupProvider }))
  const first = await ecs.send(new DescribeCapacityProvidersCommand({}))
  const second = await ecs.send(new DescribeCapacityProvidersCommand({ nextToken: first.nextToken }))
  assert.deepEqual(
    [first.capacityProviders?.length, second.capacityProviders?.length, second.nextToken],
    [10, 2, undefined],
  )
})
