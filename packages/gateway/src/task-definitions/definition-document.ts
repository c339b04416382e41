/**
 * A task definition as a document for comparisons: its containers by name, and its other members. The tags are not in
 * it.
 */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import type { TaskDefinitionWithTags } from './get.ts'
import { registrationInputOf } from './registration-of.ts'

/** The document has only the members that RegisterTaskDefinition accepts. */
export function definitionDocument(definition: TaskDefinitionWithTags | RegisterTaskDefinitionRequest): JsonObject {
  const { containerDefinitions = [], ...rest } = toApiShape('TaskDefinition', registrationInputOf(definition))
  const containers = (containerDefinitions as JsonObject[]).map(({ name, ...container }) => [name, container])
  return { containers: Object.fromEntries(containers), definition: rest }
}
