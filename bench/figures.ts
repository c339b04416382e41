/** Measured figures, each with the values of several runs, and a table of their minimum, median and maximum. */

export interface Figure {
  name: string
  unit: string
  values: number[]
  /** The goal in words, and whether the median meets it. */
  goal?: { words: string; isMet: (median: number) => boolean }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, unit, values, goal }) => {
    const cells = [Math.min(...values), median(values), Math.max(...values)].map(formatted)
    const verdict = goal ? `${goal.words}: ${goal.isMet(median(values)) ? 'met' : 'not met'}` : ''
    return `| ${name} | ${unit} | ${cells.join(' | ')} | ${values.length} | ${verdict} |`
  })
  return [
    '| what | unit | min | median | max | runs | goal |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n')
}

function formatted(value: number): string {
  if (value === 0) return '0'
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

/** Thrown by a bench that needs a program which this machine lacks. */
export class CannotRun extends Error {}
