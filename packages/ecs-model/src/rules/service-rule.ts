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

export const ruleOnCreateService = ruleOn<Create>('CreateServiceRequest')
export const ruleOnUpdateService = ruleOn<Update>('UpdateServiceRequest')
export const ruleOnRunTask = ruleOn<Run>('RunTaskRequest')

/** The same rule on CreateService and on UpdateService. `verb` is the word in their messages. */
export function rulesOnCreateAndUpdateService(
  origin: OriginWithDefaultCode,
  find: (input: ServiceInput, context: RuleContext, verb: 'created' | 'updated') => Iterable<Finding>,
): Rule[] {
  return [
    ruleOnCreateService(origin, (input, context) => find(input, context, 'created')),
    ruleOnUpdateService(origin, (input, context) => find(input as ServiceInput, context, 'updated')),
  ]
}

/** The same rule on CreateService, UpdateService and RunTask. */
export function rulesOnServicesAndRunTask(origin: OriginWithDefaultCode, find: Find<LaunchInput>): Rule[] {
  return [
    ruleOnCreateService(origin, find),
    ruleOnUpdateService(origin, find as Find<Update>),
    ruleOnRunTask(origin, find),
  ]
}

/** Whether the input selects Fargate: by its launch type, or by a strategy of Fargate's capacity providers. */
export function runsOnFargate(input: LaunchInput | ServiceInput): boolean {
  const strategy = input.capacityProviderStrategy ?? []
  const isFargate = 'launchType' in input && input.launchType === 'FARGATE'
  return isFargate || strategy.some(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(capacityProvider ?? ''))
}
