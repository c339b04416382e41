import assert from 'node:assert/strict'
import { test } from 'node:test'
import TypeBox, { type TSchema } from 'typebox'
import { Type } from './type.ts'

const description = 'of the schema'

/** One schema of each kind, by the builders given. */
function schemas(build: typeof Type): Record<keyof typeof Type, TSchema> {
  return {
    Any: build.Any({ description }),
    Array: build.Array(build.String(), { minItems: 1 }),
    Boolean: build.Boolean({ default: true }),
    Enum: build.Enum(['a', 'b'], { description }),
    Integer: build.Integer({ minimum: 1 }),
    Literal: build.Union([build.Literal('a'), build.Literal(1), build.Literal(true, { description })]),
    Null: build.Null(),
    Number: build.Number({ exclusiveMinimum: 0 }),
    Object: build.Object(
      {
        required: build.String(),
        optional: build.Optional(build.Integer({ description })),
        unsafe: build.Optional(build.Unsafe({ $ref: '#' })),
      },
      { additionalProperties: false },
    ),
    Optional: build.Object({ only: build.Optional(build.Null()) }),
    Record: build.Record(build.String(), build.Object({}), { description }),
    String: build.String({ format: 'date-time' }),
    Union: build.Union([build.String(), build.Null()], { description }),
    Unknown: build.Unknown({ description }),
    Unsafe: build.Unsafe({ not: {}, description }),
  }
}

test('every builder makes the schema that TypeBox makes', () => {
  // As text, because the order of keys is that of openapi.json.
  assert.equal(JSON.stringify(schemas(Type)), JSON.stringify(schemas(TypeBox)))
})
