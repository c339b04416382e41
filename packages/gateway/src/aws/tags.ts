/** Tags of a thing of ECS's, brought to what is wanted with as few calls as it takes. */
import type { Tag } from '@aws-sdk/client-ecs'
import type { Account } from './account.ts'

export async function bringTags(
  account: Account,
  arn: string,
  current: readonly Tag[],
  wanted: readonly Tag[],
): Promise<void> {
  allowTags(account, arn, current, wanted)
  const { tag, untag } = inputsFor(arn, current, wanted)
  if (tag) await account.ecs().tagResource(tag)
  if (untag) await account.ecs().untagResource(untag)
}

/** What `bringTags` is refused for, before the first of several calls. @throws Forbidden `GuardrailBroken` */
export function allowTags(account: Account, arn: string, current: readonly Tag[], wanted: readonly Tag[]): void {
  const { tag, untag } = inputsFor(arn, current, wanted)
  if (tag) account.allow('TagResource', tag)
  if (untag) account.allow('UntagResource', untag)
}

function inputsFor(resourceArn: string, current: readonly Tag[], wanted: readonly Tag[]) {
  const before = new Map(current.map((tag) => [tag.key, tag.value]))
  const after = new Map(wanted.map((tag) => [tag.key, tag.value]))
  const tags = wanted.filter((tag) => before.get(tag.key) !== tag.value)
  const tagKeys = [...before.keys()].filter((key): key is string => key !== undefined && !after.has(key))
  return {
    tag: tags.length > 0 ? { resourceArn, tags } : undefined,
    untag: tagKeys.length > 0 ? { resourceArn, tagKeys } : undefined,
  }
}

/** What is there with what is named laid over: tags not named stay. */
export function withTags(current: readonly Tag[], named: readonly Tag[]): Tag[] {
  const names = new Set(named.map((tag) => tag.key))
  return [...current.filter((tag) => !names.has(tag.key)), ...named]
}
