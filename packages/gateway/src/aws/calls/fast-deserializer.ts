/**
 * Reading ECS's answers. The SDK's deserializer walks the schema of every object that it reads, anew each time: a fifth to a third of the
 * processor time of a long list. Here each schema is turned once into what there is to do with an answer of it, and the SDK still does what
 * is rare.
 */
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols'
import { JsonCodec2, JsonShapeDeserializer2 } from '@smithy/core/protocols'
import { NormalizedSchema } from '@smithy/core/schema'
import type { Schema } from '@smithy/types'

/** What is made of a parsed value; undefined: it stays as it is. */
type Reading = ((value: unknown) => unknown) | undefined

type Struct = Record<string, unknown>

/** The protocol of ECS's API. */
export class EcsProtocol extends AwsJson1_1Protocol {
  constructor(settings: ConstructorParameters<typeof AwsJson1_1Protocol>[0]) {
    super({
      ...settings,
      jsonCodec: new Codec({ timestampFormat: { useTrait: true, default: epochSeconds }, jsonName: false }),
    })
  }
}

/** Smithy's number for this form of time. */
const epochSeconds = 7

class Codec extends JsonCodec2 {
  override createDeserializer(): JsonShapeDeserializer2 {
    const deserializer = new Deserializer(this.settings)
    if (this.serdeContext) deserializer.setSerdeContext(this.serdeContext)
    return deserializer
  }
}

class Deserializer extends JsonShapeDeserializer2 {
  /** By the schema of a structure, which the SDK has once. */
  readonly #structs = new Map<unknown, Reading>()

  /** Numbers as JSON has them: the SDK keeps those that don't fit otherwise, and reads every answer with free JSON in it piece by piece for that. */
  override async read(schema: Schema, data: unknown): Promise<unknown> {
    if (!(data instanceof Uint8Array)) return super.read(schema, data)
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
    return text === '' ? {} : this._read(schema, JSON.parse(text))
  }

  protected override _read(schema: Schema, value: unknown): unknown {
    const reading = this.#readingOf(NormalizedSchema.of(schema))
    return reading ? reading(value) : value
  }

  #readingOf(schema: NormalizedSchema): Reading {
    if (schema.isStructSchema() && !schema.isUnionSchema()) return this.#structReading(schema)
    if (schema.isListSchema()) return this.#listReading(schema)
    if (schema.isMapSchema() && !this.#readingOf(schema.getValueSchema())) return undefined
    if (schema.isBooleanSchema()) return undefined
    if (schema.isStringSchema() && !schema.getMergedTraits().mediaType) return undefined
    const bySdk = (value: unknown): unknown => super._read(schema, value)
    // Infinity and the like come as words.
    return schema.isNumericSchema() ? (value) => (typeof value === 'number' ? value : bySdk(value)) : bySdk
  }

  #listReading(schema: NormalizedSchema): Reading {
    const read = this.#readingOf(schema.getValueSchema())
    return (
      read &&
      ((values) => {
        if (Array.isArray(values)) for (let i = 0; i < values.length; i++) values[i] = read(values[i])
        return values
      })
    )
  }

  #structReading(schema: NormalizedSchema): Reading {
    const key = schema.getSchema()
    const known = this.#structs.get(key)
    if (known) return known
    const members = new Map<string, Reading>()
    const read = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value
      const struct = value as Struct
      for (const name in struct) {
        const member = members.get(name)
        // As the SDK has it: what says nothing and what it doesn't know are not there.
        if (struct[name] === null || !(member || members.has(name))) delete struct[name]
        else if (member) struct[name] = member(struct[name])
      }
      return struct
    }
    // Before its members: one of them may be of the same kind.
    this.#structs.set(key, read)
    for (const [name, member] of schema.structIterator()) members.set(name, this.#readingOf(member))
    return read
  }
}
