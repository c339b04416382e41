/** A moment in a query: a time, or a duration back from now. */
import { parseTime } from '@ecs-api/ecs-model'

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/**
 * Milliseconds since 1970; undefined for a text of another form, and for a day that the month does not have.
 * @example findMoment('15m', Date.now())
 * @example findMoment('2026-11-23T14:57:33Z', Date.now())
 */
export function findMoment(text: string, now: number): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * unitMs[unit!]!
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i.test(text)) return undefined
  return parseTime(text)
}
