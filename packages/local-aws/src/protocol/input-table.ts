/** The inputs of a service's actions, as a table generated from AWS's service model. */
import type { Operation, Shape, StructureShape } from '@ecs-api/ecs-model'

export interface InputShape {
  type: string
  required?: readonly string[]
  /** For a structure: the shape of each member, by name. */
  members?: Readonly<Record<string, string>>
  /** For a list: the shape of its items. For a map: the shape of its values. */
  of?: string
  /** For a map: the shape of its keys. */
  key?: string
  /** The limits of a number’s value, a text’s length, or the number of items of a list or a map. */
  min?: number
  max?: number
  /** For a string: a regular expression of Java that it must match. */
  pattern?: string
  /** For an enumeration: the accepted strings. */
  values?: readonly string[]
  /** Whether the value is secret. It is never shown, not even in errors. */
  sensitive?: boolean
}

export interface InputTable {
  /** The shape of each action's input. */
  actions: Readonly<Record<string, string>>
  /** Actions that AWS has and this engine rejects as not offered; any other name is an unknown action. */
  notOffered: readonly string[]
  shapes: Readonly<Record<string, InputShape>>
}

/**
 * Compiles a pattern of a service model, which is written for Java. Only patterns with Unicode classes get the flag
 * `u`: with that flag, JavaScript rejects some of Java's escapes.
 */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '')
}

const kindByType: Record<string, 'string' | 'integer' | 'double' | 'boolean' | 'timestamp' | 'blob'> = {
  string: 'string',
  integer: 'integer',
  long: 'integer',
  double: 'double',
  float: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
  blob: 'blob',
}

const operations = new WeakMap<InputTable, Map<string, Operation>>()

/** The action as an Operation, with which `readRequest` parses its input. Undefined when the table does not have it. */
export function findOperationOf(table: InputTable, action: string): Operation | undefined {
  const cached = operations.get(table) ?? new Map<string, Operation>()
  operations.set(table, cached)
  const name = Object.hasOwn(table.actions, action) ? table.actions[action] : undefined
  if (name === undefined) return undefined
  const operation = cached.get(action) ?? {
    name: action,
    input: shapeOf(table, name, new Map()) as StructureShape,
    output: emptyStructure,
  }
  cached.set(action, operation)
  return operation
}

const emptyStructure: StructureShape = { kind: 'structure', name: 'Nothing', union: false, members: new Map() }

function shapeOf(table: InputTable, name: string, shapes: Map<string, Shape>): Shape {
  const found = shapes.get(name)
  if (found) return found
  const raw = shapeNamed(table, name)
  if (raw.type === 'structure') {
    const members = new Map()
    const shape: StructureShape = { kind: 'structure', name, union: false, members }
    shapes.set(name, shape)
    for (const [member, memberShape] of Object.entries(raw.members ?? {}))
      members.set(member, {
        name: member,
        required: raw.required?.includes(member) ?? false,
        shape: shapeOf(table, memberShape, shapes),
      })
    return shape
  }
  if (raw.type === 'list' || raw.type === 'map')
    return { kind: raw.type, name, of: shapeOf(table, raw.of ?? '', shapes) }
  const kind = kindByType[raw.type]
  if (!kind) throw new Error(`the shape ${name} has the type ${raw.type}, which is not supported`)
  return { kind }
}

/** @throws Error when the table has no such shape: a defect of the table. */
export function shapeNamed(table: InputTable, name: string): InputShape {
  const shape = table.shapes[name]
  if (!shape) throw new Error(`the table has no shape ${name}`)
  return shape
}
