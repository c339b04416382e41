/** EventBridge in the engine: its actions, and the events that other services of the engine emit. */
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { perAccountRegion } from '../storage/per-account-region.ts'
import type { Storage } from '../storage/storage.ts'
import { compileEventPattern, type EventMatcher } from './event-pattern.ts'
import { isoTimeToSecond } from './put-events.ts'
import { type Bus, type BusEvent, openBus, type RuleRecord } from './rule-record.ts'
import { messageFor } from './targets.ts'

/** The prefix of EventBridge's actions in the header X-Amz-Target. */
export const eventsTarget = 'AWSEvents'

export interface EventsDeps {
  storage: Storage
  clock: Clock
  ids: Ids
  /**
   * Sends a message to the queue with this ARN, if the queue exists. The message is stored in the same transaction as
   * other changes of this turn of the event loop.
   */
  sendToQueue: (account: string, region: string, queueArn: string, body: string) => void
}

/** An event of one of AWS's services, without the members that the bus adds. */
interface ServiceEvent {
  source: string
  'detail-type': string
  resources: string[]
  detail: object
}

export interface Events {
  handleAction: JsonService
  /** Whether there is any rule that an event could match. If not, the caller need not build the event. */
  wantsEvents(account: string, region: string): boolean
  /** Delivers the event to the targets of all rules that it matches. */
  emit(account: string, region: string, event: ServiceEvent): void
}

export function openEvents({ storage, clock, ids, sendToQueue }: EventsDeps): Events {
  const busOf = perAccountRegion((account, region) => openBus(storage, account, region))
  const compiledPatterns = new WeakMap<RuleRecord, EventMatcher>()

  function matches(rule: RuleRecord, event: BusEvent): boolean {
    const matcher = compiledPatterns.get(rule) ?? compileEventPattern(rule.pattern)
    compiledPatterns.set(rule, matcher)
    return matcher(event)
  }

  function publish(bus: Bus, event: BusEvent): void {
    for (const rule of bus.rules.values()) {
      if (rule.state !== 'ENABLED' || rule.targets.length === 0 || !matches(rule, event)) continue
      for (const target of rule.targets) {
        const message = messageFor(target, event)
        if (message !== undefined) sendToQueue(bus.account, bus.region, target.arn, message)
      }
    }
  }

  return {
    handleAction: createJsonService({
      service: 'Amazon EventBridge',
      invalidCode: 'ValidationException',
      load: () => import('./actions.ts'),
      contextOf: ({ account, region }) => {
        const bus = busOf(account, region)
        return { bus, clock, ids, publish: (event) => publish(bus, event) }
      },
      atomically: storage.atomically,
    }),
    wantsEvents: (account, region) => busOf(account, region).rules.size > 0,
    emit(account, region, event) {
      publish(busOf(account, region), {
        version: '0',
        id: ids.uuid(),
        account,
        time: isoTimeToSecond(clock.now()),
        region,
        ...event,
      })
    },
  }
}
