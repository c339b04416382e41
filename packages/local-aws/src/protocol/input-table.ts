/** What the actions of a service take, as a table made from AWS's own service model. */
import type { Operation, Shape, StructureShape } from '@ecs-api/ecs-model'

export interface InputShape {
  type: string
  required?: readonly string[]
  /** Of a structure: each member's shape, by name. */
  members?: Readonly<Record<string, string>>
  /** Of a list or a map: the shape of what is in it. */
  of?: string
  /** Of a map. */
  key?: string
  min?: number
  max?: number
  pattern?: string
  values?: readonly string[]
  /** Its value is never shown, not in an error either. */
  sensitive?: boolean
}

export interface InputTable {
  /** The shape of each action's input. */
  actions: Readonly<Record<string, string>>
  /** Actions that AWS has and this engine does not. */
  notOffered: readonly string[]
  shapes: Readonly<Record<string, InputShape>>
}

// Java's patterns, as the models have them, escape more than a Unicode pattern of JavaScript's allows, and only some need Unicode's classes.
export function compiledPattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '')
}

const kinds: Record<string, 'string' | 'integer' | 'double' | 'boolean' | 'timestamp' | 'blob'> = {
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

/** The action in the form that `readRequest` walks; undefined when the table does not have it. */
export function operationOf(table: InputTable, action: string): Operation | undefined {
  const known = operations.get(table) ?? new Map<string, Operation>()
  operations.set(table, known)
  const name = Object.hasOwn(table.actions, action) ? table.actions[action] : undefined
  if (name === undefined) return undefined
  const operation = known.get(action) ?? {
    name: action,
    input: shapeOf(table, name, new Map()) as StructureShape,
    output: nothing,
  }
  known.set(action, operation)
  return operation
}

const nothing: StructureShape = { kind: 'structure', name: 'Nothing', union: false, members: new Map() }

function shapeOf(table: InputTable, name: string, known: Map<string, Shape>): Shape {
  const found = known.get(name)
  if (found) return found
  const raw = shapeNamed(table, name)
  if (raw.type === 'structure') {
    const members = new Map()
    const shape: StructureShape = { kind: 'structure', name, union: false, members }
    known.set(name, shape)
    for (const [member, of] of Object.entries(raw.members ?? {}))
      members.set(member, {
        name: member,
        required: raw.required?.includes(member) ?? false,
        shape: shapeOf(table, of, known),
      })
    return shape
  }
  if (raw.type === 'list' || raw.type === 'map')
    return { kind: raw.type, name, of: shapeOf(table, raw.of ?? '', known) }
  const kind = kinds[raw.type]
  if (!kind) throw new Error(`the table's ${name} has type ${raw.type}, which nothing here reads`)
  return { kind }
}

export function shapeNamed(table: InputTable, name: string): InputShape {
  const shape = table.shapes[name]
  if (!shape) throw new Error(`the table has no shape ${name}`)
  return shape
}
