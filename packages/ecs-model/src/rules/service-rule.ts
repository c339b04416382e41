/** Helpers for rules on the actions that run tasks: CreateService, UpdateService and RunTask. */
import type { CreateServiceRequest, RunTaskRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import { type Finding, type Rule, type RuleContext, rule } from './rule.ts'

type Create = Partial<AwsJson<CreateServiceRequest>>
type Update = Partial<AwsJson<UpdateServiceRequest>>
type Run = Partial<AwsJson<RunTaskRequest>>
/**
 * The members that CreateService and UpdateService share. For UpdateService the caller merges the input with the present
 * service before it applies the rules.
 */
export type ServiceInput = Omit<Create & Update, 'service'>
/** The members that all three actions share. */
export type LaunchInput = Pick<Create & Update & Run, keyof Create & keyof Update & keyof Run>

type Find<T> = (input: T, context: RuleContext) => Iterable<Finding>

const code = 'InvalidParameterException'
const ruleOn =
  <T>(structure: string) =>
  (evidence: string, find: Find<T>, exception = code): Rule =>
    rule<T>(structure, exception, evidence, (input, _, context) => find(input, context))

export const onCreate = ruleOn<Create>('CreateServiceRequest')
export const onUpdate = ruleOn<Update>('UpdateServiceRequest')
export const onRun = ruleOn<Run>('RunTaskRequest')

/** A rule on CreateService and UpdateService. `verb` is the word in their messages. */
export function onService(
  evidence: string,
  find: (input: ServiceInput, context: RuleContext, verb: 'created' | 'updated') => Iterable<Finding>,
): Rule[] {
  return [
    onCreate(evidence, (input, context) => find(input, context, 'created')),
    onUpdate(evidence, (input, context) => find(input as ServiceInput, context, 'updated')),
  ]
}

/** A rule on all three actions. */
export function onLaunch(evidence: string, find: Find<LaunchInput>, exception = code): Rule[] {
  return [
    onCreate(evidence, find, exception),
    onUpdate(evidence, find as Find<Update>, exception),
    onRun(evidence, find, exception),
  ]
}

/** Whether the input selects Fargate: by its launch type, or by a strategy of Fargate's capacity providers. */
export function runsOnFargate(input: LaunchInput | ServiceInput): boolean {
  const strategy = input.capacityProviderStrategy ?? []
  const isFargate = 'launchType' in input && input.launchType === 'FARGATE'
  return isFargate || strategy.some(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(capacityProvider ?? ''))
}
