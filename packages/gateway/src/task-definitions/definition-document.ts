/** A task definition as a document to compare: the containers by name, as in a PATCH, and the other members. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { type JsonObject, present } from '../shapes/present.ts'
import type { TaggedDefinition } from './get.ts'
import { registrationOf } from './registration-of.ts'

/** Its members are those that RegisterTaskDefinition takes. */
export function definitionDocument(definition: TaggedDefinition | RegisterTaskDefinitionRequest): JsonObject {
  const { containerDefinitions = [], ...rest } = present('TaskDefinition', registrationOf(definition))
  const containers = (containerDefinitions as JsonObject[]).map(({ name, ...container }) => [name, container])
  return { containers: Object.fromEntries(containers), definition: rest }
}
