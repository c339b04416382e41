/** Makers of rules on the actions that run tasks: CreateService, UpdateService and RunTask. */
import type { CreateServiceRequest, RunTaskRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import { type Finding, type OriginWithDefaultCode, type Rule, type RuleContext, rule } from './rule.ts'

type Create = Partial<AwsJson<CreateServiceRequest>>
type Update = Partial<AwsJson<UpdateServiceRequest>>
type Run = Partial<AwsJson<RunTaskRequest>>
/**
 * The members that CreateService and UpdateService share. For UpdateService the caller merges the input with the stored
 * service before it applies the rules.
 */
export type ServiceInput = Omit<Create & Update, 'service'>
/** The members that all three actions share. */
export type LaunchInput = Pick<Create & Update & Run, keyof Create & keyof Update & keyof Run>

type Find<T> = (input: T, context: RuleContext) => Iterable<Finding>

const ruleOn =
  <T>(on: string) =>
  ({ evidence, code = 'InvalidParameterException' }: OriginWithDefaultCode, find: Find<T>): Rule =>
    rule<T>({ on, code, evidence }, (input, _, context) => find(input, context))

export const createServiceRule = ruleOn<Create>('CreateServiceRequest')
export const updateServiceRule = ruleOn<Update>('UpdateServiceRequest')
export const runTaskRule = ruleOn<Run>('RunTaskRequest')

/** A rule on CreateService and UpdateService. `verb` is the word in their messages. */
export function serviceRequestRules(
  origin: OriginWithDefaultCode,
  find: (input: ServiceInput, context: RuleContext, verb: 'created' | 'updated') => Iterable<Finding>,
): Rule[] {
  return [
    createServiceRule(origin, (input, context) => find(input, context, 'created')),
    updateServiceRule(origin, (input, context) => find(input as ServiceInput, context, 'updated')),
  ]
}

/** A rule on all three actions. */
export function launchRequestRules(origin: OriginWithDefaultCode, find: Find<LaunchInput>): Rule[] {
  return [createServiceRule(origin, find), updateServiceRule(origin, find as Find<Update>), runTaskRule(origin, find)]
}

/** Whether the input selects Fargate: by its launch type, or by a strategy of Fargate's capacity providers. */
export function runsOnFargate(input: LaunchInput | ServiceInput): boolean {
  const strategy = input.capacityProviderStrategy ?? []
  const isFargate = 'launchType' in input && input.launchType === 'FARGATE'
  return isFargate || strategy.some(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(capacityProvider ?? ''))
}
