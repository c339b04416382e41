/** What is wrong with a configuration: every fault at once, by the path of its key. */
import { nearestName } from '@ecs-api/ecs-model'
import { Ajv, type ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
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
    super(`${source} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${lines.join('\n')}`)
    this.name = 'BrokenConfiguration'
    this.faults = faults
  }
}

// Our own schema needs no check against the meta-schema, and compiling that would be most of the cost.
const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, meta: false, validateSchema: false })

/** The schema of a map whose keys have names. */
interface Keyed extends TSchema {
  properties: Record<string, TSchema & Annotations>
  required?: readonly string[]
}

/** All faults of a value under a schema; `at` is the path of the value itself. */
export function faultsUnder(schema: TSchema, value: unknown, at: string): ConfigurationFault[] {
  // Of a map only what is given is compiled: a start would compile the whole schema for the two or three keys that are set.
  if (isKeyed(schema) && isRecord(value)) return faultsOfKeys(schema, value, at)
  const validate = ajv.compile(schema)
  if (validate(value)) return []
  const faults = new Map<string, string>()
  // A union's branches report too; the union's own error says what was expected of all of them.
  const errors = (validate.errors ?? []).toSorted(
    (a, b) => Number(b.keyword === 'anyOf') - Number(a.keyword === 'anyOf'),
  )
  for (const error of errors) {
    const [path, message] = told(error)
    if (!faults.has(path)) faults.set(path, message)
  }
  return [...faults].map(([path, message]) => ({ path: [at, path].filter(Boolean).join('.'), message }))
}

function isKeyed(schema: TSchema): schema is Keyed {
  return 'properties' in schema && 'additionalProperties' in schema && schema.additionalProperties === false
}

function faultsOfKeys(schema: Keyed, value: Readonly<Record<string, unknown>>, at: string): ConfigurationFault[] {
  const { properties, required = [] } = schema
  const below = (key: string) => (at ? `${at}.${key}` : key)
  const missing = required
    .filter((key) => value[key] === undefined)
    .map((key) => ({ path: below(key), message: missingKey(key, properties) }))
  const given = Object.entries(value).filter(([, inside]) => inside !== undefined)
  const [known, unknown] = [
    given.filter(([key]) => Object.hasOwn(properties, key)),
    given.filter(([key]) => !Object.hasOwn(properties, key)),
  ]
  return [
    ...missing,
    ...unknown.map(([key]) => ({ path: below(key), message: unknownKey(key, properties) })),
    ...known.flatMap(([key, inside]) => faultsUnder(properties[key]!, inside, below(key))),
  ]
}

function told(error: ErrorObject): [path: string, message: string] {
  const schema = error.parentSchema as Annotations & { properties?: Record<string, Annotations> }
  const path = error.instancePath.slice(1).split('/').map(unescaped).join('.')
  const below = (name: string) => (path ? `${path}.${name}` : name)
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty)
    return [below(name), unknownKey(name, schema.properties)]
  }
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty)
    return [below(name), missingKey(name, schema.properties)]
  }
  if (schema.removed) return [path, schema.removed]
  if (schema.later) return [path, 'not available yet']
  return [path, schema.expected ? `expected ${schema.expected}` : (error.message ?? 'not valid')]
}

function unknownKey(name: string, properties: Readonly<Record<string, Annotations>> = {}): string {
  const names = Object.keys(properties).filter((key) => !properties[key]?.later && !properties[key]?.removed)
  const meant = nearestName(name, names)
  return meant ? `unknown key; did you mean ${meant}?` : `unknown key; the keys here are ${names.join(', ')}`
}

function missingKey(name: string, properties: Readonly<Record<string, Annotations>> = {}): string {
  return `missing; expected ${properties[name]?.expected ?? 'a value'}`
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}
