/**
 * An SQS queue that receives ECS's events by a rule of EventBridge. AWS also needs a policy of the queue that allows
 * this, and the engine does not.
 */
import assert from 'node:assert/strict'
import { EventBridge, type EventBridgeClientConfig } from '@aws-sdk/client-eventbridge'
import { SQS } from '@aws-sdk/client-sqs'

export interface EventQueue {
  sqs: SQS
  create: () => Promise<void>
  delete: () => Promise<void>
  /** The number of messages in the queue, including hidden ones. */
  countMessages: () => Promise<number>
  send: (...bodies: string[]) => Promise<void>
  close: () => void
}

type ClientConfig = Pick<EventBridgeClientConfig, 'region' | 'credentials' | 'endpoint' | 'requestHandler'>

export async function openEventQueue(config: ClientConfig, queueUrl: string): Promise<EventQueue> {
  const sqs = new SQS({ ...config, useQueueUrlAsEndpoint: false })
  const events = new EventBridge(config)
  const [number, name] = queueUrl.split('/').slice(-2)
  await events.putRule({ Name: name, EventPattern: JSON.stringify({ source: ['aws.ecs'] }) })
  await events.putTargets({ Rule: name, Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:us-east-1:${number}:${name}` }] })
  const countAttributes = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
  const queue: EventQueue = {
    sqs,
    create: async () => void (await sqs.createQueue({ QueueName: name })),
    delete: async () => void (await sqs.deleteQueue({ QueueUrl: queueUrl })),
    countMessages: async () => {
      const { Attributes = {} } = await sqs.getQueueAttributes({
        QueueUrl: queueUrl,
        AttributeNames: [...countAttributes],
      })
      return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0)
    },
    send: async (...bodies) => {
      for (let i = 0; i < bodies.length; i += 10) {
        const { Failed = [] } = await sqs.sendMessageBatch({
          QueueUrl: queueUrl,
          Entries: bodies.slice(i, i + 10).map((MessageBody, j) => ({ Id: String(j), MessageBody })),
        })
        assert.deepEqual(Failed, [])
      }
    },
    close: () => {
      sqs.destroy()
      events.destroy()
    },
  }
  await queue.create()
  return queue
}
