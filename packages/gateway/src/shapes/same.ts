import { isDeepStrictEqual } from 'node:util'

/** Whether two values say the same as JSON: members that the SDK leaves undefined don't count. */
export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(asJson(one), asJson(other))
}

/** The value as it would travel: without undefined members. */
export function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
