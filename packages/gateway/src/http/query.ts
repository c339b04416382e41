/** Checking a query against a route's parameters: unknown ones, doubled ones, values of the wrong kind, those that come later. */
import { nearestName } from '@ecs-api/ecs-model'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import Type, { type TProperties } from 'typebox'
import { BadRequest, type Fault, NotYetAvailable } from '../problems/problem.ts'

/** Parameters that the contract has but that are not built yet: values that change nothing (`now`), and values that are refused as 501 (`later`). */
export type LaterParameters = Readonly<Record<string, { now: readonly string[]; later: readonly string[]; what: string }>>

/** Reads a query as it came into what the route's schema says, or throws with every fault. */
export type QueryReader = (raw: Readonly<Record<string, unknown>>) => Record<string, unknown>

const ajv = new Ajv({ allErrors: true, coerceTypes: true, useDefaults: true, strict: false, verbose: true })
addFormats.default(ajv, ['date-time'])

export function queryReader(properties: TProperties, later: LaterParameters): QueryReader {
  // An optional parameter's schema carries TypeBox's own keyword, which Ajv ignores (strict: false).
  const schema = Type.Object(properties)
  const required = schema.required?.filter((name) => properties[name as string] && !('default' in properties[name as string]!))
  const validate: ValidateFunction = ajv.compile({ type: 'object', properties, required: required ?? [] })
  const known = [...Object.keys(properties), ...Object.keys(later)]

  return (raw) => {
    const faults: Fault[] = []
    const values: Record<string, unknown> = {}
    let refused: NotYetAvailable | undefined
    for (const [name, value] of Object.entries(raw)) {
      const comes = Object.hasOwn(later, name) ? later[name] : undefined
      if (Array.isArray(value)) faults.push({ in: 'query', name, message: 'given more than once' })
      else if (comes) {
        if (comes.later.includes(String(value))) refused ??= new NotYetAvailable(`?${name}=${value} (${comes.what})`)
        else if (!comes.now.includes(String(value))) faults.push({ in: 'query', name, message: oneOf([...comes.now, ...comes.later]) })
      } else if (Object.hasOwn(properties, name)) values[name] = value
      else faults.push({ in: 'query', name, message: unknown(name, known) })
    }
    if (!validate(values)) {
      // Of a union, its branches report too; the union's own error says it all.
      const errors = (validate.errors ?? []).toSorted((a, b) => Number(b.keyword === 'anyOf') - Number(a.keyword === 'anyOf'))
      for (const error of errors) faults.push({ in: 'query', name: nameIn(error), message: messageOf(error) })
    }
    if (faults.length > 0) {
      const several = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
      throw new BadRequest('InvalidQuery', `?${faults[0]!.in === 'query' ? faults[0]!.name : ''}: ${faults[0]!.message}${several}.`, {
        errors: dedupe(faults),
      })
    }
    if (refused) throw refused
    return values
  }
}

function unknown(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known)
  if (meant) return `unknown; did you mean ${meant}?`
  return known.length === 0 ? 'unknown; this path takes no query parameters' : `unknown; this path takes ${known.join(', ')}`
}

function nameIn(error: ErrorObject): string {
  return error.keyword === 'required' ? String(error.params.missingProperty) : error.instancePath.slice(1)
}

function messageOf(error: ErrorObject): string {
  const schema = error.parentSchema as { type?: string; anyOf?: { const?: unknown }[]; minimum?: number; maximum?: number; description?: string }
  if (error.keyword === 'required') return 'missing'
  if (error.keyword === 'format') return 'must be a time in ISO 8601, such as 2026-11-23T14:57:33Z'
  if (schema.anyOf) return oneOf(schema.anyOf.map((branch) => String(branch.const)))
  if (error.keyword === 'enum') return oneOf(error.params.allowedValues)
  if (error.keyword === 'format') return 'must be a date and time such as 2026-11-23T15:00:00Z'
  if (error.keyword === 'type' && schema.type === 'boolean') return 'must be true or false'
  if (schema.minimum !== undefined && schema.maximum !== undefined) return `must be a whole number from ${schema.minimum} to ${schema.maximum}`
  return error.message ?? 'not valid'
}

function oneOf(values: readonly unknown[]): string {
  return `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}`
}

/** One message a parameter is enough. */
function dedupe(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>()
  return faults.filter((fault) => {
    const key = fault.in === 'body' ? fault.pointer : fault.name
    return !seen.has(key) && seen.add(key)
  })
}
