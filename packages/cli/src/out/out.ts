/**
 * The output of a command: stdout carries the result, stderr everything else. The formats are the same on a terminal
 * and in a pipe; only tables get colour and widths from a terminal.
 */
import type { Writable } from 'node:stream'
import { UsageError } from '../errors.ts'
import { printable, printableJson, printableLine } from './printable.ts'
import type { Page, Shape } from './shape.ts'
import { type ColourMode, type Paint, paintFor, type Style } from './style.ts'
import { ageText, cellText, tableLines } from './table.ts'
import { shortenMiddle, widthOf } from './width.ts'
import { wrapLine } from './wrap.ts'

export const formats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'tsv', 'name'] as const
export type Format = (typeof formats)[number]

export interface OutOptions {
  format: Format
  query?: string | undefined
  isQuiet?: boolean
  colour: ColourMode
  now: () => number
  stdout: Writable & { isTTY?: boolean; columns?: number }
  stderr: Writable & { isTTY?: boolean; columns?: number }
}

export interface Out {
  readonly format: Format
  readonly wantsJson: boolean
  /** People read: neither JSON nor another format of programs. */
  readonly isForPeople: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Columns of the terminal; undefined in a pipe. */
  readonly stdoutWidth: number | undefined
  readonly stderrWidth: number | undefined
  readonly paint: Paint
  readonly paintError: Paint
  list: <T>(shape: Shape<T>, page: Page<T>) => Promise<void>
  resource: <T>(shape: Shape<T>, item: T) => Promise<void>
  /**
   * Prints a value that is not one of the API's resources.
   * @param lines for people
   * @param nameFormat the line of the format `name`
   */
  value: (value: unknown, lines: readonly string[], nameFormat?: string) => Promise<void>
  /** Prints a value as data, for output that is not for people. */
  data: (value: unknown) => Promise<void>
  /**
   * One object of a command that follows: a line in each format.
   * @param nameFormat the line of the format `name`
   */
  event: (value: unknown, line: string, nameFormat?: string) => Promise<void>
  /** The text exactly as it is, on stdout. */
  raw: (text: string | Uint8Array) => Promise<void>
  /** A line of the result. Callers remove control sequences from external text first. */
  line: (text: string) => Promise<void>
  /** The line, broken at the width of the terminal that stdout is. */
  wrap: (text: string) => string
  /** A line on stderr, which `--quiet` silences. */
  note: (text: string, style?: Style) => void
  /** Text on stderr without a line end that is never broken: progress that is redrawn, commands, JSON. */
  rawError: (text: string) => void
  error: (text: string) => void
  errorDocument: (problem: object) => void
}

export function createOut({ format, query, isQuiet = false, colour, now, stdout, stderr }: OutOptions): Out {
  const paint = paintFor(stdout, colour)
  const paintError = paintFor(stderr, colour)
  const terminalWidth = stdout.isTTY ? (stdout.columns ?? 80) : undefined
  const isForPeople = (format === 'table' || format === 'wide') && query === undefined

  const raw = (text: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => stdout.write(text, (error) => (error ? reject(error) : resolve())))
  const line = (text: string) => raw(`${text}\n`)
  const wrap = (text: string) => (terminalWidth === undefined ? text : wrapLine(text, terminalWidth))
  const wrapError = (text: string) => (stderr.isTTY ? wrapLine(text, stderr.columns ?? 80) : text)
  const note: Out['note'] = (text, style) => {
    if (!isQuiet) stderr.write(`${paintError(style, wrapError(printableLine(text)))}\n`)
  }

  const chosen = async (value: unknown): Promise<unknown> => {
    if (query === undefined) return value
    const { search } = (await import('jmespath')).default
    try {
      return search(value, query) ?? null
    } catch (error) {
      throw new UsageError(
        `--query: ${(error as Error).message}`,
        'JMESPath is described at https://jmespath.org, and an example is --query "items[].name".',
      )
    }
  }

  const data: Out['data'] = async (value) => {
    const result = await chosen(value)
    switch (format) {
      case 'yaml':
        return raw((await import('yaml')).stringify(result))
      case 'jsonl':
        return line(printableJson(result))
      case 'tsv':
      case 'name':
        // A blank line would be an item to a shell.
        return Array.isArray(result) && result.length === 0 ? undefined : line(plainLines(result))
      default:
        return line(printableJson(result, 2))
    }
  }

  const list: Out['list'] = async (shape, page) => {
    if (query !== undefined || format === 'json' || format === 'yaml') return data(page)
    if (format === 'jsonl') return raw(page.items.map((item) => `${printableJson(item)}\n`).join(''))
    if (format === 'name') return raw(page.items.map((item) => `${printable(shape.name(item))}\n`).join(''))
    if (format === 'tsv') {
      const onTerminal = false
      const columns = shape.columns.filter(({ isWide }) => !isWide)
      const rows = page.items.map((item) =>
        columns.map((column) => cellText(column, item, now(), onTerminal)).join('\t'),
      )
      return raw(rows.map((row) => `${row}\n`).join(''))
    }
    if (page.items.length === 0 && stdout.isTTY)
      return note(`No ${shape.noun}.${shape.whenEmpty === undefined ? '' : ` ${shape.whenEmpty}`}`)
    const isBroken = shape.isProse === true && terminalWidth !== undefined
    const width = isBroken ? Number.POSITIVE_INFINITY : terminalWidth
    const lines = tableLines(shape.columns, page.items, { width, paint, now: now(), isWide: format === 'wide' })
    await raw(`${(isBroken ? lines.map(wrap) : lines).join('\n')}\n`)
    if (page.nextCursor !== null) note('There are more. --limit takes a larger number.', 'dim')
  }

  const resource: Out['resource'] = async (shape, item) => {
    if (format === 'name' && query === undefined) return line(printable(shape.name(item)))
    if (format === 'tsv' && query === undefined) return list(shape, { items: [item], nextCursor: null })
    if (!isForPeople) return data(item)
    if (!shape.fields) return list(shape, { items: [item], nextCursor: null })
    const fields = shape.fields(item, now()).filter(([, text]) => text !== undefined && text !== null && text !== '')
    const width = Math.max(...fields.map(([label]) => widthOf(label)))
    const shown = (text: string | number) => {
      const isTime = typeof text === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)
      return isTime && stdout.isTTY ? ageText(text, now()) : printable(String(text))
    }
    const field = (label: string, text: string, style: Style | undefined) =>
      `${paint('dim', label.padEnd(width))}  ${paint(style, text)}`
    const lines = fields.map(([label, value, style]) => {
      const text = shown(value!)
      if (terminalWidth === undefined || format === 'wide') return field(label, text, style)
      // An ARN or an image that does not fit is shortened as in a table.
      const fitting = text.includes(' ') ? text : shortenMiddle(text, terminalWidth - width - 2)
      return wrap(field(label, fitting, style))
    })
    await raw(`${lines.join('\n')}\n`)
  }

  return {
    format,
    wantsJson: format === 'json' || format === 'jsonl',
    isForPeople,
    stdoutIsTerminal: stdout.isTTY === true,
    stderrIsTerminal: stderr.isTTY === true,
    stdoutWidth: terminalWidth,
    stderrWidth: stderr.isTTY ? stderr.columns : undefined,
    paint,
    paintError,
    list,
    resource,
    value: async (value, lines, nameFormat) => {
      if (isForPeople) return raw(lines.map((text) => `${wrap(printableLine(text))}\n`).join(''))
      if (format === 'name' && nameFormat !== undefined && query === undefined) return line(printable(nameFormat))
      return data(value)
    },
    data,
    event: async (value, text, nameFormat) => {
      if (isForPeople) return line(stdout.isTTY ? text.split('\n').map(printableLine).join('\n') : text)
      if (format === 'name' && nameFormat !== undefined && query === undefined) return line(printable(nameFormat))
      return line(printableJson(await chosen(value)))
    },
    raw,
    line,
    wrap,
    note,
    rawError: (text) => {
      if (!isQuiet) stderr.write(text)
    },
    error: (text) => {
      const style = text.startsWith('request ') ? 'dim' : 'red'
      // Three spaces separate two commands. A text that is too long is split only there.
      const isTooLong = stderr.isTTY && widthOf(text) > (stderr.columns ?? 80)
      for (const part of isTooLong ? text.split(/(?<=\S) {3}/) : [text])
        stderr.write(`${paintError(style, wrapError(printable(part)))}\n`)
    },
    errorDocument: (problem) => {
      stderr.write(`${printableJson(problem)}\n`)
    },
  }
}

/** A value without quotes: lists of values as lines, lists of lists as columns. */
function plainLines(value: unknown): string {
  const cell = (part: unknown) =>
    printable(typeof part === 'object' && part !== null ? JSON.stringify(part) : String(part ?? '-'))
  if (!Array.isArray(value)) return cell(value)
  return value.map((row) => (Array.isArray(row) ? row.map(cell).join('\t') : cell(row))).join('\n')
}
