import { isDeepStrictEqual } from 'node:util'

/** Whether two values say the same as JSON: members that the SDK leaves undefined don't count. */
export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(asJson(one), asJson(other))
}

/** The value as it would travel: without undefined members. */
export function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** Whether the whole says everything that the part says: it may say more, but no list of it has more items. */
export function saysAll(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part))
    return Array.isArray(whole) && whole.length === part.length && part.every((item, i) => saysAll(whole[i], item))
  if (typeof part !== 'object' || part === null) return isSame(whole, part)
  if (typeof whole !== 'object' || whole === null) return false
  return Object.entries(part).every(
    ([name, member]) => member === undefined || saysAll((whole as Record<string, unknown>)[name], member),
  )
}
