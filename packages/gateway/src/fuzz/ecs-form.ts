/**
 * The schemas of bodies in ECS's own form, from the inputs of actions in ECS's model. openapi.json describes this form
 * in words only.
 */
import { findOperation, type Member, type Shape, type StructureShape } from '@ecs-api/ecs-model'
import { quantityMembers } from '../shapes/rules.ts'
import type { Components, JsonSchema } from './arbitrary-of-schema.ts'

/** By operation id of openapi.json. */
const actions: Readonly<Record<string, string>> = {
  createCluster: 'CreateCluster',
  putCluster: 'CreateCluster',
  updateCluster: 'CreateCluster',
  registerTaskDefinition: 'RegisterTaskDefinition',
  runTasks: 'RunTask',
  createService: 'CreateService',
  updateService: 'UpdateService',
}

/** The schema of a body, and the schemas to which it refers. */
export interface EcsForm {
  schema: JsonSchema
  components: Components
}

const forms = new Map<string, EcsForm>()

/** Returns the schema of an operation's body in ECS's form; undefined for an operation without this form. */
export function ecsFormOf(operationId: string): EcsForm | undefined {
  const action = actions[operationId]
  if (action === undefined) return undefined
  const existing = forms.get(action)
  if (existing) return existing
  const components: Record<string, JsonSchema> = {}
  const form = { schema: schemaOfStructure(findOperation(action)!.input, components), components }
  forms.set(action, form)
  return form
}

function schemaOfStructure(shape: StructureShape, components: Record<string, JsonSchema>): JsonSchema {
  const properties = [...shape.members.values()].map((member) => [member.name, schemaOfMember(member, components)])
  return { type: 'object', properties: Object.fromEntries(properties) }
}

function schemaOfMember(member: Member, components: Record<string, JsonSchema>): JsonSchema {
  if (member.shape.kind === 'string' && quantityMembers.has(member.name))
    return { enum: ['256', '512', '.5 vCPU', '1 GB'] }
  return schemaOfShape(member.shape, member.values, components)
}

function schemaOfShape(
  shape: Shape,
  values: readonly string[] | undefined,
  components: Record<string, JsonSchema>,
): JsonSchema {
  switch (shape.kind) {
    case 'structure':
      if (!components[shape.name]) {
        components[shape.name] = {}
        Object.assign(components[shape.name]!, schemaOfStructure(shape, components))
      }
      return { $ref: `#/components/schemas/${shape.name}` }
    case 'list':
      return { type: 'array', items: schemaOfShape(shape.of, values, components) }
    case 'map':
      return { type: 'object', additionalProperties: schemaOfShape(shape.of, undefined, components) }
    case 'string':
      return values ? { type: 'string', enum: [...values] } : { type: 'string' }
    case 'integer':
      return { type: 'integer' }
    case 'double':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    default:
      return { type: 'string' }
  }
}
