/** The API shape of a task definition. */

import { schemaNamed } from '../shapes/json-schema.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import { Type } from '../typebox/type.ts'
import { definitionNameOf, type TaskDefinitionWithTags } from './get.ts'

export type TaskDefinitionResource = JsonObject & {
  name: string
  family: string
  revision: number
  arn: string
  status: string
}

export function toTaskDefinitionResource(definition: TaskDefinitionWithTags): TaskDefinitionResource {
  const tags = Object.fromEntries((definition.tags ?? []).map((tag) => [tag.key ?? '', tag.value ?? '']))
  const resource: JsonObject = { name: definitionNameOf(definition), ...toApiShape('TaskDefinition', definition), tags }
  return resource as TaskDefinitionResource
}

/** An item of a list of task definitions. ListTaskDefinitions returns only ARNs, which contain these fields. */
export interface ListedTaskDefinition {
  name: string
  family: string
  revision: number
  arn: string
  status: string
}

export const listedTaskDefinitionSchema = Type.Object(
  {
    name: Type.String(),
    family: Type.String(),
    revision: Type.Integer(),
    arn: Type.String(),
    status: schemaNamed('TaskDefinitionStatus'),
  },
  { $id: 'TaskDefinitionSummary', description: 'A task definition in a list. GET the task definition for the whole.' },
)
