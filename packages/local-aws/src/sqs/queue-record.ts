/** The stored state of SQS for one account in one Region. Times are milliseconds since 1970. */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { Storage } from '../storage/storage.ts'
import { queueNotFound } from './errors.ts'

export interface QueueRecord {
  name: string
  /** The attributes that were set. The others have SQS's defaults. */
  attributes: Record<string, string>
  tags: Record<string, string>
  createdAt: number
  modifiedAt: number
}

export interface MessageAttribute {
  DataType?: string | undefined
  StringValue?: string | undefined
  /** Base64. */
  BinaryValue?: string | undefined
}

export interface MessageRecord {
  key: string
  queue: string
  id: string
  body: string
  attributes: Record<string, MessageAttribute>
  /** The AWS X-Ray trace header, if the sender set it. */
  trace?: string
  senderId: string
  sentAt: number
  /** The message is not delivered before this time. Undefined for a message that was neither delayed nor received. */
  hiddenUntil?: number
  receiveCount: number
  firstReceivedAt?: number
  /** Identifies the last receipt of the message. It is a part of the receipt handle. */
  receipt?: string
}

export interface QueueStore extends ReturnType<typeof openQueueStore> {}

export function openQueueStore(storage: Storage, account: string, region: string) {
  return {
    account,
    region,
    /** The key of the table is the queue's name. */
    queues: storage.table<QueueRecord>(`sqs/${account}/${region}/queues`),
    /** The key of the table is the message's `key`, which begins with the time at which the message was sent. */
    messages: storage.table(`sqs/${account}/${region}/messages`, {
      queue: ({ queue }: MessageRecord) => queue,
      waiting: ({ queue, hiddenUntil }) => (hiddenUntil === undefined ? queue : undefined),
      hidden: ({ queue, hiddenUntil }) => (hiddenUntil === undefined ? undefined : queue),
    }),
  }
}

/** The context of the actions of SQS. */
export interface SqsContext {
  store: QueueStore
  clock: Clock
  ids: Ids
  /** The caller's id. */
  caller: string
  /** The beginning of queue URLs: `https://host`. */
  urlBase: string
  /** Called when the queue has a new message, or will have one. */
  onChange: (queue: string) => void
}

export function queueArn({ account, region }: QueueStore, name: string): string {
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`
}

/**
 * The queue with this URL. Only the path determines the queue, not the host.
 * @throws AwsError QueueDoesNotExist
 */
export function getQueue({ queues, account }: QueueStore, url: string): QueueRecord {
  const [owner, name] = url.split('/').slice(-2)
  const queue = owner === account ? queues.get(name ?? '') : undefined
  if (!queue) throw queueNotFound()
  return queue
}

/** The value of a numeric attribute. */
export function numericAttribute({ attributes }: QueueRecord, name: keyof typeof numericAttributes): number {
  return Number(attributes[name] ?? numericAttributes[name].default)
}

/** The limits and defaults of numeric attributes (API Reference, SetQueueAttributes). */
export const numericAttributes = {
  DelaySeconds: { min: 0, max: 900, default: 0 },
  MaximumMessageSize: { min: 1024, max: 1_048_576, default: 1_048_576 },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, default: 345_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, default: 0 },
  VisibilityTimeout: { min: 0, max: 43_200, default: 30 },
  KmsDataKeyReusePeriodSeconds: { min: 60, max: 86_400, default: 300 },
} as const
