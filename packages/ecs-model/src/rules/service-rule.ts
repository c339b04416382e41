/** Rules on the actions that run tasks: CreateService, UpdateService and RunTask. */
import type { CreateServiceRequest, RunTaskRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Wire } from '../wire.ts'
import { type Finding, type Known, type Rule, rule } from './rule.ts'

type Create = Partial<Wire<CreateServiceRequest>>
type Update = Partial<Wire<UpdateServiceRequest>>
type Run = Partial<Wire<RunTaskRequest>>
/** Members that creating and changing a service have in common; of an update, laid over the present service. */
export type ServiceInput = Omit<Create & Update, 'service'>
/** Members that all three have in common. */
export type LaunchInput = Pick<Create & Update & Run, keyof Create & keyof Update & keyof Run>

type Find<T> = (input: T, known: Known) => Iterable<Finding>

const code = 'InvalidParameterException'
const on =
  <T>(structure: string) =>
  (source: string, find: Find<T>, exception = code): Rule =>
    rule<T>(structure, exception, source, (input, _, known) => find(input, known))

export const onCreate = on<Create>('CreateServiceRequest')
export const onUpdate = on<Update>('UpdateServiceRequest')
export const onRun = on<Run>('RunTaskRequest')

/** On CreateService and UpdateService; `done` is how each says it. */
export function onService(
  source: string,
  find: (input: ServiceInput, known: Known, done: 'created' | 'updated') => Iterable<Finding>,
): Rule[] {
  return [
    onCreate(source, (input, known) => find(input, known, 'created')),
    onUpdate(source, (input, known) => find(input as ServiceInput, known, 'updated')),
  ]
}

export function onLaunch(source: string, find: Find<LaunchInput>, exception = code): Rule[] {
  return [
    onCreate(source, find, exception),
    onUpdate(source, find as Find<Update>, exception),
    onRun(source, find, exception),
  ]
}

/** As far as the input tells: by its launch type, or by a strategy of Fargate's own providers. */
export function runsOnFargate(input: LaunchInput | ServiceInput): boolean {
  const strategy = input.capacityProviderStrategy ?? []
  const isFargate = 'launchType' in input && input.launchType === 'FARGATE'
  return isFargate || strategy.some(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(capacityProvider ?? ''))
}
