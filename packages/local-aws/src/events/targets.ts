/** The actions on targets of rules. A target can only be an SQS queue. */
import type {
  ListTargetsByRuleRequest,
  ListTargetsByRuleResponse,
  PutTargetsRequest,
  PutTargetsResponse,
  RemoveTargetsRequest,
  RemoveTargetsResponse,
  Target,
} from '@aws-sdk/client-eventbridge'
import { type AwsJson, parseArn } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import {
  type Bus,
  type BusEvent,
  type EventsContext,
  getRule,
  invalidToken,
  type TargetRecord,
  unsupportedFeature,
  validationException,
} from './rule-record.ts'

export const targetActions = {
  ListTargetsByRule: listTargets,
  PutTargets: putTargets,
  RemoveTargets: removeTargets,
} satisfies JsonActions<EventsContext>

/** The maximum number of targets of a rule (Amazon EventBridge quotas). */
const MAX_TARGETS = 5

const supportedMembers = new Set(['Id', 'Arn', 'RoleArn', 'Input', 'InputPath', 'RetryPolicy'])

function putTargets(
  { bus }: EventsContext,
  { Rule = '', EventBusName, Targets = [] }: AwsJson<PutTargetsRequest>,
): AwsJson<PutTargetsResponse> {
  const rule = getRule(bus, Rule, EventBusName)
  const targets = [
    ...new Map(
      [...rule.targets, ...Targets.map((target) => targetRecordOf(bus, target))].map((target) => [target.id, target]),
    ).values(),
  ]
  if (targets.length > MAX_TARGETS)
    throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.')
  bus.rules.set(rule.name, { ...rule, targets })
  return { FailedEntryCount: 0, FailedEntries: [] }
}

function targetRecordOf({ account, region }: Bus, target: AwsJson<Target>): TargetRecord {
  const { Id: id = '', Arn: arn = '', RoleArn, Input, InputPath, RetryPolicy } = target
  for (const member of Object.keys(target))
    if (!supportedMembers.has(member)) throw unsupportedFeature(`${member} of targets`)
  const parts = parseArn(arn)
  if (!parts) throw validationException(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`)
  if (parts.service !== 'sqs') throw unsupportedFeature(`targets of ${parts.service} (it supports SQS queues)`)
  if (parts.region !== region || parts.account !== account)
    throw unsupportedFeature('targets in another account or Region')
  if (Input !== undefined && InputPath !== undefined)
    throw validationException(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`)
  if (Input !== undefined) checkInputJson(Input, id)
  if (InputPath !== undefined && !/^\$(\.[\w-]+)*$/.test(InputPath))
    throw unsupportedFeature(`the InputPath ${InputPath}`)
  return {
    id,
    arn,
    ...(RoleArn !== undefined && { roleArn: RoleArn }),
    ...(Input !== undefined && { input: Input }),
    ...(InputPath !== undefined && { inputPath: InputPath }),
    ...(RetryPolicy !== undefined && { retryPolicy: RetryPolicy }),
  }
}

function checkInputJson(text: string, id: string): void {
  try {
    JSON.parse(text)
  } catch {
    throw validationException(`JSON text of the Input of target ${id} is not valid.`)
  }
}

/** The message for the target; undefined when the event has nothing at the target's path. */
export function messageFor({ input, inputPath = '$' }: TargetRecord, event: BusEvent): string | undefined {
  if (input !== undefined) return input
  const found = inputPath
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? Reflect.get(value, name)
          : undefined,
      event,
    )
  return found === undefined ? undefined : JSON.stringify(found)
}

function removeTargets(
  { bus }: EventsContext,
  { Rule = '', EventBusName, Ids = [] }: AwsJson<RemoveTargetsRequest>,
): AwsJson<RemoveTargetsResponse> {
  const rule = getRule(bus, Rule, EventBusName)
  const missing = Ids.filter((id) => !rule.targets.some((target) => target.id === id))
  bus.rules.set(rule.name, { ...rule, targets: rule.targets.filter(({ id }) => !Ids.includes(id)) })
  return {
    FailedEntryCount: missing.length,
    FailedEntries: missing.map((TargetId) => ({
      TargetId,
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Rule ${rule.name} does not have target with ID ${TargetId}.`,
    })),
  }
}

function listTargets(
  { bus }: EventsContext,
  input: AwsJson<ListTargetsByRuleRequest>,
): AwsJson<ListTargetsByRuleResponse> {
  const { Rule = '', EventBusName, Limit, NextToken } = input
  const { targets } = getRule(bus, Rule, EventBusName)
  const { items, nextToken } = pageOfList(
    targets,
    { maxResults: Limit, nextToken: NextToken },
    { keyOf: ({ id }) => id, invalidToken },
  )
  return {
    Targets: items.map(({ id, arn, roleArn, input: given, inputPath, retryPolicy }) => ({
      Id: id,
      Arn: arn,
      ...(roleArn !== undefined && { RoleArn: roleArn }),
      ...(given !== undefined && { Input: given }),
      ...(inputPath !== undefined && { InputPath: inputPath }),
      ...(retryPolicy !== undefined && { RetryPolicy: retryPolicy }),
    })),
    NextToken: nextToken,
  }
}
