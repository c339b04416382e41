/**
 * Checks a query against a route's parameters: unknown ones, repeated ones, invalid values, and parameters that are not
 * built yet.
 */
import { LimitedSuggestions } from '@ecs-api/ecs-model'
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import type { TProperties } from 'typebox'
import { BadRequest, detailAndErrorsOf, type Fault, NotYetAvailable } from '../../problems/problem.ts'
import { addDateTimeFormat, createAjv } from '../../typebox/ajv.ts'
import { Type } from '../../typebox/type.ts'
import { findMoment } from './moment.ts'

/**
 * Parameters that are not built yet, or not completely. Values in `accepted` are accepted; they have an effect only if
 * the route's query also has the parameter. Values in `planned` are rejected with 501. `feature` names what they will
 * do.
 */
export type NotYetAvailableParameters = Readonly<
  Record<string, { accepted: readonly string[]; planned: readonly string[]; feature: string }>
>

type QueryFault = Extract<Fault, { name: string }>

/** Checks a raw query and converts its values. @throws BadRequest `InvalidQuery` with every error */
export type QueryReader = (raw: Readonly<Record<string, unknown>>) => Record<string, unknown>

let ajv: Ajv | undefined

function ajvOfQueries(): Ajv {
  if (ajv) return ajv
  ajv = createAjv({ coerceTypes: true, useDefaults: true })
  addDateTimeFormat(ajv)
  const dateTime = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  // RFC 3339 allows leap seconds and offsets without minutes. JavaScript's dates cannot represent them.
  ajv.addFormat('date-time', (text: string) => dateTime.validate(text) && !Number.isNaN(Date.parse(text)))
  ajv.addFormat(timeOrDuration, (text: string) => findMoment(text, 0) !== undefined)
  return ajv
}

/** The format of a time that may also be given as a duration back from now. */
export const timeOrDuration = 'time-or-duration'

/** Parameters that are allowed only with `?wait=`. */
const waitParameters = ['timeout', 'fail']

export function queryReader(
  properties: TProperties,
  notYetAvailableParameters: NotYetAvailableParameters,
): QueryReader {
  const validate = validator(properties)
  const known = [...Object.keys(properties), ...Object.keys(notYetAvailableParameters)]

  return (raw) => {
    const faults: QueryFault[] = []
    const suggestions = new LimitedSuggestions()
    const values: Record<string, unknown> = {}
    let rejection: NotYetAvailable | undefined
    for (const [name, value] of Object.entries(raw)) {
      const notYetAvailable = Object.hasOwn(notYetAvailableParameters, name)
        ? notYetAvailableParameters[name]
        : undefined
      if (Array.isArray(value)) faults.push({ in: 'query', name, message: 'given more than once' })
      else if (notYetAvailable) {
        if (notYetAvailable.planned.includes(String(value)))
          rejection ??= new NotYetAvailable(`?${name}=${value} (${notYetAvailable.feature})`)
        else if (!notYetAvailable.accepted.includes(String(value)))
          faults.push({ in: 'query', name, message: oneOf([...notYetAvailable.accepted, ...notYetAvailable.planned]) })
        else if (Object.hasOwn(properties, name)) values[name] = value
      } else if (Object.hasOwn(properties, name)) values[name] = value
      else faults.push({ in: 'query', name, message: unknownMessage(name, known, suggestions) })
    }
    for (const name of waitParameters)
      if ('wait' in properties && values.wait === undefined && values[name] !== undefined)
        faults.push({ in: 'query', name, message: 'goes with ?wait, which is missing' })
    for (const error of validate(values)) {
      // Only the first error of each parameter is reported.
      if (!faults.some(({ name }) => name === nameIn(error)))
        faults.push({ in: 'query', name: nameIn(error), message: messageOf(error) })
    }
    const [first] = faults
    if (first) {
      const { detail, ...options } = detailAndErrorsOf(`?${first.name}: ${first.message}`, faults)
      throw new BadRequest('InvalidQuery', detail, options)
    }
    if (rejection) throw rejection
    return values
  }
}

/**
 * Converts values, fills in defaults and returns the errors. The schema is compiled when a request first has a query.
 */
function validator(properties: TProperties): (values: Record<string, unknown>) => ErrorObject[] {
  if (Object.keys(properties).length === 0) return () => []
  const required = requiredOf(properties)
  const defaults = defaultsOf(properties)
  let validate: ValidateFunction | undefined
  return (values) => {
    if (required.length === 0 && Object.keys(values).length === 0) {
      Object.assign(values, defaults)
      return []
    }
    validate ??= ajvOfQueries().compile({ type: 'object', properties, required })
    if (validate(values)) return []
    // The branches of a union report errors, too. The union's own error comes first, so that it is the one reported.
    return (validate.errors ?? []).toSorted((a, b) => Number(b.keyword === 'anyOf') - Number(a.keyword === 'anyOf'))
  }
}

/** The names of required parameters without a default. */
function requiredOf(properties: TProperties): string[] {
  const { required = [] } = Type.Object(properties)
  return required.filter((name) => !('default' in properties[name]!))
}

function defaultsOf(properties: TProperties): Record<string, unknown> {
  const withDefault = Object.entries(properties).filter(([, schema]) => 'default' in schema)
  return Object.fromEntries(withDefault.map(([name, schema]) => [name, (schema as { default?: unknown }).default]))
}

function unknownMessage(name: string, known: readonly string[], suggestions: LimitedSuggestions): string {
  const suggestion = suggestions.nearest(name, known)
  if (suggestion) return `unknown; did you mean ${suggestion}?`
  return known.length === 0
    ? 'unknown; this path takes no query parameters'
    : `unknown; this path takes ${known.join(', ')}`
}

function nameIn(error: ErrorObject): string {
  return error.keyword === 'required' ? String(error.params.missingProperty) : error.instancePath.slice(1)
}

function messageOf(error: ErrorObject): string {
  const schema = error.parentSchema as {
    type?: string
    format?: string
    anyOf?: { const?: unknown }[]
    minimum?: number
    maximum?: number
    description?: string
  }
  if (error.keyword === 'required') return 'missing'
  if (error.keyword === 'format') {
    const duration = schema.format === timeOrDuration ? ', or a duration back from now, such as 15m' : ''
    return `must be a time in ISO 8601, such as 2026-11-23T14:57:33Z${duration}`
  }
  if (schema.anyOf) return oneOf(schema.anyOf.map((branch) => String(branch.const)))
  if (error.keyword === 'enum') return oneOf(error.params.allowedValues)
  if (error.keyword === 'type' && schema.type === 'boolean') return 'must be true or false'
  if (schema.minimum !== undefined && schema.maximum !== undefined)
    return `must be a whole number from ${schema.minimum} to ${schema.maximum}`
  return error.message ?? 'not valid'
}

function oneOf(values: readonly unknown[]): string {
  return `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}`
}
