/** Task definitions of an account. */
import { type Destination, defineCall, noPathValues, type OptionsOf, send, withDryRun } from '../call.ts'
import { listing } from '../listing.ts'
import { type TaskDefinitionRef, taskDefinitionPathValues } from '../references.ts'
import type { FamilyDeregistered, TaskDefinition, TaskDefinitionRegister } from '../resources.ts'

const itemPath = '/{account}/taskdefs/{taskdef}'

export const taskDefinitionCalls = {
  list: defineCall('GET /{account}/taskdefs'),
  get: defineCall(`GET ${itemPath}`),
  create: defineCall('POST /{account}/taskdefs'),
  deregister: defineCall(`DELETE ${itemPath}`),
}

type Deregister = OptionsOf<'deregisterTaskDefinition'>

export function taskDefinitions(destination: Destination) {
  const list = (query?: OptionsOf<'listTaskDefinitions'>) =>
    listing(destination, taskDefinitionCalls.list, noPathValues, query)
  const deregister = (ref: TaskDefinitionRef, options?: Deregister) =>
    send(destination, taskDefinitionCalls.deregister, () => taskDefinitionPathValues(ref), undefined, options)
  return {
    list,
    page: (query?: OptionsOf<'listTaskDefinitions'>) => list(query).page(),
    get: (ref: TaskDefinitionRef, options?: OptionsOf<'getTaskDefinition'>) =>
      send(destination, taskDefinitionCalls.get, () => taskDefinitionPathValues(ref), undefined, options),
    /** Registers a revision. */
    create: withDryRun<[body: TaskDefinitionRegister], 'registerTaskDefinition'>((body, options) =>
      send(destination, taskDefinitionCalls.create, noPathValues, body, options),
    ),
    /** Deregisters one revision, such as `web:7`. */
    deregister: withDryRun<
      [ref: `${string}:${number | string}` | TaskDefinition],
      'deregisterTaskDefinition',
      TaskDefinition
    >(deregister),
    /** Deregisters as many revisions of a family as the gateway can in 45 s; repeat it while `remaining` is above 0. */
    deregisterFamily: withDryRun<[family: string], 'deregisterTaskDefinition', FamilyDeregistered>(deregister),
  }
}
