/**
 * Receiving messages. A received message is hidden from other receivers until its visibility timeout ends, or until its
 * receiver deletes it.
 */
import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
  ChangeMessageVisibilityRequest,
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  DeleteMessageRequest,
  Message,
  ReceiveMessageRequest,
  ReceiveMessageResult,
} from '@aws-sdk/client-sqs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { handleBatch } from './batch.ts'
import { invalidParameter, invalidReceipt, notInflight } from './errors.ts'
import { attributesDigest } from './message-attributes.ts'
import {
  getQueue,
  type MessageRecord,
  numericAttribute,
  numericAttributes,
  type QueueRecord,
  type QueueStore,
  type SqsContext,
} from './queue-record.ts'
import { md5 } from './send.ts'

export const receiveMessageActions = {
  ChangeMessageVisibility: changeVisibility,
  ChangeMessageVisibilityBatch: changeVisibilityBatch,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteBatch,
  ReceiveMessage: receiveMessage,
} satisfies JsonActions<SqsContext>

const MAX_RECEIVED = 10
const MAX_WAIT_S = 20

/** Returns the messages that are available now. The wait for messages is in service.ts. */
function receiveMessage(context: SqsContext, input: AwsJson<ReceiveMessageRequest>): AwsJson<ReceiveMessageResult> {
  const { store, clock, ids } = context
  const queue = getQueue(store, input.QueueUrl ?? '')
  const {
    MaxNumberOfMessages: count = 1,
    VisibilityTimeout: timeoutS = numericAttribute(queue, 'VisibilityTimeout'),
    WaitTimeSeconds: waitS = 0,
  } = input
  checkRange('MaxNumberOfMessages', count, 1, MAX_RECEIVED)
  checkRange('WaitTimeSeconds', waitS, 0, MAX_WAIT_S)
  checkRange('VisibilityTimeout', timeoutS, 0, numericAttributes.VisibilityTimeout.max)
  const now = clock.now()
  const messages = availableMessages(store, queue, now).slice(0, count)
  const received = messages.map((message): MessageRecord => {
    const receiptMembers = {
      hiddenUntil: now + timeoutS * 1000,
      receiveCount: message.receiveCount + 1,
      receipt: ids.hex(32),
    }
    return { ...message, ...receiptMembers, firstReceivedAt: message.firstReceivedAt ?? now }
  })
  for (const message of received) store.messages.set(message.key, message)
  return received.length === 0 ? {} : { Messages: received.map((message) => messageInResponse(message, input)) }
}

/** The messages that can be delivered now. Messages that were hidden before come first. */
function availableMessages({ messages }: QueueStore, queue: QueueRecord, now: number): MessageRecord[] {
  const visibleAgain = messages.allByIndex('hidden', queue.name).filter(({ hiddenUntil = 0 }) => hiddenUntil <= now)
  return [...visibleAgain, ...messages.allByIndex('waiting', queue.name)].filter(isRetained(queue, now))
}

/** The time at which the next hidden message becomes visible; undefined when no message is hidden. */
export function nextVisibleAt({ messages }: QueueStore, queue: QueueRecord, now: number): number | undefined {
  const hidden = messages.allByIndex('hidden', queue.name).filter(isRetained(queue, now))
  const times = hidden.map(({ hiddenUntil = 0 }) => hiddenUntil)
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
}

/**
 * Whether a message is within the retention period. Older messages are not delivered, even if they are not removed yet.
 */
function isRetained(queue: QueueRecord, now: number): (message: MessageRecord) => boolean {
  const expiredUntil = now - numericAttribute(queue, 'MessageRetentionPeriod') * 1000
  return ({ sentAt }) => sentAt > expiredUntil
}

function messageInResponse(message: MessageRecord, input: AwsJson<ReceiveMessageRequest>): AwsJson<Message> {
  const requested: string[] = input.MessageSystemAttributeNames ?? []
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => requested.includes('All') || requested.includes(name),
  )
  const isRequested = (name: string) =>
    (input.MessageAttributeNames ?? []).some(
      (pattern) => pattern === 'All' || pattern === '.*' || pattern === name || isPrefix(pattern, name),
    )
  const attributes = Object.fromEntries(Object.entries(message.attributes).filter(([name]) => isRequested(name)))
  const digest = attributesDigest(attributes)
  return {
    MessageId: message.id,
    ReceiptHandle: Buffer.from(`${message.key} ${message.receipt}`).toString('base64'),
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(digest !== undefined && {
      MD5OfMessageAttributes: digest,
      MessageAttributes: attributes as AwsJson<Message>['MessageAttributes'],
    }),
  }
}

function isPrefix(pattern: string, name: string): boolean {
  return pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))
}

function systemAttributes({
  senderId,
  sentAt,
  receiveCount,
  firstReceivedAt,
  trace,
}: MessageRecord): Record<string, string> {
  return {
    SenderId: senderId,
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(receiveCount),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ...(trace !== undefined && { AWSTraceHeader: trace }),
  }
}

function deleteMessage(
  { store }: SqsContext,
  { QueueUrl = '', ReceiptHandle = '' }: AwsJson<DeleteMessageRequest>,
): object {
  return deleteByReceipt(store, getQueue(store, QueueUrl), ReceiptHandle)
}

function deleteBatch(
  { store }: SqsContext,
  { QueueUrl = '', Entries = [] }: AwsJson<DeleteMessageBatchRequest>,
): AwsJson<DeleteMessageBatchResult> {
  const queue = getQueue(store, QueueUrl)
  return handleBatch(Entries, ({ ReceiptHandle = '' }) => deleteByReceipt(store, queue, ReceiptHandle))
}

/** Deletes a message. An old receipt, after which the message was received again, has no effect (API Reference). */
function deleteByReceipt(store: QueueStore, queue: QueueRecord, handle: string): object {
  const { message, receipt } = findByReceipt(store, queue, handle)
  if (message?.receipt === receipt) store.messages.delete(message.key)
  return {}
}

function changeVisibility(context: SqsContext, input: AwsJson<ChangeMessageVisibilityRequest>): object {
  const { QueueUrl = '', ReceiptHandle = '', VisibilityTimeout = 0 } = input
  return setVisibilityTimeout(context, getQueue(context.store, QueueUrl), ReceiptHandle, VisibilityTimeout)
}

function changeVisibilityBatch(
  context: SqsContext,
  { QueueUrl = '', Entries = [] }: AwsJson<ChangeMessageVisibilityBatchRequest>,
): AwsJson<ChangeMessageVisibilityBatchResult> {
  const queue = getQueue(context.store, QueueUrl)
  return handleBatch(Entries, ({ ReceiptHandle = '', VisibilityTimeout = 0 }) =>
    setVisibilityTimeout(context, queue, ReceiptHandle, VisibilityTimeout),
  )
}

function setVisibilityTimeout(
  { store, clock, onChange }: SqsContext,
  queue: QueueRecord,
  handle: string,
  seconds: number,
): object {
  checkRange('VisibilityTimeout', seconds, 0, numericAttributes.VisibilityTimeout.max)
  const { message, receipt } = findByReceipt(store, queue, handle)
  if (message?.receipt !== receipt || (message?.hiddenUntil ?? 0) <= clock.now()) throw notInflight()
  store.messages.set(message!.key, { ...message!, hiddenUntil: clock.now() + seconds * 1000 })
  onChange(queue.name)
  return {}
}

function findByReceipt(
  { messages }: QueueStore,
  { name }: QueueRecord,
  handle: string,
): { message: MessageRecord | undefined; receipt: string } {
  const [, key, receipt] =
    /^(\d{15}-\d{9}-[0-9a-f-]{36}) ([0-9a-f]{32})$/.exec(Buffer.from(handle, 'base64').toString()) ?? []
  if (key === undefined || receipt === undefined) throw invalidReceipt(handle)
  const message = messages.get(key)
  return { message: message?.queue === name ? message : undefined, receipt }
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (value < min || value > max)
    throw invalidParameter(
      `Value ${value} for parameter ${name} is invalid. Reason: Must be >= ${min} and <= ${max}, if provided.`,
    )
}
