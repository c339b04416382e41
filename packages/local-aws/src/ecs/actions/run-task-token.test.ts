/** The clientToken of RunTask, as recorded from ECS: which repeated requests count as the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../../testing/manual-clock.ts'
import { rawEcsRequests } from '../../testing/raw-ecs-requests.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

const vpc = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'], assignPublicIp: 'DISABLED' }
const networkConfiguration = { awsvpcConfiguration: vpc }
const tags = [
  { key: 'a', value: '1' },
  { key: 'b', value: '2' },
]
const arnOf = (resource: string) => `arn:aws:ecs:us-east-1:111122223333:${resource}`

test('repeating a token with the same request returns the task as it is now, and any other request is a conflict', async (t) => {
  const { aws } = await openTestEngine(t, { pace: 'real', clock: createManualClock() })
  const ecs = rawEcsRequests(aws)
  await ecs('CreateCluster', { clusterName: 'one' })
  await ecs('CreateCluster', { clusterName: 'two' })
  const definition = {
    family: 'job',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'job:1' }],
    tags: [{ key: 'a', value: 'of the definition' }],
  }
  const { taskDefinition } = await ecs('RegisterTaskDefinition', definition)
  const taskDefinitionArn: string = taskDefinition.taskDefinitionArn
  const request = {
    cluster: 'one',
    taskDefinition: taskDefinitionArn,
    count: 1,
    launchType: 'FARGATE',
    clientToken: 'token',
    networkConfiguration,
    propagateTags: 'TASK_DEFINITION',
    tags,
  }
  const [first] = (await ecs('RunTask', request)).tasks
  assert.deepEqual(first.tags, tags, 'the request’s tags override those of the definition')
  assert.deepEqual((await ecs('RunTask', request)).tasks, [first])

  const { count: _, ...withoutCount } = request
  const { assignPublicIp: __, ...withoutPublicIp } = vpc
  const { securityGroups: ___, ...withoutGroups } = vpc
  const others: Record<string, object> = {
    'without the count': withoutCount,
    'family and revision': { ...request, taskDefinition: 'job:1' },
    'the family': { ...request, taskDefinition: 'job' },
    'tags in another order': { ...request, tags: tags.toReversed() },
    'empty overrides': { ...request, overrides: {} },
    'an empty startedBy': { ...request, startedBy: '' },
    'without assignPublicIp': { ...request, networkConfiguration: { awsvpcConfiguration: withoutPublicIp } },
    'without security groups': { ...request, networkConfiguration: { awsvpcConfiguration: withoutGroups } },
    'the ARN of the cluster': { ...request, cluster: arnOf('cluster/one') },
  }
  for (const [label, input] of Object.entries(others))
    assert.deepEqual(
      await ecs('RunTask', input),
      {
        status: 400,
        __type: 'ConflictException',
        message:
          'The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different request.',
        resourceIds: [first.taskArn],
      },
      label,
    )
  const [elsewhere] = (await ecs('RunTask', { ...request, cluster: 'two' })).tasks
  assert.notEqual(elsewhere.taskArn, first.taskArn, 'in another cluster it is another token')

  await ecs('TagResource', { resourceArn: first.taskArn, tags: [{ key: 'c', value: '3' }] })
  await ecs('TagResource', { resourceArn: taskDefinitionArn, tags: [{ key: 'd', value: '4' }] })
  assert.deepEqual(
    (await ecs('RunTask', request)).tasks[0].tags,
    [...tags, { key: 'c', value: '3' }],
    'the task’s current tags, without those of the definition',
  )
})
