/** Figures of several runs, with minimum, median and maximum. */

export interface Figure {
  name: string
  unit: string
  runs: number[]
  /** The goal in words, and whether the median meets it. */
  goal?: { words: string; met: (median: number) => boolean }
}

function median(runs: readonly number[]): number {
  const sorted = runs.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, unit, runs, goal }) => {
    const cells = [Math.min(...runs), median(runs), Math.max(...runs)].map(formatted)
    const verdict = goal ? `${goal.words}: ${goal.met(median(runs)) ? 'met' : 'not met'}` : ''
    return `| ${name} | ${unit} | ${cells.join(' | ')} | ${runs.length} | ${verdict} |`
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

/** This machine lacks something that the bench needs, so it has no figures. */
export class CannotRun extends Error {}
