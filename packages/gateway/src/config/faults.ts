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

/** All faults of a value under a schema; `at` is the path of the value itself. */
export function faultsUnder(schema: TSchema, value: unknown, at: string): ConfigurationFault[] {
  const validate = ajv.compile(schema)
  if (validate(value)) return []
  const faults = new Map<string, string>()
  // A union's branches report too; the union's own error says what was expected of all of them.
  const errors = (validate.errors ?? []).toSorted((a, b) => Number(b.keyword === 'anyOf') - Number(a.keyword === 'anyOf'))
  for (const error of errors) {
    const [path, message] = told(error)
    if (!faults.has(path)) faults.set(path, message)
  }
  return [...faults].map(([path, message]) => ({ path: [at, path].filter(Boolean).join('.'), message }))
}

function told(error: ErrorObject): [path: string, message: string] {
  const schema = error.parentSchema as Annotations & { properties?: Record<string, Annotations> }
  const path = error.instancePath.slice(1).split('/').map(unescaped).join('.')
  const below = (name: string) => (path ? `${path}.${name}` : name)
  if (error.keyword === 'additionalProperties') {
    const known = Object.entries(schema.properties ?? {}).filter(([, property]) => !property.later)
    const name = String(error.params.additionalProperty)
    const names = known.map(([key]) => key)
    const meant = nearestName(name, names)
    return [below(name), meant ? `unknown key; did you mean ${meant}?` : `unknown key; the keys here are ${names.join(', ')}`]
  }
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty)
    return [below(name), `missing; expected ${schema.properties?.[name]?.expected ?? 'a value'}`]
  }
  if (schema.later) return [path, 'not available yet']
  return [path, schema.expected ? `expected ${schema.expected}` : (error.message ?? 'not valid')]
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}
