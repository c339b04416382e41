/**
 * Milliseconds since 1970; undefined for a text that is no time in ISO 8601, or whose day the month does not have.
 * `Date.parse` takes 2026-02-31 for 2026-03-03.
 * @example parseTime('2026-11-23T14:57:33Z')
 */
export function parseTime(text: string): number | undefined {
  const time = Date.parse(text)
  const [date] = /^\d{4}-\d\d-\d\d/.exec(text) ?? []
  if (Number.isNaN(time) || date === undefined) return undefined
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date) ? time : undefined
}
