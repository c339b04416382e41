/**
 * The builders of TypeBox that the gateway uses. They build the same JSON Schemas and have TypeBox's own types, but do
 * not load TypeBox: its 373 modules take a tenth of the start, and the gateway uses neither its compiler nor its type
 * language (docs/decisions/0084).
 */
import type TypeBox from 'typebox'
import type { TSchema } from 'typebox'

type Builders = Pick<
  typeof TypeBox,
  | 'Any'
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
>

type Options = Readonly<Record<string, unknown>>

/** The key by which `Object` recognizes an optional member, as in TypeBox. */
const optional = '~optional'

// The builders have TypeBox's types. type.test.ts compares their schemas with TypeBox's.
export const Type = {
  Any: (options?: Options) => ({ ...options }),
  Array: (items: TSchema, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly unknown[], options?: Options) => ({ enum: values, ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  Literal: (value: unknown, options?: Options) => ({ type: typeof value, const: value, ...options }),
  Null: (options?: Options) => ({ type: 'null', ...options }),
  Number: (options?: Options) => ({ type: 'number', ...options }),
  Object: (properties: Readonly<Record<string, TSchema>>, options?: Options) => {
    const required = Object.keys(properties).filter((key) => !(optional in properties[key]!))
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options }
  },
  // The key is not enumerable, because it is not part of the schema that clients see.
  Optional: (schema: TSchema) => Object.defineProperty({ ...schema }, optional, { value: true }),
  Record: (_key: TSchema, values: TSchema, options?: Options) => ({
    type: 'object',
    patternProperties: { '^.*$': values },
    ...options,
  }),
  String: (options?: Options) => ({ type: 'string', ...options }),
  Union: (anyOf: readonly TSchema[], options?: Options) => ({ anyOf, ...options }),
  Unknown: (options?: Options) => ({ ...options }),
  Unsafe: (schema: object) => ({ ...schema }),
} as unknown as Builders
