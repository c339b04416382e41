/** Formats durations. */
const units: readonly (readonly [seconds: number, name: string])[] = [
  [31_536_000, 'year'],
  [86_400, 'day'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** `40 s`, `12 min`, `5 h`, `2 days`, `6 years`: a time in its largest unit; empty for NaN and for a negative time. */
export function duration(ms: number): string {
  if (!(ms >= 0)) return ''
  const seconds = Math.floor(ms / 1000)
  const [size, name] = units.find(([least]) => seconds >= least) ?? units.at(-1)!
  const count = Math.floor(seconds / size)
  return `${count} ${name}${count > 1 && /year|day/.test(name) ? 's' : ''}`
}
