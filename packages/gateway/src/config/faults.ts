/** Finds and reports the errors of a configuration: all of them at once, each with the path of its key. */
import { nearestName } from '@ecs-api/ecs-model'
import type { Ajv, ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import { createAjv } from '../typebox/ajv.ts'
import type { Annotations } from './schema.ts'

export interface ConfigurationFault {
  /** `accounts.nonprod.region`, or the name of an environment variable. */
  path: string
  message: string
}

export class BrokenConfiguration extends Error {
  readonly faults: readonly ConfigurationFault[]

  constructor(source: string, faults: readonly ConfigurationFault[]) {
    const lines = faults.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`)
    super(`${source} has ${faults.length === 1 ? 'an error' : `${faults.length} errors`}:\n${lines.join('\n')}`)
    this.name = 'BrokenConfiguration'
    this.faults = faults
  }
}

let ajv: Ajv | undefined

/** The schema of a map with fixed keys. */
interface FixedKeysSchema extends TSchema, Pick<Annotations, 'otherMode'> {
  properties: Record<string, TSchema & Annotations>
  required?: readonly string[]
}

/**
 * Validates a value against a schema and returns all errors.
 * @param valuePath the path of the value in the configuration; empty for the whole configuration
 */
export function findFaults(schema: TSchema, value: unknown, valuePath: string): ConfigurationFault[] {
  // Each key is validated alone, so that only the schemas of the few keys that are set are compiled.
  if (hasFixedKeys(schema) && isRecord(value)) return faultsOfKeys(schema, value, valuePath)
  if (isPlainlyValid(schema, value)) return []
  ajv ??= createAjv()
  const validate = ajv.compile(schema)
  if (validate(value)) return []
  const faults = new Map<string, string>()
  // The branches of a union report errors as well. The union's own error comes first, because it names all
  // alternatives.
  const errors = (validate.errors ?? []).toSorted(
    (a, b) => Number(b.keyword === 'anyOf') - Number(a.keyword === 'anyOf'),
  )
  for (const error of errors) {
    const [path, message] = pathAndMessage(error)
    if (!faults.has(path)) faults.set(path, message)
  }
  return [...faults].map(([path, message]) => ({ path: [valuePath, path].filter(Boolean).join('.'), message }))
}

/**
 * Whether a value is certainly valid, for schemas with only the most common keywords. After false, Ajv has to validate
 * the value. So a start with a valid configuration need not load Ajv.
 */
function isPlainlyValid(schema: TSchema, value: unknown): boolean {
  const {
    type,
    const: literal,
    anyOf,
    minLength = 0,
    pattern = '',
    minimum,
    maximum,
    ...others
  } = schema as PlainSchema
  const { expected, reference, properties, patternProperties, minProperties, ...unknownKeywords } = others
  // JSON Schema counts code points, and JavaScript code units.
  if (minLength > 1 || Object.keys(unknownKeywords).length > 0) return false
  if (anyOf) return type === undefined && anyOf.some((branch) => isPlainlyValid(branch, value))
  if (literal !== undefined) return value === literal
  switch (type) {
    case 'string':
      return typeof value === 'string' && value.length >= minLength && new RegExp(pattern, 'u').test(value)
    case 'integer':
      return Number.isInteger(value) && !(Number(value) < minimum!) && !(Number(value) > maximum!)
    case 'boolean':
      return typeof value === 'boolean'
    case 'object':
      return isRecord(value) && isPlainMap(schema, value)
    default:
      return false
  }
}

function isPlainMap(
  { properties = {}, patternProperties = {}, minProperties = 0 }: PlainSchema,
  value: Readonly<Record<string, unknown>>,
): boolean {
  const entries = Object.entries(value)
  if (Object.keys(properties).length > 0 || entries.length < minProperties) return false
  return Object.entries(patternProperties).every(([pattern, schema]) =>
    entries.every(([key, member]) => !new RegExp(pattern, 'u').test(key) || isPlainlyValid(schema, member)),
  )
}

interface PlainSchema extends Annotations {
  type?: string
  const?: unknown
  anyOf?: TSchema[]
  minLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  properties?: Record<string, TSchema>
  patternProperties?: Record<string, TSchema>
  minProperties?: number
}

function hasFixedKeys(schema: TSchema): schema is FixedKeysSchema {
  return 'properties' in schema && 'additionalProperties' in schema && schema.additionalProperties === false
}

function faultsOfKeys(
  schema: FixedKeysSchema,
  value: Readonly<Record<string, unknown>>,
  valuePath: string,
): ConfigurationFault[] {
  const { properties, required = [] } = schema
  const pathOf = (key: string) => (valuePath ? `${valuePath}.${key}` : key)
  const missing = required
    .filter((key) => value[key] === undefined)
    .map((key) => ({ path: pathOf(key), message: missingKeyMessage(key, properties) }))
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  const [knownEntries, unknownEntries] = [
    entries.filter(([key]) => Object.hasOwn(properties, key)),
    entries.filter(([key]) => !Object.hasOwn(properties, key)),
  ]
  return [
    ...missing,
    ...unknownEntries.map(([key]) => ({ path: pathOf(key), message: unknownKeyMessage(key, schema) })),
    ...knownEntries.flatMap(([key, member]) => findFaults(properties[key]!, member, pathOf(key))),
  ]
}

function pathAndMessage(error: ErrorObject): [path: string, message: string] {
  const schema = error.parentSchema as Annotations & { properties?: Record<string, Annotations> }
  const path = error.instancePath.slice(1).split('/').map(unescapePointer).join('.')
  const pathOf = (name: string) => (path ? `${path}.${name}` : name)
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty)
    return [pathOf(name), unknownKeyMessage(name, schema)]
  }
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty)
    return [pathOf(name), missingKeyMessage(name, schema.properties)]
  }
  if (schema.removed) return [path, schema.removed]
  if (schema.later) return [path, 'not built yet']
  return [path, schema.expected ? `expected ${schema.expected}` : (error.message ?? 'not valid')]
}

function unknownKeyMessage(
  name: string,
  {
    properties = {},
    otherMode,
  }: { properties?: Readonly<Record<string, Annotations>> } & Pick<Annotations, 'otherMode'>,
): string {
  if (otherMode?.keys.includes(name)) return `only accounts with \`mode: ${otherMode.mode}\` have this key`
  const names = Object.keys(properties).filter((key) => !properties[key]?.later && !properties[key]?.removed)
  const suggestion = nearestName(name, names)
  return suggestion ? `unknown key; did you mean ${suggestion}?` : `unknown key; the keys here are ${names.join(', ')}`
}

function missingKeyMessage(name: string, properties: Readonly<Record<string, Annotations>> = {}): string {
  return `missing; expected ${properties[name]?.expected ?? 'a value'}`
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Unescapes a segment of a JSON Pointer (RFC 6901). */
function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}
