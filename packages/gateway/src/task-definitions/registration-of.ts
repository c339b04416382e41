import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { findOperation } from '@ecs-api/ecs-model'
import type { TaggedDefinition } from './get.ts'

/** A described definition as an input of RegisterTaskDefinition, without the members that only descriptions have. */
export function registrationOf(described: TaggedDefinition): RegisterTaskDefinitionRequest {
  const { members } = findOperation('RegisterTaskDefinition')!.input
  // ECS rejects an empty list of tags.
  const { tags, ...rest } = described
  const accepted = Object.entries({ ...rest, ...(tags?.length && { tags }) }).filter(
    ([name, value]) => members.has(name) && value !== undefined,
  )
  return Object.fromEntries(accepted) as unknown as RegisterTaskDefinitionRequest
}
