import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { SQS } from '@aws-sdk/client-sqs'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`
const EventPattern = JSON.stringify({ source: ['shop'] })

testInProcessAndOverTcp('events that match a rule’s pattern reach its queues, and no others', async (open) => {
  const { clientOf } = await open()
  const [events, sqs] = [clientOf(EventBridge), clientOf(SQS)]
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'orders' })
  const { RuleArn } = await events.putRule({
    Name: 'orders',
    EventPattern,
    Description: 'd',
    Tags: [{ Key: 'team', Value: 'a' }],
  })
  assert.equal(RuleArn, 'arn:aws:events:us-east-1:111122223333:rule/orders')
  await events.putTargets({
    Rule: 'orders',
    Targets: [
      { Id: 'whole', Arn: queueArn('orders') },
      { Id: 'part', Arn: queueArn('orders'), InputPath: '$.detail.total' },
      { Id: 'fixed', Arn: queueArn('orders'), Input: '{"ring": true}' },
      { Id: 'nowhere', Arn: queueArn('none') },
    ],
  })
  const put = await events.putEvents({
    Entries: [
      {
        Source: 'shop',
        DetailType: 'Order',
        Detail: '{"total": 3}',
        Resources: ['r'],
        Time: new Date('2026-01-02T03:04:05Z'),
      },
      { Source: 'other', DetailType: 'Order', Detail: '{}' },
      { Source: 'shop', DetailType: 'Order', Detail: 'no json' },
      { Source: 'aws.ecs', DetailType: 'Order', Detail: '{}' },
    ],
  })
  assert.deepEqual(
    put.Entries?.map(({ ErrorCode }) => ErrorCode),
    [undefined, undefined, 'MalformedDetail', 'NotAuthorizedForSourceException'],
  )
  const { Messages = [] } = await sqs.receiveMessage({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['SenderId'],
  })
  const [whole, ...others] = Messages.map(({ Body = '' }) => JSON.parse(Body))
  assert.deepEqual(whole, {
    version: '0',
    id: put.Entries?.[0]?.EventId,
    'detail-type': 'Order',
    source: 'shop',
    account: '111122223333',
    time: '2026-01-02T03:04:05Z',
    region: 'us-east-1',
    resources: ['r'],
    detail: { total: 3 },
  })
  assert.deepEqual(others, [3, { ring: true }])

  await events.disableRule({ Name: 'orders' })
  await events.putEvents({ Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{}' }] })
  assert.equal((await sqs.receiveMessage({ QueueUrl })).Messages, undefined)
  await events.enableRule({ Name: 'orders' })
  assert.deepEqual(
    (({ State, Description, EventBusName }) => [State, Description, EventBusName])(
      await events.describeRule({ Name: 'orders' }),
    ),
    ['ENABLED', 'd', 'default'],
  )
  assert.deepEqual((await events.listRuleNamesByTarget({ TargetArn: queueArn('orders') })).RuleNames, ['orders'])
  assert.deepEqual((await events.listTagsForResource({ ResourceARN: RuleArn })).Tags, [{ Key: 'team', Value: 'a' }])
  await assert.rejects(events.deleteRule({ Name: 'orders' }), {
    name: 'ValidationException',
    message: "Rule can't be deleted since it has targets.",
  })
  const removed = await events.removeTargets({ Rule: 'orders', Ids: ['whole', 'part', 'fixed', 'nowhere', 'unknown'] })
  assert.deepEqual([removed.FailedEntryCount, removed.FailedEntries?.[0]?.TargetId], [1, 'unknown'])
  assert.deepEqual((await events.listTargetsByRule({ Rule: 'orders' })).Targets, [])
  await events.deleteRule({ Name: 'orders' })
  await events.deleteRule({ Name: 'orders' })
  assert.deepEqual((await events.listRules({})).Rules, [])
})

test('targets, buses and rules that this engine lacks are rejected', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const events = clientOf(EventBridge)
  await events.putRule({ Name: 'r', EventPattern })
  const target = (more: object) => events.putTargets({ Rule: 'r', Targets: [{ Id: 'a', Arn: queueArn('q'), ...more }] })
  const rejections: [name: string, call: () => Promise<unknown>][] = [
    ['UnsupportedFeatureException', () => target({ Arn: 'arn:aws:lambda:us-east-1:111122223333:function:f' })],
    ['UnsupportedFeatureException', () => target({ Arn: 'arn:aws:sqs:us-east-1:999900001111:q' })],
    ['UnsupportedFeatureException', () => target({ InputTransformer: { InputTemplate: '"x"' } })],
    ['UnsupportedFeatureException', () => target({ DeadLetterConfig: { Arn: queueArn('dead') } })],
    ['UnsupportedFeatureException', () => events.putRule({ Name: 's', ScheduleExpression: 'rate(1 minute)' })],
    ['UnsupportedFeatureException', () => events.createEventBus({ Name: 'mine' })],
    ['ValidationException', () => target({ Arn: 'no arn' })],
    ['ValidationException', () => events.putRule({ Name: 'no name', EventPattern })],
    ['ValidationException', () => events.putRule({ Name: 'empty' })],
    ['ResourceNotFoundException', () => events.putRule({ Name: 'x', EventPattern, EventBusName: 'mine' })],
    ['ResourceNotFoundException', () => events.describeRule({ Name: 'none' })],
  ]
  for (const [name, call] of rejections) await assert.rejects(call(), { name }, String(call))
  assert.deepEqual((await events.listTargetsByRule({ Rule: 'r' })).Targets, [])
})
