/** SQS in the engine: its actions, the wait for messages, and messages from other services of the engine. */
import type { ReceiveMessageRequest } from '@aws-sdk/client-sqs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import type { Caller } from '../protocol/exchange.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { perAccountRegion } from '../storage/per-account-region.ts'
import type { Storage } from '../storage/storage.ts'
import { openMessageExpiry } from './message-expiry.ts'
import { numericAttribute, openQueueStore, type SqsContext } from './queue-record.ts'
import { nextVisibleAt } from './receive.ts'
import { enqueue } from './send.ts'
import { openReceiveWaiters } from './waiting.ts'

/** The prefix of SQS's actions in the header X-Amz-Target. */
export const sqsTarget = 'AmazonSQS'

export interface SqsDeps {
  storage: Storage
  clock: Clock
  ids: Ids
  /**
   * The beginning of queue URLs, such as `http://127.0.0.1:4566`. Undefined while the engine does not listen: queue
   * URLs then have AWS's host.
   */
  endpoint: () => string | undefined
}

export interface Sqs {
  handleAction: JsonService
  /** Adds a message to the queue with this ARN. Returns false when the queue does not exist or is full. */
  deliverMessage(account: string, region: string, queueArn: string, body: string, senderId: string): boolean
  /** Ends all waits for messages. */
  close(): void
}

export function openSqs({ storage, clock, ids, endpoint }: SqsDeps): Sqs {
  const expiry = openMessageExpiry(clock)
  const storeOf = perAccountRegion((account, region) => {
    const store = openQueueStore(storage, account, region)
    for (const { name } of store.queues.values()) expiry.scheduleRemoval(store, name)
    return store
  })
  const waiters = openReceiveWaiters(clock)

  const contextOf = ({ account, region, userId }: Pick<Caller, 'account' | 'region' | 'userId'>): SqsContext => {
    const store = storeOf(account, region)
    return {
      store,
      clock,
      ids,
      caller: userId,
      urlBase: endpoint() ?? `https://sqs.${region}.amazonaws.com`,
      onChange: (queue) => {
        expiry.scheduleRemoval(store, queue)
        waiters.wake(`${account} ${region} ${queue}`)
      },
    }
  }
  const runAction = createJsonService({
    service: 'Amazon SQS',
    invalidCode: 'InvalidParameterValueException',
    load: () => import('./actions.ts'),
    contextOf,
    atomically: storage.atomically,
  })

  /** Tries again whenever a message arrives or becomes visible, until the requested time has passed. */
  async function receiveWithWait(body: unknown, caller: Caller, signal?: AbortSignal): Promise<object> {
    const startedAt = clock.now()
    const input = withSystemAttributes(body)
    for (;;) {
      const received = await runAction('ReceiveMessage', input, caller)
      if ('Messages' in received) return received
      const { QueueUrl = '', WaitTimeSeconds } = body as AwsJson<ReceiveMessageRequest>
      const store = storeOf(caller.account, caller.region)
      const name = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1)
      const queue = store.queues.get(name)
      const deadline =
        startedAt + (WaitTimeSeconds ?? (queue ? numericAttribute(queue, 'ReceiveMessageWaitTimeSeconds') : 0)) * 1000
      if (clock.now() >= deadline || signal?.aborted || waiters.isClosed) return received
      const retryAt = Math.min(deadline, (queue && nextVisibleAt(store, queue, clock.now())) ?? deadline)
      await waiters.waitForMessage(`${caller.account} ${caller.region} ${name}`, retryAt, signal)
      // Messages received for a client that has gone would be lost.
      if (signal?.aborted) return received
    }
  }

  return {
    handleAction: (action, body, caller, signal) =>
      action === 'ReceiveMessage' ? receiveWithWait(body, caller, signal) : runAction(action, body, caller),
    deliverMessage(account, region, queueArn, body, senderId) {
      const [, , , queueRegion = region, owner = account, name = ''] = queueArn.split(':')
      const context = contextOf({ account: owner, region: queueRegion, userId: senderId })
      const queue = context.store.queues.get(name)
      if (!queue) return false
      try {
        enqueue(context, queue, { body, attributes: {}, delayMs: numericAttribute(queue, 'DelaySeconds') * 1000 })
        return true
      } catch (error) {
        if (error instanceof AwsError) return false
        throw error
      }
    },
    close() {
      waiters.close()
      expiry.close()
    },
  }
}

/**
 * Replaces `AttributeNames`, the former name of `MessageSystemAttributeNames`. The service model wrongly types it as
 * names of queue attributes.
 */
function withSystemAttributes(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('AttributeNames' in body) || !Array.isArray(body.AttributeNames))
    return body
  const { AttributeNames, ...others } = body as {
    AttributeNames: unknown[]
    MessageSystemAttributeNames?: unknown[] | null
  }
  return { ...others, MessageSystemAttributeNames: [...AttributeNames, ...(others.MessageSystemAttributeNames ?? [])] }
}
