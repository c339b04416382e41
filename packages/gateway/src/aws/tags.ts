/** Changes the tags of an ECS resource. */
import type { Tag } from '@aws-sdk/client-ecs'
import type { Account } from './account.ts'

/**
 * Makes `wanted` the tags of a resource whose tags are `current`, with at most one TagResource and one UntagResource.
 * @throws Forbidden `GuardrailBroken`, before the first call
 */
export async function setTags(
  account: Account,
  arn: string,
  current: readonly Tag[],
  wanted: readonly Tag[],
): Promise<void> {
  requireTagsAllowed(account, arn, current, wanted)
  const { tag, untag } = tagInputs(arn, current, wanted)
  if (tag) await account.ecs().tagResource(tag)
  if (untag) await account.ecs().untagResource(untag)
}

/**
 * Checks the calls of `setTags` against the guardrails. Use it for a change that makes other calls before `setTags`.
 * @throws Forbidden `GuardrailBroken`
 */
export function requireTagsAllowed(
  account: Account,
  arn: string,
  current: readonly Tag[],
  wanted: readonly Tag[],
): void {
  const { tag, untag } = tagInputs(arn, current, wanted)
  if (tag) account.guardrails.requireAllowed('TagResource', tag)
  if (untag) account.guardrails.requireAllowed('UntagResource', untag)
}

/** Returns the inputs of TagResource and UntagResource; undefined for a call that is not needed. */
function tagInputs(resourceArn: string, current: readonly Tag[], wanted: readonly Tag[]) {
  const before = new Map(current.map((tag) => [tag.key, tag.value]))
  const after = new Map(wanted.map((tag) => [tag.key, tag.value]))
  const tags = wanted.filter((tag) => before.get(tag.key) !== tag.value)
  const tagKeys = [...before.keys()].filter((key): key is string => key !== undefined && !after.has(key))
  return {
    tag: tags.length > 0 ? { resourceArn, tags } : undefined,
    untag: tagKeys.length > 0 ? { resourceArn, tagKeys } : undefined,
  }
}

/** Merges tags: `changed` replaces current tags with the same keys. Other current tags stay. */
export function mergeTags(current: readonly Tag[], changed: readonly Tag[]): Tag[] {
  const changedKeys = new Set(changed.map((tag) => tag.key))
  return [...current.filter((tag) => !changedKeys.has(tag.key)), ...changed]
}
