/**
 * PutEvents and TestEventPattern. Clients cannot put events of AWS's services (`aws.…`): the engine's services emit
 * those directly.
 */
import type {
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
  TestEventPatternRequest,
  TestEventPatternResponse,
} from '@aws-sdk/client-eventbridge'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { compileEventPattern } from './event-pattern.ts'
import { checkDefaultBus, type EventsContext, unsupportedFeature, validationException } from './rule-record.ts'

export const eventActions = { PutEvents: putEvents, TestEventPattern: testPattern } satisfies JsonActions<EventsContext>

/** The members that an event must have (API Reference, TestEventPattern). */
const requiredMembers = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type']

function putEvents(
  context: EventsContext,
  { Entries = [], EndpointId }: AwsJson<PutEventsRequest>,
): AwsJson<PutEventsResponse> {
  if (EndpointId !== undefined) throw unsupportedFeature('global endpoints')
  const entries = Entries.map((entry) => putEvent(context, entry))
  return { FailedEntryCount: entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: entries }
}

function putEvent(
  { bus, clock, ids, publish }: EventsContext,
  entry: AwsJson<PutEventsRequestEntry>,
): PutEventsResultEntry {
  const { Source: source = '', DetailType: detailType = '', Detail = '', Resources = [], Time, EventBusName } = entry
  checkDefaultBus(bus, EventBusName)
  for (const [name, value] of Object.entries({ Source: source, DetailType: detailType, Detail }))
    if (value === '')
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      }
  if (/^aws\./.test(source))
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: `Not authorized for the source.` }
  const detail = parseObject(Detail)
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  const id = ids.uuid()
  const time = Time === undefined ? clock.now() : Time * 1000
  const { account, region } = bus
  publish({
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time: isoTimeToSecond(time),
    region,
    resources: Resources,
    detail,
  })
  return { EventId: id }
}

function testPattern(
  _: EventsContext,
  { EventPattern = '', Event = '' }: AwsJson<TestEventPatternRequest>,
): AwsJson<TestEventPatternResponse> {
  const matches = compileEventPattern(EventPattern)
  const event = parseObject(Event)
  const missing = requiredMembers.filter((name) => !event || !Object.hasOwn(event, name))
  if (!event || missing.length > 0)
    throw validationException(`Parameter Event is not valid. Reason: it has no ${missing.join(', ')}.`)
  return { Result: matches(event) }
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The time in the form `2026-11-23T21:00:00Z`. */
export function isoTimeToSecond(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
