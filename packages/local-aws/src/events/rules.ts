/** The actions on rules of the default bus: put, describe, list, enable, disable, delete. */
import type {
  DeleteRuleRequest,
  DescribeRuleRequest,
  DescribeRuleResponse,
  DisableRuleRequest,
  EnableRuleRequest,
  ListRuleNamesByTargetRequest,
  ListRuleNamesByTargetResponse,
  ListRulesRequest,
  ListRulesResponse,
  PutRuleRequest,
  PutRuleResponse,
} from '@aws-sdk/client-eventbridge'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { compileEventPattern } from './event-pattern.ts'
import {
  type Bus,
  checkDefaultBus,
  type EventsContext,
  getRule,
  invalidToken,
  type RuleRecord,
  ruleArn,
  unsupportedFeature,
  validationException,
} from './rule-record.ts'
import { checkTags } from './tags.ts'

export const ruleActions = {
  DeleteRule: deleteRule,
  DescribeRule: describeRule,
  DisableRule: disableRule,
  EnableRule: enableRule,
  ListRuleNamesByTarget: listRuleNamesByTarget,
  ListRules: listRules,
  PutRule: putRule,
} satisfies JsonActions<EventsContext>

/** The maximum number of rules on a bus (Amazon EventBridge quotas). */
const MAX_RULES = 300

/**
 * Replaces an existing rule: members that the request lacks are removed, but targets and tags are kept (API Reference,
 * PutRule).
 */
function putRule({ bus }: EventsContext, input: AwsJson<PutRuleRequest>): AwsJson<PutRuleResponse> {
  const {
    Name: name = '',
    EventPattern,
    ScheduleExpression,
    State = 'ENABLED',
    Description,
    RoleArn,
    EventBusName,
    Tags = [],
  } = input
  checkDefaultBus(bus, EventBusName)
  if (ScheduleExpression) throw unsupportedFeature('scheduled rules')
  if (EventPattern === undefined || EventPattern === '')
    throw validationException('Parameter(s) EventPattern or ScheduleExpression must be specified.')
  if (State !== 'ENABLED' && State !== 'DISABLED') throw unsupportedFeature(`the rule state ${State}`)
  compileEventPattern(EventPattern)
  checkTags(Tags)
  const existing = bus.rules.get(name)
  if (!existing && bus.rules.size >= MAX_RULES)
    throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.')
  bus.rules.set(name, {
    name,
    pattern: EventPattern,
    state: State,
    ...(Description !== undefined && { description: Description }),
    ...(RoleArn !== undefined && { roleArn: RoleArn }),
    targets: existing?.targets ?? [],
    tags: existing?.tags ?? Tags,
  })
  return { RuleArn: ruleArn(bus, name) }
}

function describeRule(
  { bus }: EventsContext,
  { Name = '', EventBusName }: AwsJson<DescribeRuleRequest>,
): AwsJson<DescribeRuleResponse> {
  return {
    ...ruleInResponse(bus, getRule(bus, Name, EventBusName)),
    CreatedBy: bus.account,
  } as AwsJson<DescribeRuleResponse>
}

function ruleInResponse(bus: Bus, { name, pattern, state, description, roleArn }: RuleRecord) {
  return {
    Name: name,
    Arn: ruleArn(bus, name),
    EventPattern: pattern,
    State: state,
    ...(description !== undefined && { Description: description }),
    ...(roleArn !== undefined && { RoleArn: roleArn }),
    EventBusName: 'default',
  }
}

function listRules({ bus }: EventsContext, input: AwsJson<ListRulesRequest>): AwsJson<ListRulesResponse> {
  const { NamePrefix = '', EventBusName, Limit, NextToken } = input
  checkDefaultBus(bus, EventBusName)
  const found = [...bus.rules.values()].filter(({ name }) => name.startsWith(NamePrefix))
  const { items, nextToken } = pageOfList(
    found,
    { maxResults: Limit, nextToken: NextToken },
    { keyOf: ({ name }) => name, invalidToken },
  )
  return { Rules: items.map((rule) => ruleInResponse(bus, rule)), NextToken: nextToken } as AwsJson<ListRulesResponse>
}

function listRuleNamesByTarget(
  { bus }: EventsContext,
  input: AwsJson<ListRuleNamesByTargetRequest>,
): AwsJson<ListRuleNamesByTargetResponse> {
  const { TargetArn, EventBusName, Limit, NextToken } = input
  checkDefaultBus(bus, EventBusName)
  const found = [...bus.rules.values()].filter(({ targets }) => targets.some(({ arn }) => arn === TargetArn))
  const { items, nextToken } = pageOfList(
    found,
    { maxResults: Limit, nextToken: NextToken },
    { keyOf: ({ name }) => name, invalidToken },
  )
  return { RuleNames: items.map(({ name }) => name), NextToken: nextToken }
}

/** Does nothing when the rule does not exist. */
function deleteRule({ bus }: EventsContext, { Name = '', EventBusName }: AwsJson<DeleteRuleRequest>): object {
  checkDefaultBus(bus, EventBusName)
  if (bus.rules.get(Name)?.targets.length) throw validationException("Rule can't be deleted since it has targets.")
  bus.rules.delete(Name)
  return {}
}

function enableRule({ bus }: EventsContext, { Name = '', EventBusName }: AwsJson<EnableRuleRequest>): object {
  bus.rules.set(Name, { ...getRule(bus, Name, EventBusName), state: 'ENABLED' })
  return {}
}

function disableRule({ bus }: EventsContext, { Name = '', EventBusName }: AwsJson<DisableRuleRequest>): object {
  bus.rules.set(Name, { ...getRule(bus, Name, EventBusName), state: 'DISABLED' })
  return {}
}
