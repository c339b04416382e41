/**
 * The boundary tag in a body. The boundary of an account is the set of resources with this tag: the gateway uses no
 * others. A client must not change the tag. A change of it is reported together with all other errors of the body.
 */
import type { Tag } from '@aws-sdk/client-ecs'
import { PairsPatch } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { addBoundaryTag, boundaryTagViolation } from '../aws/boundary-tag.ts'
import { tagPropagationViolation } from '../aws/org/create-rules.ts'
import type { Body } from '../shapes/body.ts'

/**
 * Adds an error to the body where its `tags` would change the boundary tag, or where without `propagateTags` the tasks
 * of a service would not get it.
 */
export function addBoundaryTagErrors({ boundaryTag }: Account, { input, addError }: Body): void {
  for (const [indexOrKey, key, value] of tagsIn(input.tags)) {
    const reason = boundaryTagViolation(boundaryTag, key, value)
    if (reason) addError(['tags', indexOrKey], reason)
  }
  const reason = tagPropagationViolation(boundaryTag, input.propagateTags)
  if (reason) addError(['propagateTags'], reason)
}

/** A patch of tags has a value for each key, or null to remove the tag. */
function tagsIn(tags: unknown): [indexOrKey: string | number, key: string, value: unknown][] {
  if (tags instanceof PairsPatch) return Array.from(tags.entries, ([key, value]) => [key, key, value])
  if (!Array.isArray(tags)) return []
  return tags.map(({ key, value }: { key: string; value: unknown }, i) => [i, key, value])
}

/** Adds the boundary's tag to an input with tags, so that the input can be compared with a described resource. */
export function withBoundaryTag<Input extends { tags?: Tag[] | undefined }>(account: Account, input: Input): Input {
  return input.tags ? { ...input, tags: addBoundaryTag(account.boundaryTag, input.tags) } : input
}
