import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { operation } from '@ecs-api/ecs-model'
import type { TaggedDefinition } from './get.ts'

/** Members of a described definition that can be registered again: all that RegisterTaskDefinition takes. */
export function registrable(base: TaggedDefinition): RegisterTaskDefinitionRequest {
  const taken = operation('RegisterTaskDefinition')!.input.members
  // ECS takes no empty list of tags.
  const { tags, ...rest } = base
  const kept = Object.entries({ ...rest, ...(tags?.length && { tags }) }).filter(
    ([name, value]) => taken.has(name) && value !== undefined,
  )
  return Object.fromEntries(kept) as unknown as RegisterTaskDefinitionRequest
}
