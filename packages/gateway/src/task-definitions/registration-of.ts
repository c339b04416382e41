import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { findOperation } from '@ecs-api/ecs-model'
import type { TaskDefinitionWithTags } from './get.ts'

/** Converts a described definition to an input of RegisterTaskDefinition, which lacks some of the described members. */
export function registrationInputOf(described: TaskDefinitionWithTags): RegisterTaskDefinitionRequest {
  const { members } = findOperation('RegisterTaskDefinition')!.input
  // ECS rejects an empty list of tags.
  const { tags, ...rest } = described
  const accepted = Object.entries({ ...rest, ...(tags?.length && { tags }) }).filter(
    ([name, value]) => members.has(name) && value !== undefined,
  )
  return Object.fromEntries(accepted) as unknown as RegisterTaskDefinitionRequest
}
