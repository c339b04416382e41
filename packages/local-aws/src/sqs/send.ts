/** SendMessage and SendMessageBatch, and `enqueue`, with which other services add messages. */
import { createHash } from 'node:crypto'
import type {
  SendMessageBatchRequest,
  SendMessageBatchRequestEntry,
  SendMessageBatchResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { handleBatch } from './batch.ts'
import { batchTooLong, invalidContents, invalidParameter, queueFull, unsupportedOperation } from './errors.ts'
import { attributeBytes, attributesDigest, checkedAttributes } from './message-attributes.ts'
import {
  getQueue,
  type MessageAttribute,
  numericAttribute,
  numericAttributes,
  type QueueRecord,
  type SqsContext,
} from './queue-record.ts'

export const sendMessageActions = {
  SendMessage: sendMessage,
  SendMessageBatch: sendBatch,
} satisfies JsonActions<SqsContext>

/** The limit of messages in a queue, so that a queue from which nobody receives cannot use up the memory. */
const MAX_MESSAGES = 20_000
const MAX_BATCH_BYTES = numericAttributes.MaximumMessageSize.max

type Entry = Omit<AwsJson<SendMessageBatchRequestEntry>, 'Id' | 'MessageAttributes'> & {
  MessageAttributes?: Record<string, MessageAttribute> | undefined
}

function sendMessage(context: SqsContext, input: AwsJson<SendMessageRequest>): AwsJson<SendMessageResult> {
  return sendEntry(context, getQueue(context.store, input.QueueUrl ?? ''), input as Entry)
}

function sendBatch(
  context: SqsContext,
  { QueueUrl = '', Entries = [] }: AwsJson<SendMessageBatchRequest>,
): AwsJson<SendMessageBatchResult> {
  const queue = getQueue(context.store, QueueUrl)
  const bytes = Entries.reduce((sum, entry) => sum + sizeOf(entry as Entry), 0)
  if (bytes > MAX_BATCH_BYTES) throw batchTooLong(MAX_BATCH_BYTES, bytes)
  return handleBatch(Entries, (entry) => sendEntry(context, queue, entry as Entry))
}

function sendEntry(context: SqsContext, queue: QueueRecord, entry: Entry) {
  const {
    MessageBody: body = '',
    DelaySeconds: delayS = numericAttribute(queue, 'DelaySeconds'),
    MessageSystemAttributes = {},
  } = entry
  if (entry.MessageDeduplicationId !== undefined || entry.MessageGroupId !== undefined)
    throw unsupportedOperation('message groups and deduplication')
  const attributes = checkedAttributes(entry.MessageAttributes ?? {})
  const maxBytes = numericAttribute(queue, 'MaximumMessageSize')
  if (body === '') throw invalidParameter('The request must contain the parameter MessageBody.')
  if (sizeOf(entry) > maxBytes)
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    )
  if (!isText(body)) throw invalidContents()
  const { min, max } = numericAttributes.DelaySeconds
  if (delayS < min || delayS > max)
    throw invalidParameter(
      `Value ${delayS} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= ${min} and <= ${max}.`,
    )
  const trace = MessageSystemAttributes.AWSTraceHeader?.StringValue
  const id = enqueue(context, queue, {
    body,
    attributes,
    delayMs: delayS * 1000,
    ...(trace !== undefined && { trace }),
  })
  const digest = attributesDigest(attributes)
  return { MessageId: id, MD5OfMessageBody: md5(body), ...(digest !== undefined && { MD5OfMessageAttributes: digest }) }
}

interface NewMessage {
  body: string
  attributes: Record<string, MessageAttribute>
  delayMs: number
  trace?: string
}

let messageCounter = 0

/**
 * Adds a message to the queue and returns its id.
 * @throws AwsError OverLimit when the queue is full
 */
export function enqueue(
  { store, clock, ids, caller, onChange }: SqsContext,
  { name }: QueueRecord,
  { delayMs, ...sent }: NewMessage,
): string {
  if (store.messages.countByIndex('queue', name) >= MAX_MESSAGES) throw queueFull(MAX_MESSAGES)
  const now = clock.now()
  const id = ids.uuid()
  // The key keeps the order of arrival, also after a restart.
  const key = `${String(now).padStart(15, '0')}-${String(messageCounter++ % 1e9).padStart(9, '0')}-${id}`
  const hidden = delayMs > 0 && { hiddenUntil: now + delayMs }
  store.messages.set(key, { key, queue: name, id, ...sent, senderId: caller, sentAt: now, receiveCount: 0, ...hidden })
  onChange(name)
  return id
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function sizeOf({ MessageBody = '', MessageAttributes = {} }: Entry): number {
  return Buffer.byteLength(MessageBody) + attributeBytes(MessageAttributes)
}

/** Whether the body has only characters that a message may have (API Reference, SendMessage). */
function isText(body: string): boolean {
  return /^(?:[\t\n\r\x7f-\x9f]|[^\p{Cc}\p{Cs}\ufffe\uffff])*$/u.test(body)
}
