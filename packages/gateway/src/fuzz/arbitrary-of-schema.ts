/** Generates values that match a JSON Schema of openapi.json, and damaged values. */
import fc from 'fast-check'

export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  minimum?: number
  maximum?: number
  examples?: unknown[]
}

export type Components = Readonly<Record<string, JsonSchema>>

const maxDepth = 5

/**
 * Generates values that match the schema. Most objects have few optional members, so that some requests pass all
 * checks.
 */
export function arbitraryFitting(schema: JsonSchema, components: Components, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref)
    return depth > maxDepth
      ? fc.constant({})
      : arbitraryFitting(components[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}, components, depth)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((branch) => arbitraryFitting(branch, components, depth)))
  const types = [schema.type ?? (schema.properties ? 'object' : 'string')].flat()
  return fc.oneof(...types.map((type) => arbitraryOfType(type, schema, components, depth)))
}

function arbitraryOfType(
  type: string,
  schema: JsonSchema,
  components: Components,
  depth: number,
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return arbitraryObject(schema, components, depth + 1)
    case 'array':
      return depth > maxDepth
        ? fc.constant([])
        : fc.array(arbitraryFitting(schema.items ?? {}, components, depth + 1), { maxLength: 3 })
    case 'integer':
      return fc.oneof(
        { weight: 4, arbitrary: smallInteger(schema) },
        { weight: 1, arbitrary: fc.constantFrom(-1, 70_000, 2 ** 31 - 1, 2 ** 31, -(2 ** 31)) },
      )
    case 'number':
      return quantity
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return someText
  }
}

/** Members with CPU units or MiB. */
const quantityNames: ReadonlySet<string> = new Set(['cpu', 'memory', 'memoryReservation'])
const quantity = fc.constantFrom(256, 512, 1024, 0.5, 2048)

/** Generates small counts, so that a run does not start too many tasks. */
function smallInteger({ minimum = 0, maximum = 300 }: JsonSchema): fc.Arbitrary<number> {
  return fc.integer({ min: minimum, max: Math.max(minimum, Math.min(maximum, 12)) })
}

const someText = fc.oneof(
  fc.constantFrom(
    'prod',
    'web',
    'www',
    'job',
    'awsvpc',
    'FARGATE',
    '256',
    'subnet-0a1b2c3d',
    'nginx:1.29',
    'arn:aws:iam::123456789012:role/x',
    '',
  ),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 10 }),
)

function arbitraryObject(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  components: Components,
  depth: number,
): fc.Arbitrary<unknown> {
  const names = Object.keys(properties)
  const members = fc
    .subarray(names, { maxLength: Math.min(names.length, depth > 2 ? 2 : 5) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...new Set([...chosen, ...required])].map((name) => [
            name,
            quantityNames.has(name)
              ? fc.oneof(quantity, arbitraryFitting(properties[name] ?? {}, components, depth))
              : arbitraryFitting(properties[name] ?? {}, components, depth),
          ]),
        ),
      ),
    )
  if (names.length > 0 || typeof additionalProperties !== 'object' || depth > maxDepth) return members
  return fc.dictionary(someText, arbitraryFitting(additionalProperties, components, depth), { maxKeys: 3 })
}

/** Values that replace a valid value. */
const oddities = [
  null,
  true,
  -1,
  0,
  1e99,
  2 ** 31,
  0.1,
  '',
  ' ',
  'x'.repeat(300),
  [],
  {},
  [null],
  [[]],
  { a: { b: {} } },
  '\u0000',
  '💥',
  '__proto__',
  'constructor',
]

/** Generates copies of a value with one damage: another type, an unknown member, or a missing member. */
export function arbitraryDamage(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.nat(), fc.constantFrom(...oddities), fc.constantFrom('replace', 'remove', 'add'))
    .map(([position, oddity, kind]) => damage(value, position, oddity, kind))
}

/** @param position any number; it chooses the damaged member, and its depth */
function damage(value: unknown, position: number, oddity: unknown, kind: string): unknown {
  if (typeof value !== 'object' || value === null || position % 7 === 0) return oddity
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value }
  const keys = Object.keys(copy)
  const key = keys[position % Math.max(keys.length, 1)]
  if (kind === 'add' || key === undefined)
    Object.assign(copy, { [typeof oddity === 'string' ? oddity : 'zzz']: oddity })
  else if (kind === 'remove' && !Array.isArray(copy)) delete copy[key]
  else Object.assign(copy, { [key]: damage(copy[key as never], Math.floor(position / 7), oddity, kind) })
  return copy
}
