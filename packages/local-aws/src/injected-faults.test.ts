import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CreateClusterCommand, DescribeClustersCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { parseFault } from './injected-faults.ts'
import { createManualClock } from './testing/manual-clock.ts'
import { openTestEngine } from './testing/test-engine.ts'

test('with AWS’s token buckets a burst passes, then the refill rate', async (t) => {
  const clock = createManualClock(Date.now())
  const { ecsClientOf } = await openTestEngine(t, { throttle: 'aws', clock })
  const ecs = ecsClientOf()
  const read = () => ecs.send(new DescribeClustersCommand({}))
  for (let i = 0; i < 50; i++) await read()
  await assert.rejects(read(), { name: 'ThrottlingException', message: 'Rate exceeded' })
  await ecs.send(new CreateClusterCommand({}))
  await ecsClientOf('444455556666').send(new DescribeClustersCommand({}))
  await ecsClientOf(undefined, 'eu-west-1').send(new DescribeClustersCommand({}))
  clock.advance(1000)
  for (let i = 0; i < 20; i++) await read()
  await assert.rejects(read(), { name: 'ThrottlingException' })
})

test('injected faults occur as often as configured, for their actions', async (t) => {
  const { ecs } = await openTestEngine(t, {
    faults: ['ListClusters=throttle:2', 'DescribeClusters=error:1', 'CreateCluster=denied', '*=slow:1'].map(parseFault),
  })
  for (let i = 0; i < 2; i++)
    await assert.rejects(ecs.send(new ListClustersCommand({})), { name: 'ThrottlingException' })
  assert.deepEqual((await ecs.send(new ListClustersCommand({}))).clusterArns, [])
  await assert.rejects(ecs.send(new DescribeClustersCommand({})), { name: 'ServerException' })
  await ecs.send(new DescribeClustersCommand({}))
  for (let i = 0; i < 2; i++)
    await assert.rejects(ecs.send(new CreateClusterCommand({})), {
      name: 'AccessDeniedException',
      message: /ecs:CreateCluster/,
    })
})

test('a cut connection gets no response, and the action is executed all the same', async (t) => {
  const { aws } = await openTestEngine(t, { faults: [parseFault('CreateCluster=cut:1')] })
  const { url } = await aws.listen()
  const ecs = clientOverTcp(t, url)
  await assert.rejects(ecs.send(new CreateClusterCommand({ clusterName: 'prod' })), /hang up|ECONNRESET/)
  assert.equal((await ecs.send(new ListClustersCommand({}))).clusterArns?.length, 1)
})

test('a fault can cut a response in the middle, and can be injected and removed for one account', async (t) => {
  const { aws } = await openTestEngine(t)
  const { url } = await aws.listen()
  const ecs = clientOverTcp(t, url)
  const removeFault = aws.inject({ action: 'CreateCluster', kind: 'half', account: '111122223333' })
  await assert.rejects(ecs.send(new CreateClusterCommand({ clusterName: 'prod' })), /aborted|ECONNRESET/)
  assert.equal((await ecs.send(new ListClustersCommand({}))).clusterArns?.length, 1)
  removeFault()
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }))
  aws.inject({ action: '*', kind: 'throttle', account: '444455556666' })
  await ecs.send(new ListClustersCommand({}))
})

test('an invalid fault is rejected with the valid format', () => {
  for (const text of ['', 'throttle', 'X=y', '*=slow', 'A=throttle:x'])
    assert.throws(() => parseFault(text), /--fault takes ACTION=KIND\[:TIMES\]/)
})

test('a fault for an unsupported action is rejected with the closest supported one', () => {
  assert.throws(
    () => parseFault('DescribeService=throttle'),
    /There is no action DescribeService .*did you mean DescribeServices\?/,
  )
  assert.throws(
    () => parseFault('GetSecretValue=denied'),
    /Faults are for ECS's actions, CloudWatch's, CloudWatch Logs', EC2's and the Resource Groups Tagging API's/,
  )
  for (const text of ['GetResources=throttle:2', '*=slow:3000']) parseFault(text)
})

function clientOverTcp(t: TestContext, endpoint: string): ECSClient {
  const ecs = new ECSClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'x' },
    maxAttempts: 1,
  })
  t.after(() => ecs.destroy())
  return ecs
}
