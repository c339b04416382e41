/**
 * Tables for people. A terminal breaks the sentences of the last column into lines. One that is too narrow drops the
 * columns with the lowest priorities first. Then it shortens text, addresses and ids, and names last. Where that is not
 * enough, it drops more columns. In a pipe nothing is dropped, shortened or broken.
 */
import { duration } from '@ecs-api/client/words'
import { printableLine } from './printable.ts'
import type { Paint, Style } from './style.ts'
import { shortenEnd, shortenMiddle, widthOf } from './width.ts'
import { linesOfText } from './wrap.ts'

export interface Column<T> {
  header: string
  value: (item: T, now: number) => string | number | undefined | null
  /**
   * 1 to 10. A narrow terminal drops the column with the lowest one first: columns below 5 before it shortens cells,
   * others only where shortened cells do not fit.
   */
  keepPriority: number
  /**
   * `address`: an image or a path. `time`: ISO 8601, which a terminal shows as an age. `count`: aligned to the right.
   */
  kind?: 'name' | 'address' | 'id' | 'text' | 'count' | 'time'
  /** The column is in the format `wide` only. */
  isWide?: boolean
  style?: (item: T) => Style | undefined
}

export interface TableOptions {
  /** Columns of the terminal; undefined in a pipe. */
  width: number | undefined
  paint: Paint
  /** Milliseconds since 1970. */
  now: number
  isWide: boolean
}

const gapWidth = 2
const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0)
/** Other columns are dropped until the column of sentences has this width. */
const minBrokenWidth = 30
/** The kind of column that each step shortens, and the width at which the step ends. The first step comes first. */
const shorteningSteps = [
  ['text', 20],
  ['address', 18],
  ['id', 10],
  ['text', 8],
  ['name', 10],
  ['address', 8],
] as const

export function tableLines<T>(columns: readonly Column<T>[], items: readonly T[], options: TableOptions): string[] {
  const { width, paint, now, isWide } = options
  const onTerminal = width !== undefined
  let shown = columns.filter((column) => isWide || !column.isWide)
  const hasShortIds = onTerminal && !isWide
  const cells = (column: Column<T>) => items.map((item) => cellText(column, item, now, { onTerminal, hasShortIds }))
  const texts = new Map(shown.map((column) => [column, cells(column)]))
  const naturalWidth = (column: Column<T>) => Math.max(widthOf(column.header), ...texts.get(column)!.map(widthOf))
  const isBroken = (column: Column<T>) => onTerminal && column.kind === 'text' && column === shown.at(-1)
  const initialWidth = (column: Column<T>) =>
    isBroken(column) ? Math.min(naturalWidth(column), minBrokenWidth) : naturalWidth(column)
  const widthsOf = (shownColumns: readonly Column<T>[]) =>
    new Map(shownColumns.map((column) => [column, initialWidth(column)]))
  let widths = widthsOf(shown)

  if (onTerminal) {
    const excess = () => sum(widths.values()) + gapWidth * (widths.size - 1) - width
    const dropLowest = () => {
      const lowest = shown.reduce((a, b) => (b.keepPriority < a.keepPriority ? b : a))
      shown = shown.filter((column) => column !== lowest)
      widths = widthsOf(shown)
    }
    const shorten = () => {
      for (const [kind, minWidth] of shorteningSteps) {
        for (const column of shown.filter((candidate) => candidate.kind === kind)) {
          if (excess() > 0) widths.set(column, Math.max(minWidth, widths.get(column)! - excess()))
        }
      }
    }
    while (excess() > 0 && shown.length > 1 && shown.some(({ keepPriority }) => keepPriority < 5)) dropLowest()
    shorten()
    while (excess() > 0 && shown.length > 1) {
      dropLowest()
      shorten()
    }
    const last = shown.at(-1)!
    if (isBroken(last)) widths.set(last, Math.min(naturalWidth(last), Math.max(1, widths.get(last)! - excess())))
  }

  const line = (cellOf: (column: Column<T>) => string, styleOf: (column: Column<T>) => Style | undefined) => {
    const padded = shown.map((column, i) => {
      const columnWidth = widths.get(column)!
      const text = fit(cellOf(column), columnWidth, column.kind)
      const space = ' '.repeat(columnWidth - widthOf(text))
      const painted = paint(styleOf(column), text)
      if (column.kind === 'count') return space + painted
      return i === shown.length - 1 ? painted : painted + space
    })
    return padded.join(' '.repeat(gapWidth)).trimEnd()
  }
  return [
    line(
      ({ header }) => header,
      () => 'dim',
    ),
    ...items.flatMap((item, i) => {
      const last = shown.at(-1)!
      const lastText = texts.get(last)![i]!
      const [first = '', ...more] = isBroken(last) ? linesOfText(lastText, widths.get(last)!) : [lastText]
      const firstLine = line(
        (column) => (column === last ? first : texts.get(column)![i]!),
        (column) => column.style?.(item),
      )
      const indent = sum(widths.values()) - widths.get(last)! + gapWidth * (shown.length - 1)
      return [firstLine, ...more.map((text) => ' '.repeat(indent) + paint(last.style?.(item), text))]
    }),
  ]
}

/** The text of a cell; `-` for an empty one, so that a program finds each column in every line. */
export function cellText<T>(
  { value, kind }: Column<T>,
  item: T,
  now: number,
  { onTerminal, hasShortIds = false }: { onTerminal: boolean; hasShortIds?: boolean },
): string {
  const content = value(item, now)
  if (content === undefined || content === null || content === '') return '-'
  if (typeof content === 'number') return String(content)
  if (kind === 'time' && onTerminal) return ageText(content, now)
  if (hasShortIds) return printableLine(withShortIds(content, kind))
  return printableLine(content)
}

/**
 * Eight digits of the id of a task and of a digest are enough to tell it from others; commands take them for a task.
 */
function withShortIds(text: string, kind: Column<unknown>['kind']): string {
  if (kind === 'id') return text.replace(/^([0-9a-f]{8})[0-9a-f]{24}$/, '$1')
  return kind === 'address' ? text.replace(/@sha256:([0-9a-f]{8})[0-9a-f]{56}/g, '@$1') : text
}

/** `12 min ago` or `in 12 min` for an ISO 8601 time; another text unchanged. @param now milliseconds since 1970 */
export function ageText(at: string, now: number): string {
  const atMs = Date.parse(at)
  if (Number.isNaN(atMs)) return printableLine(at)
  const time = duration(Math.abs(now - atMs))
  return atMs > now ? `in ${time}` : `${time} ago`
}

function fit(text: string, width: number, kind: Column<unknown>['kind']): string {
  return kind === 'text' ? shortenEnd(text, width) : shortenMiddle(text, width)
}
