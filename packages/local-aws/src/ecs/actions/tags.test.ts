import assert from 'node:assert/strict'
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  ListTagsForResourceCommand,
  PutAttributesCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs'
import { ecsSteps } from '../../testing/ecs-steps.ts'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import { accountNumber, region } from '../../testing/test-engine.ts'

const arnOf = (resource: string) => `arn:aws:ecs:${region}:${accountNumber}:${resource}`

testInProcessAndOverTcp('tags are merged and removed, on clusters and task definitions', async (open) => {
  const { ecs } = await open()
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod', tags: [{ key: 'team', value: 'a' }] }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'web', image: 'nginx', memory: 64 }],
    }),
  )
  for (const resourceArn of [arnOf('cluster/prod'), arnOf('task-definition/web:1')]) {
    await ecs.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { key: 'team', value: 'b' },
          { key: 'cost', value: '1' },
        ],
      }),
    )
    const { tags } = await ecs.send(new ListTagsForResourceCommand({ resourceArn }))
    assert.deepEqual(
      tags?.toSorted((a, b) => a.key!.localeCompare(b.key!)),
      [
        { key: 'cost', value: '1' },
        { key: 'team', value: 'b' },
      ],
    )
    await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'none'] }))
    assert.deepEqual((await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags, [
      { key: 'cost', value: '1' },
    ])
  }
})

testInProcessAndOverTcp(
  'more than fifty tags, aws: tags, tags without a value and duplicates are rejected',
  async (open) => {
    const { ecs } = await open()
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
    const tag = (...tags: { key: string; value?: string }[]) =>
      ecs.send(new TagResourceCommand({ resourceArn: arnOf('cluster/prod'), tags }))
    const many = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: '' }))
    await tag(...many)
    await assert.rejects(tag({ key: 'more', value: '' }), { name: 'InvalidParameterException' })
    await tag({ key: 'k0', value: 'other' })
    await assert.rejects(tag({ key: 'aws:x', value: '' }), { name: 'InvalidParameterException' })
    await assert.rejects(tag({ key: 'k1', value: '' }, { key: 'k1', value: 'b' }), {
      name: 'InvalidParameterException',
    })
    const valueless = { message: 'Tag value can not be null.' }
    await assert.rejects(tag({ key: 'k1' }), { ...valueless, name: 'InvalidParameterException' })
    await assert.rejects(ecs.send(new CreateClusterCommand({ clusterName: 'other', tags: [{ key: 'k1' }] })), {
      ...valueless,
      name: 'InvalidParameterException',
    })
    const onDefinition = ecs.send(
      new TagResourceCommand({ resourceArn: arnOf('task-definition/web:1'), tags: [{ key: 'k1' }] }),
    )
    await assert.rejects(onDefinition, { ...valueless, name: 'ClientException' })
    await assert.rejects(tag({ key: 'k1', value: 'x'.repeat(257) }), { name: 'InvalidParameterException' })
  },
)

testInProcessAndOverTcp('tagging an inactive, unknown or foreign resource is rejected', async (open) => {
  const { ecs } = await open()
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
  await ecs.send(new DeleteClusterCommand({ cluster: 'prod' }))
  const list = (resourceArn: string) => ecs.send(new ListTagsForResourceCommand({ resourceArn }))
  await assert.rejects(list(arnOf('cluster/prod')), {
    name: 'InvalidParameterException',
    message: 'The specified cluster is inactive. Specify an active cluster and try again.',
  })
  const notFound = { name: 'ClusterNotFoundException', message: 'Cluster not found.' }
  await assert.rejects(list(arnOf('cluster/nope')), notFound)
  await assert.rejects(list('arn:aws:ecs:us-east-1:999999999999:cluster/prod'), notFound)
  for (const resource of [
    'service/prod/web',
    `task/prod/${'0'.repeat(32)}`,
    'task-definition/web:1',
    'capacity-provider/own',
  ]) {
    await assert.rejects(list(arnOf(resource)), { name: 'InvalidParameterException', message: /was not found/ })
    const tag = new TagResourceCommand({ resourceArn: arnOf(resource), tags: [{ key: 'a', value: 'b' }] })
    await assert.rejects(ecs.send(tag), { name: 'ResourceNotFoundException' })
  }
  const short = { name: 'InvalidParameterException', message: 'Long arn format must be used for tagging operations' }
  for (const resource of ['service/web', `task/${'0'.repeat(32)}`]) await assert.rejects(list(arnOf(resource)), short)
  await assert.rejects(list(arnOf('nonsense/x')), { name: 'InvalidParameterException' })
  await assert.rejects(list('prod'), { name: 'InvalidParameterException' })
})

testInProcessAndOverTcp('PutAttributes is rejected because there are no container instances', async (open) => {
  const { ecs } = await open()
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
  await assert.rejects(
    ecs.send(new PutAttributesCommand({ cluster: 'prod', attributes: [{ name: 'a', targetId: 'b' }] })),
    {
      name: 'TargetNotFoundException',
    },
  )
})

testInProcessAndOverTcp('services and tasks can be tagged too', async (open) => {
  const { ecs } = await open({ pace: 'instant' })
  const {
    createService,
    describeTasks,
    registerDefinition,
    runTask,
    describeService,
    waitUntilStable,
    tasksOfService,
    pollUntil,
  } = await ecsSteps(ecs)
  await registerDefinition('web')
  await createService()
  await waitUntilStable()
  const [task] = await tasksOfService()
  const stopped = await runTask('web')
  await ecs.send(new StopTaskCommand({ task: stopped }))
  await pollUntil(
    async () => (await describeTasks(stopped))[0],
    (one) => one?.lastStatus === 'STOPPED',
  )
  await assert.rejects(ecs.send(new ListTagsForResourceCommand({ resourceArn: stopped })), {
    name: 'InvalidParameterException',
    message: 'The specified task is stopped. Specify a running task and try again.',
  })
  for (const resourceArn of [(await describeService()).serviceArn, task?.taskArn]) {
    await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'a', value: 'b' }] }))
    assert.deepEqual((await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags, [{ key: 'a', value: 'b' }])
  }
  assert.deepEqual(
    [(await describeService()).tags, (await tasksOfService())[0]?.tags],
    [[{ key: 'a', value: 'b' }], [{ key: 'a', value: 'b' }]],
  )
})
