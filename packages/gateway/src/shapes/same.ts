import { isDeepStrictEqual } from 'node:util'

/** Whether two values are equal as JSON: undefined members do not count. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(asJson(a), asJson(b))
}

/** Converts the value to JSON and back, which removes undefined members. */
export function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** Whether `whole` has all members of `part` with the same values. It may have more members, but not longer lists. */
export function containsAll(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part))
    return Array.isArray(whole) && whole.length === part.length && part.every((item, i) => containsAll(whole[i], item))
  if (typeof part !== 'object' || part === null) return isSameJson(whole, part)
  if (typeof whole !== 'object' || whole === null) return false
  return Object.entries(part).every(
    ([name, member]) => member === undefined || containsAll((whole as Record<string, unknown>)[name], member),
  )
}
