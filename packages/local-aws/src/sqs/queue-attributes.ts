/**
 * The attributes of a queue: those that can be set, and those that are shown (API Reference, SetQueueAttributes and
 * GetQueueAttributes).
 */
import { invalidAttribute, unknownAttribute, unsupportedOperation } from './errors.ts'
import { numericAttributes, type QueueRecord, type QueueStore, queueArn } from './queue-record.ts'

const featureOfUnsupportedAttribute: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'FIFO queues',
  DeduplicationScope: 'FIFO queues',
  FifoThroughputLimit: 'FIFO queues',
  RedrivePolicy: 'dead-letter queues',
  RedriveAllowPolicy: 'dead-letter queues',
}

/**
 * Checks the attributes of a request. An empty Policy or KmsMasterKeyId is accepted, because it removes the attribute.
 * @throws AwsError for an attribute that cannot have its value, or that the engine does not support.
 */
export function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'FifoQueue') {
      if (value === 'true') throw unsupportedOperation('FIFO queues')
      throw unknownAttribute(name)
    }
    const feature = Object.hasOwn(featureOfUnsupportedAttribute, name) ? featureOfUnsupportedAttribute[name] : undefined
    if (feature !== undefined) throw unsupportedOperation(feature)
    if (Object.hasOwn(numericAttributes, name)) {
      const { min, max } = numericAttributes[name as keyof typeof numericAttributes]
      if (!/^\d{1,9}$/.test(value) || Number(value) < min || Number(value) > max) throw invalidAttribute(name)
    } else if (name === 'SqsManagedSseEnabled') {
      if (!/^(true|false)$/i.test(value)) throw invalidAttribute(name)
    } else if (name === 'Policy') {
      if (value !== '' && !isObject(value)) throw invalidAttribute(name)
    } else if (name !== 'KmsMasterKeyId') throw unknownAttribute(name)
  }
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** The attributes with these names. The name `All` means all attributes. */
export function attributesInResponse(
  store: QueueStore,
  queue: QueueRecord,
  names: readonly string[],
  now: number,
): Record<string, string> {
  const count = (index: 'waiting' | 'hidden') => store.messages.countByIndex(index, queue.name)
  const hidden = store.messages.allByIndex('hidden', queue.name).filter(({ hiddenUntil = 0 }) => hiddenUntil > now)
  const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0).length
  const defaults = Object.entries(numericAttributes)
    .filter(([name]) => name !== 'KmsDataKeyReusePeriodSeconds')
    .map(([name, { default: value }]) => [name, String(value)])
  const all: Record<string, string> = {
    ...Object.fromEntries(defaults),
    SqsManagedSseEnabled: queue.attributes.KmsMasterKeyId ? 'false' : 'true',
    ...Object.fromEntries(Object.entries(queue.attributes).filter(([, value]) => value !== '')),
    QueueArn: queueArn(store, queue.name),
    CreatedTimestamp: secondsText(queue.createdAt),
    LastModifiedTimestamp: secondsText(queue.modifiedAt),
    ApproximateNumberOfMessages: String(count('waiting') + count('hidden') - hidden.length),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed),
  }
  if (names.includes('All')) return all
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
}

function secondsText(time: number): string {
  return String(Math.floor(time / 1000))
}
