/** The actions on queues: create, find, change, purge, delete, tag. */
import type {
  CreateQueueRequest,
  CreateQueueResult,
  DeleteQueueRequest,
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  GetQueueUrlRequest,
  GetQueueUrlResult,
  ListQueuesRequest,
  ListQueuesResult,
  ListQueueTagsRequest,
  ListQueueTagsResult,
  PurgeQueueRequest,
  SetQueueAttributesRequest,
  TagQueueRequest,
  UntagQueueRequest,
} from '@aws-sdk/client-sqs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { invalidParameter, queueExists, queueNotFound, unsupportedOperation } from './errors.ts'
import { attributesInResponse, checkAttributes } from './queue-attributes.ts'
import { getQueue, type QueueRecord, type QueueStore, type SqsContext } from './queue-record.ts'

export const queueActions = {
  CreateQueue: createQueue,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getAttributes,
  GetQueueUrl: getUrl,
  ListQueueTags: listTags,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
  SetQueueAttributes: setAttributes,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
} satisfies JsonActions<SqsContext>

const MAX_TAGS = 50
const MAX_LISTED = 1000

function createQueue(
  { store, clock, urlBase }: SqsContext,
  input: AwsJson<CreateQueueRequest>,
): AwsJson<CreateQueueResult> {
  const { QueueName: name = '', Attributes = {}, tags = {} } = input
  const attributes = withoutUndefined(Attributes)
  if (/\.fifo$/.test(name) || attributes.FifoQueue === 'true') throw unsupportedOperation('FIFO queues')
  if (!/^[\w-]{1,80}$/.test(name))
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length')
  checkAttributes(attributes)
  checkTags(tags)
  const existing = store.queues.get(name)
  if (existing) {
    const current = attributesInResponse(store, existing, ['All'], clock.now())
    const differingAttribute = Object.keys(attributes).find(
      (attribute) => (current[attribute] ?? '') !== attributes[attribute],
    )
    if (differingAttribute !== undefined) throw queueExists(differingAttribute)
  } else
    store.queues.set(name, {
      name,
      attributes,
      tags: withoutUndefined(tags),
      createdAt: clock.now(),
      modifiedAt: clock.now(),
    })
  return { QueueUrl: queueUrl(urlBase, store, name) }
}

function getUrl(
  { store, urlBase }: SqsContext,
  { QueueName = '', QueueOwnerAWSAccountId }: AwsJson<GetQueueUrlRequest>,
): AwsJson<GetQueueUrlResult> {
  const isHere = QueueOwnerAWSAccountId === undefined || QueueOwnerAWSAccountId === store.account
  if (!isHere || !store.queues.get(QueueName)) throw queueNotFound()
  return { QueueUrl: queueUrl(urlBase, store, QueueName) }
}

function listQueues({ store, urlBase }: SqsContext, input: AwsJson<ListQueuesRequest>): AwsJson<ListQueuesResult> {
  const { QueueNamePrefix = '', MaxResults, NextToken } = input
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > MAX_LISTED))
    throw invalidParameter(`Value for parameter MaxResults is invalid. Reason: Must be between 1 and ${MAX_LISTED}.`)
  const found = [...store.queues.values()].filter(({ name }) => name.startsWith(QueueNamePrefix))
  const { items, nextToken } = pageOfList(
    found,
    { maxResults: MaxResults, nextToken: NextToken },
    {
      keyOf: ({ name }) => name,
      defaultSize: MAX_LISTED,
      maxSize: MAX_LISTED,
      invalidToken: () => invalidParameter('Invalid or expired next token.'),
    },
  )
  // A token is returned only when the request has a page size (API Reference, ListQueues).
  return {
    ...(items.length > 0 && { QueueUrls: items.map(({ name }) => queueUrl(urlBase, store, name)) }),
    ...(MaxResults !== undefined && nextToken !== undefined && { NextToken: nextToken }),
  }
}

function getAttributes(
  { store, clock }: SqsContext,
  input: AwsJson<GetQueueAttributesRequest>,
): AwsJson<GetQueueAttributesResult> {
  const queue = getQueue(store, input.QueueUrl ?? '')
  return { Attributes: attributesInResponse(store, queue, input.AttributeNames ?? [], clock.now()) }
}

function setAttributes({ store, clock, onChange }: SqsContext, input: AwsJson<SetQueueAttributesRequest>): object {
  const queue = getQueue(store, input.QueueUrl ?? '')
  const attributes = withoutUndefined(input.Attributes ?? {})
  checkAttributes(attributes)
  store.queues.set(queue.name, {
    ...queue,
    attributes: { ...queue.attributes, ...attributes },
    modifiedAt: clock.now(),
  })
  onChange(queue.name)
  return {}
}

function deleteQueue({ store, onChange }: SqsContext, { QueueUrl = '' }: AwsJson<DeleteQueueRequest>): object {
  const queue = getQueue(store, QueueUrl)
  deleteMessages(store, queue)
  store.queues.delete(queue.name)
  onChange(queue.name)
  return {}
}

function purgeQueue({ store }: SqsContext, { QueueUrl = '' }: AwsJson<PurgeQueueRequest>): object {
  deleteMessages(store, getQueue(store, QueueUrl))
  return {}
}

function deleteMessages({ messages }: QueueStore, { name }: QueueRecord): void {
  for (const { key } of messages.allByIndex('queue', name)) messages.delete(key)
}

function tagQueue({ store }: SqsContext, { QueueUrl = '', Tags = {} }: AwsJson<TagQueueRequest>): object {
  const queue = getQueue(store, QueueUrl)
  const tags = { ...queue.tags, ...withoutUndefined(Tags) }
  checkTags(tags)
  store.queues.set(queue.name, { ...queue, tags })
  return {}
}

function untagQueue({ store }: SqsContext, { QueueUrl = '', TagKeys = [] }: AwsJson<UntagQueueRequest>): object {
  const queue = getQueue(store, QueueUrl)
  store.queues.set(queue.name, {
    ...queue,
    tags: Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key))),
  })
  return {}
}

function listTags(
  { store }: SqsContext,
  { QueueUrl = '' }: AwsJson<ListQueueTagsRequest>,
): AwsJson<ListQueueTagsResult> {
  return { Tags: { ...getQueue(store, QueueUrl).tags } }
}

// The text was not recorded from AWS.
function checkTags(tags: object): void {
  if (
    Object.keys(tags).some((key) => key === '' || key.length > 128 || /^aws:/i.test(key)) ||
    Object.keys(tags).length > MAX_TAGS
  )
    throw invalidParameter(
      `A queue can have ${MAX_TAGS} tags; their keys have 1 to 128 characters and do not begin with aws:.`,
    )
}

function withoutUndefined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function queueUrl(base: string, { account }: QueueStore, name: string): string {
  return `${base}/${account}/${name}`
}
