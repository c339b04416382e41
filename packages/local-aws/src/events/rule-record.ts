/** The stored state of EventBridge for one account in one Region: the rules of its default bus. */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { Storage } from '../storage/storage.ts'

export interface TargetRecord {
  id: string
  arn: string
  roleArn?: string
  /** JSON that is delivered instead of the event. */
  input?: string
  /** The path of the part of the event that is delivered: `$.detail`. */
  inputPath?: string
  retryPolicy?: object
}

export interface RuleRecord {
  name: string
  pattern: string
  state: string
  description?: string
  roleArn?: string
  targets: TargetRecord[]
  tags: RuleTag[]
}

export interface RuleTag {
  Key?: string | undefined
  Value?: string | undefined
}

export interface Bus extends ReturnType<typeof openBus> {}

export function openBus(storage: Storage, account: string, region: string) {
  return { account, region, rules: storage.table<RuleRecord>(`events/${account}/${region}/rules`) }
}

/** The context of the actions of EventBridge. */
export interface EventsContext {
  bus: Bus
  clock: Clock
  ids: Ids
  /** Delivers the event to the targets of all rules that it matches. */
  publish: (event: BusEvent) => void
}

/** An event as targets receive it (EventBridge User Guide, "AWS service event metadata"). */
export interface BusEvent {
  version: '0'
  id: string
  'detail-type': string
  source: string
  account: string
  /** ISO 8601, to the second. */
  time: string
  region: string
  resources: string[]
  detail: object
}

function busArn({ account, region }: Bus): string {
  return `arn:${partitionOf(region)}:events:${region}:${account}:event-bus/default`
}

export function ruleArn({ account, region }: Bus, name: string): string {
  return `arn:${partitionOf(region)}:events:${region}:${account}:rule/${name}`
}

/**
 * Checks that a bus name is that of the default bus, the only one that exists.
 * @throws AwsError ResourceNotFoundException
 */
export function checkDefaultBus(bus: Bus, name: string | undefined): void {
  if (name !== undefined && name !== 'default' && name !== busArn(bus))
    throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`)
}

/** @throws AwsError ResourceNotFoundException */
export function getRule(bus: Bus, name: string, eventBus: string | undefined): RuleRecord {
  checkDefaultBus(bus, eventBus)
  const rule = bus.rules.get(name)
  if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBusName default.`)
  return rule
}

export function validationException(message: string): AwsError {
  return new AwsError('ValidationException', message)
}

export function unsupportedFeature(feature: string): AwsError {
  return new AwsError('UnsupportedFeatureException', `This engine does not have ${feature} of Amazon EventBridge.`)
}

// The text was not recorded from AWS.
export const invalidToken = () => validationException('The next token is not valid.')
