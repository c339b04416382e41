/** The AWS JSON 1.1 form of the SDK's types, and a reader of requests in that form. */
import type { Member, Operation, Shape, StructureShape } from './service-model.ts'

/**
 * A type of the SDK in the form of AWS JSON 1.1: times are numbers, in seconds since 1970 with milliseconds as the
 * fraction.
 */
export type AwsJson<T> = T extends Date
  ? number
  : T extends (infer Item)[]
    ? AwsJson<Item>[]
    : T extends object
      ? { [K in keyof T]: AwsJson<T[K]> }
      : T

/** A request with values of the wrong type, which AWS answers with `SerializationException`. */
export class SerializationFault extends Error {}

/**
 * Reads the input of an operation as AWS's JSON protocol does: unknown members and nulls are dropped, and the fraction
 * of an integer is cut off.
 * @throws SerializationFault when a value does not have its member's JSON type.
 */
export function readRequest(operation: Operation, body: unknown): Record<string, unknown> {
  if (body === null || body === undefined) return {}
  return readStructure(operation.input, body)
}

function readStructure(shape: StructureShape, value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new SerializationFault(`${foundText(value)} where not expected`)
  const result: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(value)) {
    const member = shape.members.get(name)
    if (member && given !== null && given !== undefined) result[name] = readValue(member.shape, given, member)
  }
  return result
}

function readValue(shape: Shape, value: unknown, member: Member): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, value)
    case 'list':
      if (!Array.isArray(value)) throw new SerializationFault(`Expected list or null for ${member.name}`)
      return value.filter((item) => item !== null).map((item) => readValue(shape.of, item, member))
    case 'map':
      if (!isObject(value)) throw new SerializationFault(`Expected map or null for ${member.name}`)
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== null)
          .map(([key, item]) => [key, readValue(shape.of, item, member)]),
      )
    case 'boolean':
      return expectType(value, 'boolean', 'Boolean', member)
    case 'string':
    case 'blob':
      return expectType(value, 'string', 'String', member)
    case 'integer':
      if (typeof value === 'number' && !Number.isInteger(value)) return Math.trunc(value)
      return expectType(value, 'number', 'Integer', member)
    case 'double':
    case 'timestamp':
      return expectType(value, 'number', shape.kind === 'double' ? 'Double' : 'Timestamp', member)
    case 'document':
      return value
  }
}

function expectType(value: unknown, type: string, awsType: string, member: Member): unknown {
  const actualType = typeof value
  if (actualType === type) return value
  if (actualType === 'object') throw new SerializationFault(`${foundText(value)} where not expected`)
  throw new SerializationFault(`${actualType.toUpperCase()}_VALUE cannot be converted to ${awsType} for ${member.name}`)
}

/** A list, a structure or map, or a null, as AWS's message names it where another type is expected. */
function foundText(value: unknown): string {
  return Array.isArray(value)
    ? 'Start of list found'
    : isObject(value)
      ? 'Start of structure or map found'
      : 'Unexpected value found'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
