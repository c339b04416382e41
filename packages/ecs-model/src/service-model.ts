/**
 * The service model of Amazon ECS, read at run time from the schemas in the AWS SDK: its operations, with the members
 * of their inputs and outputs. Upgrading the SDK adds new fields.
 */
import * as sdk from '@aws-sdk/client-ecs'
import { enumNames, enumOfMember } from './enums.generated.ts'

export interface StructureShape {
  kind: 'structure'
  name: string
  /** A union takes exactly one of its members. */
  union: boolean
  members: ReadonlyMap<string, Member>
}
export interface ListShape {
  kind: 'list'
  name: string
  of: Shape
}
export interface MapShape {
  kind: 'map'
  name: string
  of: Shape
}
interface SimpleShape {
  kind: 'string' | 'integer' | 'double' | 'boolean' | 'timestamp' | 'blob' | 'document'
}
export type Shape = StructureShape | ListShape | MapShape | SimpleShape

export interface Member {
  name: string
  required: boolean
  /** The values that ECS defines for the string (or for each string of the list) today; ECS may add some later. */
  values?: readonly string[]
  /** ECS's own name of this list of values, such as `LaunchType`. */
  valuesName?: string
  shape: Shape
}

export interface Operation {
  name: string
  input: StructureShape
  output: StructureShape
}

// The SDK's numbers for simple schemas, and the bits for a list or a map of them (@smithy/types, schema sentinels).
const simpleKinds: Record<number, SimpleShape['kind']> = {
  0: 'string',
  1: 'integer',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp',
  6: 'timestamp',
  7: 'timestamp',
  15: 'document',
  17: 'integer',
  19: 'double',
  21: 'blob',
}
const LIST = 64
const MAP = 128

// The SDK's schemas use one number for integers and doubles. These are the doubles in ECS's API Reference.
const doubles = new Set(['value', 'canaryPercent', 'stepPercent', 'healthyPercent', 'metricValue'])

/**
 * Values that ECS accepts although the SDK's model lacks them: `dualStackIPv6`
 * (hashicorp/terraform-provider-aws#44150).
 */
const additionalValues: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ['PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting', 'ListAccountSettings'].map((action) => [
    `${action}Request.name`,
    ['dualStackIPv6'],
  ]),
)

type SchemaRef = number | RawSchema | (() => SchemaRef) | [SchemaRef, unknown]
/**
 * A schema of the SDK. Its kind is 0 for a simple type, 1 for a list, 2 for a map, 3 for a structure, 4 for a union, -3
 * for an error, and 9 for an operation (@smithy/types, static schemas).
 */
type RawSchema = [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]]

const shapes = new Map<RawSchema, Shape>()

function shapeOf(ref: SchemaRef, memberName: string): Shape {
  if (typeof ref === 'function') return shapeOf(ref(), memberName)
  if (typeof ref === 'number') return simpleShape(ref, memberName)
  if (isTraited(ref)) return shapeOf(ref[0], memberName)
  const cached = shapes.get(ref)
  if (cached) return cached
  const [kind, , name] = ref
  switch (kind) {
    case 0:
      return simpleShape(ref[4] as number, memberName)
    case 1:
    case 2: {
      const element = (kind === 1 ? ref[4] : ref[5]) as SchemaRef
      const shape = { kind: kind === 1 ? ('list' as const) : ('map' as const), name, of: undefined as unknown as Shape }
      shapes.set(ref, shape)
      shape.of = shapeOf(element, memberName)
      return shape
    }
    case 3:
    case 4:
    case -3: {
      const members = new Map<string, Member>()
      const shape: StructureShape = { kind: 'structure', name, union: kind === 4, members }
      shapes.set(ref, shape)
      const names = ref[4] as string[]
      const refs = ref[5] as SchemaRef[]
      const required = (ref[6] as number | undefined) ?? 0
      names.forEach((member, i) => {
        const knownValues = enumOfMember[`${name}.${member}`]
        const values = knownValues && [...knownValues, ...(additionalValues[`${name}.${member}`] ?? [])]
        const valuesName = knownValues && enumNames.get(knownValues)
        members.set(member, {
          name: member,
          required: i < required,
          shape: shapeOf(refs[i]!, member),
          ...(values && { values }),
          ...(valuesName && { valuesName }),
        })
      })
      return shape
    }
    default:
      throw new Error(`the SDK's schema of ${name} has kind ${kind}, which this model does not know`)
  }
}

function simpleShape(code: number, memberName: string): Shape {
  if (code & LIST) return { kind: 'list', name: 'List', of: simpleShape(code & ~LIST, memberName) }
  if (code & MAP) return { kind: 'map', name: 'Map', of: simpleShape(code & ~MAP, memberName) }
  const kind = simpleKinds[code]
  if (!kind) throw new Error(`the SDK's schema of ${memberName} has type ${code}, which this model does not know`)
  return { kind: kind === 'integer' && doubles.has(memberName) ? 'double' : kind }
}

function isTraited(ref: RawSchema | [SchemaRef, unknown]): ref is [SchemaRef, unknown] {
  return ref.length === 2
}

const sdkExports = sdk as unknown as Record<string, RawSchema | undefined>

/**
 * The structure of ECS with this name (`ContainerDefinition`, `Task` …).
 * @throws Error when ECS has none: names come from our own code.
 */
export function getStructure(name: string): StructureShape {
  const raw = sdkExports[`${name}$`]
  const shape = raw && shapeOf(raw, name)
  if (shape?.kind !== 'structure') throw new Error(`ECS has no structure named ${name}`)
  return shape
}

const operations = new Map<string, Operation>()

/** The operation of ECS with this name; undefined when there is none. */
export function findOperation(name: string): Operation | undefined {
  const cached = operations.get(name)
  if (cached) return cached
  const raw = sdkExports[`${name}$`]
  if (raw?.[0] !== 9) return undefined
  const operation = {
    name,
    input: shapeOf(raw[4] as SchemaRef, name),
    output: shapeOf(raw[5] as SchemaRef, name),
  } as Operation
  operations.set(name, operation)
  return operation
}

/** The names of all actions of ECS in the SDK. */
export function operationNames(): string[] {
  return Object.keys(sdkExports)
    .filter((key) => key.endsWith('$') && sdkExports[key]?.[0] === 9)
    .map((key) => key.slice(0, -1))
    .sort()
}
