/** Rules on the actions that run tasks: CreateService, UpdateService and RunTask. */
import type { CreateServiceRequest, RunTaskRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Wire } from '../wire.ts'
import { type Finding, type Known, type Rule, rule } from './rule.ts'

type Create = Partial<Wire<CreateServiceRequest>>
type Update = Partial<Wire<UpdateServiceRequest>>
type Run = Partial<Wire<RunTaskRequest>>
/** What creating and changing a service have in common; of an update, laid over what is there. */
export type ServiceInput = Omit<Create & Update, 'service'>
/** What all three have in common. */
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
export function onService(source: string, find: (input: ServiceInput, known: Known, done: 'created' | 'updated') => Iterable<Finding>): Rule[] {
  return [
    onCreate(source, (input, known) => find(input, known, 'created')),
    onUpdate(source, (input, known) => find(input as ServiceInput, known, 'updated')),
  ]
}

export function onLaunch(source: string, find: Find<LaunchInput>): Rule[] {
  return [onCreate(source, find), onUpdate(source, find as Find<Update>), onRun(source, find)]
}
