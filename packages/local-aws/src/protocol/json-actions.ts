/** A service of AWS JSON as a registry of its actions. */
import { AwsError } from './aws-error.ts'
import type { JsonService } from './aws-json.ts'
import type { Caller } from './exchange.ts'
import { readInput } from './input.ts'
import type { InputTable } from './input-table.ts'

/**
 * Actions by AWS's names for them. An input within the limits of the table goes in, AWS's output comes out, both in wire form. One that throws
 * (AwsError) has changed nothing.
 */
export type JsonActions<Context> = Record<string, (context: Context, input: never) => object>

export interface JsonActionsDeps<Context> {
  /** As a refusal names it: `AWS Secrets Manager`. */
  service: string
  inputs: InputTable
  /** Its name for an input beyond its limits. */
  invalid: string
  actions: JsonActions<Context>
  contextOf: (caller: Caller) => Context
  /** Does it, and takes back what it set when it throws. */
  atomically: <T>(work: () => T) => T
}

export function jsonActions<Context>({
  service,
  inputs,
  invalid,
  actions,
  contextOf,
  atomically,
}: JsonActionsDeps<Context>): JsonService {
  return async (name, body, caller) => {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!action) throw refusal(service, inputs, name)
    const input = readInput(inputs, name, body, invalid)
    return atomically(() => action(contextOf(caller), input as never))
  }
}

function refusal(service: string, { notOffered }: InputTable, name: string): AwsError {
  if (!notOffered.includes(name)) return new AwsError('UnknownOperationException')
  return new AwsError('UnsupportedFeatureException', `This engine does not have the action ${name} of ${service}.`)
}
