/** Tags of a thing of ECS's, brought to what is wanted with as few calls as it takes. */
import type { Tag } from '@aws-sdk/client-ecs'
import type { Account } from './account.ts'

export async function bringTags(account: Account, arn: string, current: readonly Tag[], wanted: readonly Tag[]): Promise<void> {
  const before = new Map(current.map((tag) => [tag.key, tag.value]))
  const after = new Map(wanted.map((tag) => [tag.key, tag.value]))
  const changed = wanted.filter((tag) => before.get(tag.key) !== tag.value)
  const gone = [...before.keys()].filter((key): key is string => key !== undefined && !after.has(key))
  if (changed.length > 0) await account.ecs().tagResource({ resourceArn: arn, tags: [...changed] })
  if (gone.length > 0) await account.ecs().untagResource({ resourceArn: arn, tagKeys: gone })
}

/** What is there with what is named laid over: tags not named stay. */
export function withTags(current: readonly Tag[], named: readonly Tag[]): Tag[] {
  const names = new Set(named.map((tag) => tag.key))
  return [...current.filter((tag) => !names.has(tag.key)), ...named]
}
