/** Builds a service of AWS JSON from a table of its actions. */
import { AwsError } from './aws-error.ts'
import type { JsonService } from './aws-json.ts'
import type { Caller } from './exchange.ts'
import { readValidInput } from './input.ts'
import type { InputTable } from './input-table.ts'

/**
 * Actions by AWS's names. Each takes a validated input and returns AWS's output, both in wire form. The changes of an
 * action that throws (AwsError) are rolled back.
 */
export type JsonActions<Context> = Record<string, (context: Context, input: never) => object>

interface LoadedActions<Context> {
  actions: JsonActions<Context>
  inputs: InputTable
}

export interface JsonActionsDeps<Context> {
  /** The service's name in errors: `AWS Secrets Manager`. */
  service: string
  /** The service's error code for an invalid input. */
  invalidCode: string
  /** Imports the actions and their inputs. It is called once, by the first request: most processes get none. */
  load: () => Promise<LoadedActions<Context>>
  contextOf: (caller: Caller) => Context
  /** Runs the work, and rolls back its changes when it throws. */
  atomically: <T>(work: () => T) => T
}

/** @returns a service that validates an input by its table and runs the action in one transaction */
export function createJsonService<Context>({
  service,
  invalidCode,
  load,
  contextOf,
  atomically,
}: JsonActionsDeps<Context>): JsonService {
  let loading: Promise<LoadedActions<Context>> | undefined
  return async (name, body, caller) => {
    loading ??= load()
    const { actions, inputs } = await loading
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!action) throw unknownAction(service, inputs, name)
    const input = readValidInput(inputs, name, body, invalidCode)
    return atomically(() => action(contextOf(caller), input as never))
  }
}

function unknownAction(service: string, { notOffered }: InputTable, name: string): AwsError {
  if (!notOffered.includes(name)) return new AwsError('UnknownOperationException')
  return new AwsError('UnsupportedFeatureException', `This engine does not have the action ${name} of ${service}.`)
}
