/** `--tag` and `--untag`: the tags of a service. */
import type { Flag } from './command.ts'
import { UsageError } from './errors.ts'
import type { Flags } from './flags.ts'

export const tagFlag: Flag = {
  spec: '--tag <pair>',
  summary: 'tag KEY=VALUE of the service; may be repeated',
  kind: 'list',
}
export const untagFlag: Flag = { spec: '--untag <key>', summary: 'remove a tag; may be repeated', kind: 'list' }

/** @returns the tags that the flags set; null removes one. Undefined without the flags @throws UsageError */
export function tagsOf(flags: Flags): Record<string, string | null> | undefined {
  const tags: Record<string, string | null> = {}
  for (const text of flags.list('tag')) {
    const end = text.indexOf('=')
    if (end < 1) throw new UsageError(`--tag "${text}": give KEY=VALUE.`)
    tags[text.slice(0, end)] = text.slice(end + 1)
  }
  for (const key of flags.list('untag')) tags[key] = null
  return Object.keys(tags).length > 0 ? tags : undefined
}
