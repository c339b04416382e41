import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SQS } from '@aws-sdk/client-sqs'
import { createDataFolder } from '../testing/data-folder.ts'
import { startEngineProcess } from '../testing/engine-process.ts'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const bodiesOf = ({ Messages = [] }: { Messages?: { Body?: string | undefined }[] | undefined }) =>
  Messages.map(({ Body }) => Body)

testInProcessAndOverTcp('a message is sent, received with its attributes, and deleted', async (open) => {
  const { clientOf } = await open()
  const sqs = clientOf(SQS)
  const { QueueUrl = '' } = await sqs.createQueue({
    QueueName: 'work',
    Attributes: { VisibilityTimeout: '60' },
    tags: { team: 'a' },
  })
  assert.match(QueueUrl, /\/111122223333\/work$/)
  assert.equal((await sqs.getQueueUrl({ QueueName: 'work' })).QueueUrl, QueueUrl)
  assert.deepEqual((await sqs.listQueues({ QueueNamePrefix: 'wo' })).QueueUrls, [QueueUrl])
  assert.deepEqual((await sqs.listQueueTags({ QueueUrl })).Tags, { team: 'a' })

  const attributes = {
    colour: { DataType: 'String', StringValue: 'blue' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) },
  }
  const sent = await sqs.sendMessage({ QueueUrl, MessageBody: 'größe', MessageAttributes: attributes })
  assert.equal(sent.MD5OfMessageBody, createHash('md5').update('größe').digest('hex'))
  const { Messages: [message] = [] } = await sqs.receiveMessage({
    QueueUrl,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  })
  assert.deepEqual([message?.Body, message?.MessageId], ['größe', sent.MessageId])
  assert.equal(message?.MD5OfMessageAttributes, sent.MD5OfMessageAttributes)
  assert.deepEqual([...(message?.MessageAttributes?.bytes?.BinaryValue ?? [])], [1, 2, 255])
  assert.equal(message?.Attributes?.ApproximateReceiveCount, '1')
  const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
  const numbers = async () =>
    Object.values((await sqs.getQueueAttributes({ QueueUrl, AttributeNames: [...counts] })).Attributes ?? {})
  assert.deepEqual(await numbers(), ['0', '1'])
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message?.ReceiptHandle })
  assert.deepEqual(await numbers(), ['0', '0'])
  await sqs.deleteQueue({ QueueUrl })
  await assert.rejects(sqs.receiveMessage({ QueueUrl }), {
    name: 'QueueDoesNotExist',
    message: 'The specified queue does not exist.',
  })
})

test('the digest of attributes equals the one that clients calculate', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q' })
  const { MD5OfMessageAttributes } = await sqs.sendMessage({
    QueueUrl,
    MessageBody: 'x',
    MessageAttributes: { b: { DataType: 'Number', StringValue: '1' }, a: { DataType: 'String', StringValue: 'v' } },
  })
  const part = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)])
  const string = Buffer.from([1])
  const bytes = [part('a'), part('String'), string, part('v'), part('b'), part('Number'), string, part('1')]
  assert.equal(MD5OfMessageAttributes, createHash('md5').update(Buffer.concat(bytes)).digest('hex'))
})

testInProcessAndOverTcp('a waiting receive gets a message as soon as it arrives', async (open) => {
  const { clientOf } = await open()
  const [reader, writer] = [clientOf(SQS), clientOf(SQS)]
  const { QueueUrl } = await writer.createQueue({ QueueName: 'long' })
  const startedAt = performance.now()
  const [received] = await Promise.all([
    reader.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 }),
    writer.sendMessage({ QueueUrl, MessageBody: 'now' }),
  ])
  assert.deepEqual(bodiesOf(received), ['now'])
  assert.ok(performance.now() - startedAt < 10_000)
})

test('a wait ends at its time limit and a delayed message arrives at its time, both on the engine’s clock', async (t) => {
  const clock = createManualClock()
  const { clientOf } = await openTestEngine(t, { clock })
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q' })
  const until = async (receiving: Promise<object>) => {
    const over = receiving.then(() => true)
    while (!(await Promise.race([over, new Promise<false>((resolve) => setImmediate(resolve, false))])))
      clock.advance(500)
  }
  const empty = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 })
  await until(empty)
  assert.deepEqual(bodiesOf(await empty), [])
  await sqs.sendMessage({ QueueUrl, MessageBody: 'later', DelaySeconds: 9 })
  assert.deepEqual(bodiesOf(await sqs.receiveMessage({ QueueUrl })), [])
  const late = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 })
  await until(late)
  assert.deepEqual(bodiesOf(await late), ['later'])
})

test('an undeleted message reappears after its visibility timeout, and is removed after the retention period', async (t) => {
  const clock = createManualClock()
  const { clientOf } = await openTestEngine(t, { clock })
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q', Attributes: { MessageRetentionPeriod: '300' } })
  await sqs.sendMessage({ QueueUrl, MessageBody: 'again' })
  const { Messages: [first] = [] } = await sqs.receiveMessage({ QueueUrl })
  assert.deepEqual(bodiesOf(await sqs.receiveMessage({ QueueUrl })), [])
  clock.advance(30_000)
  const { Messages: [second] = [] } = await sqs.receiveMessage({ QueueUrl, AttributeNames: ['All'] })
  assert.equal(second?.Attributes?.ApproximateReceiveCount, '2')
  // The older receipt deletes nothing, which is not an error.
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: first?.ReceiptHandle })
  await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 })
  assert.deepEqual(bodiesOf(await sqs.receiveMessage({ QueueUrl, VisibilityTimeout: 0 })), ['again'])
  clock.advance(270_000)
  assert.deepEqual(bodiesOf(await sqs.receiveMessage({ QueueUrl })), [])
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })
  assert.deepEqual(Attributes, { ApproximateNumberOfMessages: '1' })
  clock.advance(2_000)
  assert.equal(
    (await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] })).Attributes?.ApproximateNumberOfMessages,
    '0',
  )
})

test('an expired message does not wake a waiting receive again and again, and is removed', async (t) => {
  const clock = createManualClock()
  let scheduledTimers = 0
  const at: typeof clock.at = (...args) => {
    scheduledTimers++
    return clock.at(...args)
  }
  const { clientOf } = await openTestEngine(t, { clock: { ...clock, at } })
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q', Attributes: { VisibilityTimeout: '30' } })
  await sqs.sendMessage({ QueueUrl, MessageBody: 'old' })
  await sqs.receiveMessage({ QueueUrl })
  clock.advance(60_500)
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { MessageRetentionPeriod: '60' } })
  scheduledTimers = 0
  let isOver = false
  const waiting = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 }).finally(() => {
    isOver = true
  })
  while (scheduledTimers === 0) await turn()
  for (let i = 0; i < 100; i++) {
    clock.advance(0)
    await turn()
  }
  assert.deepEqual([scheduledTimers, isOver], [1, false])
  clock.advance(1_000)
  const { Attributes } = await sqs.getQueueAttributes({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  })
  assert.deepEqual(Object.values(Attributes ?? {}), ['0', '0'])
  clock.advance(19_000)
  assert.deepEqual(bodiesOf(await waiting), [])
})

test('each entry of a batch has its own result', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q', Attributes: { MaximumMessageSize: '1024' } })
  const sent = await sqs.sendMessageBatch({
    QueueUrl,
    Entries: [
      { Id: 'a', MessageBody: 'one' },
      { Id: 'b', MessageBody: 'x'.repeat(1025) },
      { Id: 'c', MessageBody: 'two' },
    ],
  })
  assert.deepEqual(
    [sent.Successful?.map(({ Id }) => Id), sent.Failed?.map(({ Id, Code }) => [Id, Code])],
    [['a', 'c'], [['b', 'InvalidParameterValue']]],
  )
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })
  assert.deepEqual(bodiesOf({ Messages }), ['one', 'two'])
  const entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
  await sqs.changeMessageVisibilityBatch({
    QueueUrl,
    Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 5 })),
  })
  const deleted = await sqs.deleteMessageBatch({
    QueueUrl,
    Entries: [...entries, { Id: 'z', ReceiptHandle: 'nonsense' }],
  })
  assert.deepEqual([deleted.Successful?.length, deleted.Failed?.[0]?.Code], [2, 'ReceiptHandleIsInvalid'])
  await assert.rejects(sqs.deleteMessageBatch({ QueueUrl, Entries: [] }), { name: 'EmptyBatchRequest' })
  await assert.rejects(sqs.deleteMessageBatch({ QueueUrl, Entries: [entries[0]!, entries[0]!] }), {
    name: 'BatchEntryIdsNotDistinct',
  })
})

test('unsupported queue features are rejected, not ignored', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q' })
  const rejections: [name: string, call: () => Promise<unknown>][] = [
    ['UnsupportedOperation', () => sqs.createQueue({ QueueName: 'q.fifo', Attributes: { FifoQueue: 'true' } })],
    ['UnsupportedOperation', () => sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy: '{}' } })],
    ['UnsupportedOperation', () => sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' })],
    [
      'UnsupportedFeatureException',
      () => sqs.addPermission({ QueueUrl, Label: 'l', AWSAccountIds: ['1'], Actions: ['*'] }),
    ],
    ['InvalidAttributeValue', () => sqs.setQueueAttributes({ QueueUrl, Attributes: { VisibilityTimeout: '43201' } })],
    ['InvalidAttributeName', () => sqs.setQueueAttributes({ QueueUrl, Attributes: { QueueArn: 'x' } })],
    ['QueueNameExists', () => sqs.createQueue({ QueueName: 'q', Attributes: { DelaySeconds: '5' } })],
    ['InvalidParameterValue', () => sqs.createQueue({ QueueName: 'no/name' })],
    ['InvalidParameterValue', () => sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 21 })],
    ['InvalidMessageContents', () => sqs.sendMessage({ QueueUrl, MessageBody: 'a\u0000b' })],
    ['QueueDoesNotExist', () => sqs.getQueueUrl({ QueueName: 'none' })],
  ]
  for (const [name, call] of rejections) await assert.rejects(call(), { name }, name)
  await assert.rejects(
    sqs.deleteMessage({ QueueUrl, ReceiptHandle: 'x' }),
    (error: Error & { Code?: string }) => error.name === 'ReceiptHandleIsInvalid',
  )
  // Creating the same queue again is not an error.
  assert.equal((await sqs.createQueue({ QueueName: 'q', Attributes: { DelaySeconds: '0' } })).QueueUrl, QueueUrl)
})

test('after kill -9 acknowledged messages are there, in order, and deleted ones are not', async (t) => {
  const data = createDataFolder(t)
  const client = (endpoint: string) => {
    const sqs = new SQS({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    })
    t.after(() => sqs.destroy())
    return sqs
  }
  const engine = await startEngineProcess(t, '--data', data)
  const sqs = client(engine.url)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q' })
  for (const MessageBody of ['1', '2', '3']) await sqs.sendMessage({ QueueUrl, MessageBody })
  const { Messages: [first] = [] } = await sqs.receiveMessage({ QueueUrl })
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: first?.ReceiptHandle })
  await engine.kill()
  const again = client((await startEngineProcess(t, '--data', data)).url)
  const { QueueUrl: url } = await again.getQueueUrl({ QueueName: 'q' })
  assert.deepEqual(bodiesOf(await again.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 10 })), ['2', '3'])
})

test('a closing engine does not wait for receives in progress', async (t) => {
  const { aws, clientOf } = await openTestEngine(t, {}, { isClosedByTest: true })
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q' })
  const { url } = await aws.listen()
  const remote = new SQS({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'b' },
    maxAttempts: 1,
  })
  t.after(() => remote.destroy())
  const waits = Promise.all([
    sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 }),
    remote.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 }),
  ])
  // A request behind the waiting one: the engine has received both in order, so the wait has begun.
  await remote.listQueues({})
  const startedAt = performance.now()
  await aws.close()
  assert.deepEqual((await waits).map(bodiesOf), [[], []])
  assert.ok(performance.now() - startedAt < 4_000)
})

test('a message is not delivered to a client that has disconnected', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const sqs = clientOf(SQS)
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'q' })
  const aborting = new AbortController()
  const disconnected = assert.rejects(
    sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 }, { abortSignal: aborting.signal }),
    {
      name: 'AbortError',
    },
  )
  await sqs.listQueues({})
  aborting.abort()
  await disconnected
  await sqs.sendMessage({ QueueUrl, MessageBody: 'kept' })
  assert.deepEqual(bodiesOf(await sqs.receiveMessage({ QueueUrl })), ['kept'])
})
