/**
 * Bodies of the gateway's own resources, read by their TypeBox schema. All errors are reported at once, each with its
 * pointer. (For ECS's bodies see shapes/body.ts.)
 */
import { LimitedSuggestions } from '@ecs-api/ecs-model'
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import type { Static, TObject } from 'typebox'
import { BadRequest, detailAndErrorsOf, type Fault } from '../../problems/problem.ts'
import { addDateTimeFormat, createAjv } from '../../typebox/ajv.ts'
import { wordsOfPattern } from '../../typebox/patterns.ts'

type BodyFault = Extract<Fault, { in: 'body' }>

let ajv: Ajv | undefined
const compiled = new WeakMap<object, ValidateFunction>()

/** Does not convert types: a number as a string is an error. */
function ajvOfBodies(): Ajv {
  if (ajv) return ajv
  ajv = createAjv()
  addDateTimeFormat(ajv)
  return ajv
}

/**
 * The body, checked against its schema.
 * @throws BadRequest `InvalidBody` with every error
 */
export function readGatewayBody<Schema extends TObject>(schema: Schema, body: unknown): Static<Schema> {
  let validate = compiled.get(schema)
  if (!validate) {
    validate = ajvOfBodies().compile(schema)
    compiled.set(schema, validate)
  }
  if (validate(body)) return body as Static<Schema>
  const faults = new Map<string, BodyFault>()
  const suggestions = new LimitedSuggestions()
  for (const error of validate.errors ?? []) {
    const fault = faultOf(error, suggestions)
    // The branches of a union report errors before the union itself does. An error inside the value means that the
    // value has the type of a branch: then the union's own error is left out. Otherwise only the union's own error
    // stays.
    const isInside = [...faults.keys()].some((pointer) => pointer.startsWith(`${fault.pointer}/`))
    if (error.keyword === 'anyOf' && isInside) faults.delete(fault.pointer)
    else if (!faults.has(fault.pointer) || error.keyword === 'anyOf') faults.set(fault.pointer, fault)
  }
  const errors = [...faults.values()]
  const [first] = errors
  const { detail, ...options } = detailAndErrorsOf(`${first!.pointer || 'The body'}: ${first!.message}`, errors)
  throw new BadRequest('InvalidBody', detail, options)
}

function faultOf(error: ErrorObject, suggestions: LimitedSuggestions): BodyFault {
  const pointer = error.instancePath
  const schema = error.parentSchema as {
    properties?: object
    anyOf?: { const?: unknown; type?: string }[]
    type?: string
    description?: string
  }
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty)
      const names = Object.keys(schema.properties ?? {})
      const suggestion = suggestions.nearest(name, names)
      return {
        in: 'body',
        pointer: `${pointer}/${escaped(name)}`,
        message: suggestion ? `unknown; did you mean ${suggestion}?` : `unknown; known are ${names.join(', ')}`,
      }
    }
    case 'required':
      return { in: 'body', pointer: `${pointer}/${escaped(String(error.params.missingProperty))}`, message: 'missing' }
    case 'anyOf':
      return {
        in: 'body',
        pointer: pointer,
        message: unionText(schema.anyOf ?? []),
      }
    case 'minItems':
      return { in: 'body', pointer: pointer, message: `must have at least ${error.params.limit} of them` }
    case 'format':
      return { in: 'body', pointer: pointer, message: 'must be a date and time such as 2026-11-23T15:00:00Z' }
    case 'pattern':
      return { in: 'body', pointer: pointer, message: wordsOfPattern(error.params.pattern) ?? 'not valid' }
    default:
      return { in: 'body', pointer: pointer, message: error.message ?? 'not valid' }
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'an object',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}

function unionText(branches: readonly { const?: unknown; type?: string }[]): string {
  const isOfLiterals = branches.every((branch) => 'const' in branch)
  if (isOfLiterals) return `must be one of ${branches.map((branch) => branch.const).join(', ')}`
  return `must be ${branches.map(({ const: literal, type = '' }) => literal ?? typeWords[type] ?? type).join(' or ')}`
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
