/** What SQS holds for one account in one Region. Times are milliseconds since 1970. */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { Storage } from '../storage/storage.ts'
import { noQueue } from './errors.ts'

export interface QueueRecord {
  name: string
  /** As they were set; what is missing has SQS's default. */
  attributes: Record<string, string>
  tags: Record<string, string>
  createdAt: number
  modifiedAt: number
}

export interface MessageAttribute {
  DataType?: string | undefined
  StringValue?: string | undefined
  /** As base64. */
  BinaryValue?: string | undefined
}

export interface MessageRecord {
  key: string
  queue: string
  id: string
  body: string
  attributes: Record<string, MessageAttribute>
  /** What AWS X-Ray follows, where the sender said it. */
  trace?: string
  senderId: string
  sentAt: number
  /** Until then nobody is given it; missing on one that was never received and not delayed. */
  hiddenUntil?: number
  receiveCount: number
  firstReceivedAt?: number
  /** What the last receipt handle has of it. */
  receipt?: string
}

export interface Queues extends ReturnType<typeof openQueues> {}

export function openQueues(storage: Storage, account: string, region: string) {
  return {
    account,
    region,
    /** By name. */
    queues: storage.table<QueueRecord>(`sqs/${account}/${region}/queues`),
    /** By when they were sent. */
    messages: storage.table(`sqs/${account}/${region}/messages`, {
      queue: ({ queue }: MessageRecord) => queue,
      waiting: ({ queue, hiddenUntil }) => (hiddenUntil === undefined ? queue : undefined),
      hidden: ({ queue, hiddenUntil }) => (hiddenUntil === undefined ? undefined : queue),
    }),
  }
}

/** What an action of SQS works on, and with. */
export interface SqsContext {
  store: Queues
  clock: Clock
  ids: Ids
  /** The id of who asks. */
  caller: string
  /** `https://host`: what queues' URLs begin with. */
  base: string
  /** There is something new in the queue, or there will be. */
  changed: (queue: string) => void
}

export function queueArn({ account, region }: Queues, name: string): string {
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`
}

/** By its URL: whatever its host, the path says which it is. @throws AwsError QueueDoesNotExist */
export function queueOf({ queues, account }: Queues, url: string): QueueRecord {
  const [owner, name] = url.split('/').slice(-2)
  const queue = owner === account ? queues.get(name ?? '') : undefined
  if (!queue) throw noQueue()
  return queue
}

/** An attribute that is a number. */
export function numberOf({ attributes }: QueueRecord, name: keyof typeof numbers): number {
  return Number(attributes[name] ?? numbers[name].unless)
}

/** API Reference, SetQueueAttributes. */
export const numbers = {
  DelaySeconds: { least: 0, most: 900, unless: 0 },
  MaximumMessageSize: { least: 1024, most: 1_048_576, unless: 1_048_576 },
  MessageRetentionPeriod: { least: 60, most: 1_209_600, unless: 345_600 },
  ReceiveMessageWaitTimeSeconds: { least: 0, most: 20, unless: 0 },
  VisibilityTimeout: { least: 0, most: 43_200, unless: 30 },
  KmsDataKeyReusePeriodSeconds: { least: 60, most: 86_400, unless: 300 },
} as const
