/**
 * ECS's structures in the API shape as JSON Schema, for openapi.json. Each structure is a named component:
 * - `Task` is the structure in a response. It is open: ECS may add members, and values to an enumeration.
 * - `VolumeInput` is the structure in a body, where it differs from `Volume`; else a body uses `Volume` too.
 * - `HealthCheckPatch` is the structure in a JSON Merge Patch: nothing is required, and `null` removes.
 * The schemas of bodies show the API shape only. ECS's own form is accepted too, and described in text.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  findOperation,
  getStructure,
  type Member,
  type Shape,
  type Shorthand,
  type StructureShape,
} from '@ecs-api/ecs-model'
import type { TSchema } from 'typebox'
import { Type } from '../typebox/type.ts'
import { isAlwaysReturned } from './always-returned.ts'
import { bodyForm } from './body-form.ts'
import {
  addedSchemas,
  gatewaySchemas,
  type JsonSchema,
  openEnum,
  pairsSchema,
  quantitySchema,
  refTo,
  type Side,
  shorthandSchema,
} from './member-schemas.ts'
import { addedFields, apiNameOf, isReference, pairMembers, quantityMembers, shortenedNames } from './rules.ts'
import { titleOf } from './titles.ts'
import { acceptedValues, type NamedValues, returnedValues } from './value-names.ts'

/** The structures that `answerSchema` was called for. openapi.json is built from them when it is first requested. */
const answerStructures = new Set<string>()
/** The bodies of `bodySchema` and `patchSchema`, by component name. */
const bodies = new Map<string, { action: string; describe: (schemas: EcsSchemas) => JsonSchema }>()

/** The structure as a response shows it. */
export function answerSchema(structureName: string): TSchema {
  answerStructures.add(structureName)
  return Type.Unsafe(refTo(structureName))
}

interface BodyOptions {
  /** Members that the body lacks, because the path has their values. */
  omitted?: readonly string[]
  /** API names of members that the gateway requires although ECS's model does not. */
  required?: readonly string[]
  /** An example body in ECS's own form. */
  ecsExample: object
}

/** A body for the action in the API's form, as the component of this name. */
export function bodySchema(name: string, action: string, options: BodyOptions): TSchema {
  bodies.set(name, { action, describe: (schemas) => schemas.body(action, options) })
  return Type.Unsafe(refTo(name))
}

interface PatchOptions extends Omit<BodyOptions, 'required'> {
  /** Members that ECS can clear. */
  clearable: ReadonlySet<string>
  /** Adds members that the action does not have. */
  addedMembers?: (patchOf: (structureName: string) => JsonSchema) => Record<string, JsonSchema>
}

/** A JSON Merge Patch with the action's members, as the component of this name. */
export function patchSchema(name: string, action: string, options: PatchOptions): TSchema {
  bodies.set(name, { action, describe: (schemas) => schemas.patch(action, options) })
  return Type.Unsafe(refTo(name))
}

/** A reference to a component by its name: an enumeration of ECS, or one of `gatewaySchemas`. */
export function schemaNamed(name: string, more: { description?: string } = {}): TSchema {
  return Type.Unsafe({ ...refTo(name), ...more })
}

/** All components that the schemas above refer to, by name. A component gets the example of the same name. */
export function componentsWithExamples(examples: Readonly<Record<string, object>>): Record<string, JsonSchema> {
  const schemas = new EcsSchemas()
  for (const [name, { describe }] of bodies) schemas.add(name, describe(schemas))
  return Object.fromEntries(
    Object.entries(schemas.byName).map(([name, schema]) => [
      name,
      { ...schema, ...(examples[name] && { examples: [examples[name]] }) },
    ]),
  )
}

class EcsSchemas {
  readonly byName: Record<string, JsonSchema> = {}
  /** Names of the structures in responses. A body that needs another form of such a structure gets another name. */
  readonly #answerNames: ReadonlySet<string>
  /** Names of the enumerations of which bodies accept every value. */
  readonly #bodyValueNames = namesOfBodyValues()
  readonly #sameInBodies = new Map<string, boolean>()

  constructor() {
    for (const [name, schema] of Object.entries(gatewaySchemas)) this.add(name, schema)
    for (const name of answerStructures) this.#reference(getStructure(name), 'answer')
    this.#answerNames = new Set(Object.keys(this.byName))
  }

  add(name: string, schema: JsonSchema): void {
    this.byName[name] = schema
  }

  body(action: string, options: BodyOptions): JsonSchema {
    const { properties, required = [], ...rest } = this.#describe(findOperation(action)!.input, 'body', options)
    const requiredNames = [...new Set([...required, ...(options.required ?? [])])]
    const description = bodyDescription(action, options.ecsExample)
    return { ...rest, properties, ...(requiredNames.length > 0 && { required: requiredNames }), description }
  }

  patch(action: string, { clearable, addedMembers, ...options }: PatchOptions): JsonSchema {
    const isClearable = (member: string) => clearable.has(member)
    const { properties, ...rest } = this.#describe(findOperation(action)!.input, 'patch', { ...options, isClearable })
    const added = Object.entries(addedMembers?.((name) => this.#reference(getStructure(name), 'patch')) ?? {})
    return {
      ...rest,
      properties: { ...properties, ...Object.fromEntries(added) },
      description: bodyDescription(action, options.ecsExample),
    }
  }

  /** A reference to the structure's component. The component is added at the first reference. */
  #reference(shape: StructureShape, side: Side): JsonSchema {
    const name = this.#nameOf(shape, side)
    if (!this.byName[name]) {
      this.byName[name] = {}
      Object.assign(this.byName[name], titleOf(shape.name), this.#describe(shape, side))
    }
    return refTo(name)
  }

  #nameOf(shape: StructureShape, side: Side): string {
    if (side === 'answer') return shape.name
    if (side === 'patch') return shape.name === 'ContainerDefinition' ? 'ContainerPatch' : `${shape.name}Patch`
    return this.#answerNames.has(shape.name) && !this.#isSameInBodies(shape) ? `${shape.name}Input` : shape.name
  }

  #isSameInBodies(shape: StructureShape): boolean {
    const existing = this.#sameInBodies.get(shape.name)
    if (existing !== undefined) return existing
    // During the comparison, a structure that contains itself counts as the same.
    this.#sameInBodies.set(shape.name, true)
    const { additionalProperties: _, ...inBodies } = this.#describe(shape, 'body')
    const isSame = isDeepStrictEqual(inBodies, this.#describe(shape, 'answer'))
    this.#sameInBodies.set(shape.name, isSame)
    return isSame
  }

  /** @param isClearable whether `null` removes the member in a patch; by default every optional member */
  #describe(
    shape: StructureShape,
    side: Side,
    { omitted = [], isClearable }: { omitted?: readonly string[]; isClearable?: (name: string) => boolean } = {},
  ): Described {
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    const add = (name: string, isRequiredMember: boolean, schema: JsonSchema) => {
      const acceptsNull = side === 'patch' && (isClearable ? isClearable(name) : !isRequiredMember)
      properties[name] = acceptsNull ? orNull(schema) : schema
    }
    const shorthands =
      side === 'answer' ? [] : shorthandsOf(shape).filter(([, { memberPath }]) => !omitted.includes(memberPath[0]!))
    for (const [shorthandName, { memberPath }] of shorthands)
      add(shorthandName, false, shorthandSchema(shorthandName, memberPath))
    for (const member of shape.members.values()) {
      if (omitted.includes(member.name)) continue
      const shorthandName = shorthands.find(([, shorthand]) => replaces(shorthand, member.name))?.[0]
      const name = shorthandName ?? (side === 'answer' ? apiNameOf(shape.name, member.name) : member.name)
      const isRequiredMember = isRequired(shape, member, name, side)
      if (isRequiredMember) required.push(name)
      if (shorthandName === undefined) add(name, isRequiredMember, this.#member(shape, member, side))
    }
    if (side === 'answer')
      for (const name of addedFields[shape.name] ?? []) {
        add(name, false, addedSchemas[name] ?? {})
        if (isAlwaysReturned(shape.name, name)) required.push(name)
      }
    return {
      type: 'object',
      properties,
      ...(required.length > 0 && side !== 'patch' && { required }),
      ...(side !== 'answer' && { additionalProperties: false }),
    }
  }

  #member(owner: StructureShape, member: Member, side: Side): JsonSchema {
    const { shape } = member
    if (quantityMembers.has(member.name) && (shape.kind === 'string' || shape.kind === 'integer'))
      return quantitySchema(member.name, shape.kind, side)
    if (shape.kind === 'string' && isReference(owner.name, member.name))
      return { type: 'string', description: side === 'answer' ? 'The short name.' : 'Name or ARN.' }
    if (shape.kind === 'list' && shape.of.kind === 'structure' && pairMembers.has(member.name))
      return pairsSchema(shape.of, side === 'patch' && !mapsWithFixedKeys.has(member.name))
    return this.#shape(shape, side === 'answer' ? returnedValues(owner, member) : acceptedValues(member), side)
  }

  #shape(shape: Shape, values: NamedValues | undefined, side: Side): JsonSchema {
    switch (shape.kind) {
      case 'structure':
        return this.#reference(shape, side)
      case 'list':
        // A list in a patch replaces the current list, so its items are complete and not patches.
        return { type: 'array', items: this.#shape(shape.of, values, side === 'patch' ? 'body' : side) }
      case 'map': {
        const valueSchema = this.#shape(shape.of, undefined, side)
        return { type: 'object', additionalProperties: side === 'patch' ? orNull(valueSchema) : valueSchema }
      }
      case 'string':
        return values ? this.#values(values, side) : { type: 'string' }
      case 'integer':
        return { type: 'integer' }
      case 'double':
        return { type: 'number' }
      case 'boolean':
        return { type: 'boolean' }
      case 'timestamp':
        return { type: 'string', format: 'date-time' }
      case 'blob':
        return { type: 'string', contentEncoding: 'base64' }
      case 'document':
        return { type: 'object', additionalProperties: true }
    }
  }

  /**
   * A body accepts the listed values only. A response can have a value that is newer than this program. So an
   * enumeration of bodies is a closed component, and a response has that component or any string.
   */
  #values({ name, values }: NamedValues, side: Side): JsonSchema {
    if (side !== 'answer' && !this.#bodyValueNames.has(name)) return { type: 'string', enum: values }
    this.byName[name] ??= this.#bodyValueNames.has(name) ? { type: 'string', enum: values } : openEnum(values)
    return side === 'answer' && this.#bodyValueNames.has(name)
      ? { anyOf: [refTo(name), { type: 'string' }] }
      : refTo(name)
  }
}

interface Described extends JsonSchema {
  properties: Record<string, JsonSchema>
  required?: string[]
}

function namesOfBodyValues(): ReadonlySet<string> {
  const names = new Set<string>()
  const visited = new Set<Shape>()
  const collect = (shape: Shape) => {
    if (visited.has(shape)) return
    visited.add(shape)
    if (shape.kind === 'list' || shape.kind === 'map') collect(shape.of)
    if (shape.kind !== 'structure') return
    for (const member of shape.members.values()) {
      const accepted = acceptedValues(member)
      if (accepted && accepted.values === member.values) names.add(accepted.name)
      collect(member.shape)
    }
  }
  for (const { action } of bodies.values()) collect(findOperation(action)!.input)
  return names
}

function orNull({ description, ...schema }: JsonSchema): JsonSchema {
  const described = description === undefined ? {} : { description }
  if (typeof schema.type === 'string' && !schema.enum) return { ...schema, type: [schema.type, 'null'], ...described }
  return { anyOf: [...((schema.anyOf as JsonSchema[] | undefined) ?? [schema]), { type: 'null' }], ...described }
}

/** API names of members that a body needs although ECS's model does not require them, by structure. */
const requiredInBodies: Readonly<Record<string, readonly string[]>> = { ContainerDefinition: ['name', 'image'] }

function isRequired(owner: StructureShape, member: Member, name: string, side: Side): boolean {
  if (side !== 'answer') return member.required || (requiredInBodies[owner.name]?.includes(name) ?? false)
  return (
    member.required ||
    isAlwaysReturned(owner.name, name) ||
    Object.values(shortenedNames[owner.name] ?? {}).includes(name)
  )
}

/** Maps whose keys a patch cannot remove: ECS cannot clear a setting of a cluster. */
const mapsWithFixedKeys: ReadonlySet<string> = new Set(['settings'])

/** Shorthands that the schemas lack, by structure: a task definition has ECS's own `family` and not `name`. */
const hiddenShorthands: Readonly<Record<string, readonly string[]>> = { RegisterTaskDefinitionRequest: ['name'] }

function shorthandsOf({ name }: StructureShape): [shorthandName: string, shorthand: Shorthand][] {
  return Object.entries(bodyForm.shorthands[name] ?? {}).filter(
    ([shorthandName, { onlyInResponses }]) => !onlyInResponses && !hiddenShorthands[name]?.includes(shorthandName),
  )
}

/**
 * Whether the schema has the shorthand in place of the member. The exception is `ports`: the schema also has
 * `portMappings`, because `ports` lacks some of its fields.
 */
function replaces({ memberPath: [first, ...deeper], expand }: Shorthand, member: string): boolean {
  return first === member && (deeper.length > 0 || !expand)
}

function bodyDescription(action: string, example: object): string {
  return (
    `This is the form of this API. The body can also be the input of ECS’s ${action}, as \`--cli-input-json\` of the ` +
    `AWS CLI takes it: \`${JSON.stringify(example)}\`. ECS’s form may have lists in place of maps, numbers as ` +
    'strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, ' +
    'and its fields that only responses have are ignored.'
  )
}
