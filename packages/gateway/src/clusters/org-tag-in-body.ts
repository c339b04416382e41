/** What a body may not say of the boundary's tag: told with all its other faults, under the client's own pointer. */
import type { Tag } from '@aws-sdk/client-ecs'
import { PairsPatch } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { propagationViolation } from '../aws/org/create-rules.ts'
import { orgTagViolation, withOrgTag } from '../aws/org-tag.ts'
import type { Body } from '../shapes/body.ts'

export function keepOrgTag({ org }: Account, { input, refuse }: Body): void {
  for (const [at, key, value] of tagsSaid(input.tags)) {
    const why = orgTagViolation(org, key, value)
    if (why) refuse(['tags', at], why)
  }
  const why = propagationViolation(org, input.propagateTags)
  if (why) refuse(['propagateTags'], why)
}

function tagsSaid(tags: unknown): [at: string | number, key: string, value: unknown][] {
  if (tags instanceof PairsPatch) return Array.from(tags.entries, ([key, value]) => [key, key, value])
  if (!Array.isArray(tags)) return []
  return tags.map(({ key, value }: { key: string; value: unknown }, i) => [i, key, value])
}

/** The input as it is sent: with the boundary's tag, where it has tags of its own to be compared. */
export function inOrg<Input extends { tags?: Tag[] | undefined }>({ org }: Account, input: Input): Input {
  return input.tags ? { ...input, tags: withOrgTag(org, input.tags) } : input
}
