/**
 * Reads and validates an action's input like the framework of most AWS services: one message lists every violated
 * constraint, such as `2 validation errors detected: Value 'x' at 'tags.1.member.key' failed to satisfy constraint: …;
 * Value …`.
 */
import { readRequest, SerializationFault } from '@ecs-api/ecs-model'
import { AwsError } from './aws-error.ts'
import { compilePattern, findOperationOf, type InputShape, type InputTable, shapeNamed } from './input-table.ts'

/**
 * @param invalidCode the service's error code for an invalid input (`ValidationException`)
 * @throws AwsError SerializationException, or `invalidCode` with all violated constraints.
 */
export function readValidInput(
  table: InputTable,
  action: string,
  body: unknown,
  invalidCode: string,
): Record<string, unknown> {
  const operation = findOperationOf(table, action)
  if (!operation) throw new Error(`the table has no action ${action}`)
  const input = deserialize(() => readRequest(operation, body))
  const faults = [...violationsIn(table, table.actions[action] ?? '', input, '')]
  if (faults.length > 0)
    throw new AwsError(
      invalidCode,
      `${faults.length} validation error${faults.length > 1 ? 's' : ''} detected: ${faults.join('; ')}`,
    )
  return input
}

function deserialize(read: () => Record<string, unknown>): Record<string, unknown> {
  try {
    return read()
  } catch (error) {
    if (error instanceof SerializationFault) throw new AwsError('SerializationException', error.message)
    throw error
  }
}

function* violationsIn(table: InputTable, name: string, value: unknown, path: string): Iterable<string> {
  const shape = shapeNamed(table, name)
  for (const constraint of violatedConstraints(shape, value))
    yield `Value${valueText(shape, value)} at '${path}' failed to satisfy constraint: ${constraint}`
  if (shape.type === 'structure') {
    const members = value as Record<string, unknown>
    for (const [member, memberShape] of Object.entries(shape.members ?? {})) {
      const memberPath = path === '' ? lowerFirst(member) : `${path}.${lowerFirst(member)}`
      if (members[member] !== undefined) yield* violationsIn(table, memberShape, members[member], memberPath)
      else if (shape.required?.includes(member))
        yield `Value null at '${memberPath}' failed to satisfy constraint: Member must not be null`
    }
  } else if (shape.type === 'list') {
    for (const [i, item] of (value as unknown[]).entries())
      yield* violationsIn(table, shape.of ?? '', item, `${path}.${i + 1}.member`)
  } else if (shape.type === 'map') {
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      yield* violationsIn(table, shape.key ?? '', key, path)
      yield* violationsIn(table, shape.of ?? '', item, `${path}.${key}.member`)
    }
  }
}

function* violatedConstraints({ type, min, max, pattern, values }: InputShape, value: unknown): Iterable<string> {
  if (typeof value === 'number') {
    if (min !== undefined && value < min) yield `Member must have value greater than or equal to ${min}`
    if (max !== undefined && value > max) yield `Member must have value less than or equal to ${max}`
    return
  }
  const length = lengthOf(type, value)
  if (min !== undefined && length < min) yield `Member must have length greater than or equal to ${min}`
  if (max !== undefined && length > max) yield `Member must have length less than or equal to ${max}`
  if (typeof value !== 'string') return
  if (pattern !== undefined && !matches(pattern, value))
    yield `Member must satisfy regular expression pattern: ${pattern}`
  if (values && !values.includes(value)) yield `Member must satisfy enum value set: [${values.join(', ')}]`
}

/** Characters of a string, bytes of a base64 blob, items of a list, entries of a map. */
function lengthOf(type: string, value: unknown): number {
  if (typeof value === 'string') return type === 'blob' ? Buffer.byteLength(value, 'base64') : value.length
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0
}

function valueText({ sensitive, type }: InputShape, value: unknown): string {
  if (sensitive || type === 'blob') return ''
  if (typeof value === 'object') return Array.isArray(value) && value.length === 0 ? " '[]'" : ''
  return ` '${value}'`
}

const patterns = new Map<string, RegExp>()

function matches(pattern: string, value: string): boolean {
  const compiled = patterns.get(pattern) ?? compilePattern(pattern)
  patterns.set(pattern, compiled)
  return compiled.test(value)
}

function lowerFirst(name: string): string {
  return name[0]!.toLowerCase() + name.slice(1)
}
