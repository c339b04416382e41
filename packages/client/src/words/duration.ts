/** Formats durations. */
const units: readonly (readonly [seconds: number, many: string, one: string])[] = [
  [86_400, 'days', 'day'],
  [3600, 'h', 'h'],
  [60, 'min', 'min'],
  [1, 's', 's'],
]

/** `40 s`, `12 min`, `5 h`, `2 days`: a time in its largest unit; empty for NaN and for a negative time. */
export function duration(ms: number): string {
  if (!(ms >= 0)) return ''
  const seconds = Math.floor(ms / 1000)
  const [size, many, one] = units.find(([least]) => seconds >= least) ?? units.at(-1)!
  const count = Math.floor(seconds / size)
  return `${count} ${count === 1 ? one : many}`
}
