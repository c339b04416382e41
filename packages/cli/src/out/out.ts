/**
 * The output of a command: stdout carries the result, stderr everything else. Formats for programs are the same on a
 * terminal and in a pipe. Text for people shows ages and is fitted to the terminal's width on a terminal only; it has
 * colours there, or as `--color` says.
 */
import type { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { UsageError } from '../errors.ts'
import { printableJson, printableLine, printableLineWithColours, printableYaml } from './printable.ts'
import type { Page, ResourceView } from './resource-view.ts'
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
  /** How the person calls this program. Default: `ecs-api`. */
  programName?: string
  colour: ColourMode
  now: () => number
  stdout: Writable & { isTTY?: boolean; columns?: number }
  stderr: Writable & { isTTY?: boolean; columns?: number }
}

export interface Out {
  readonly format: Format
  readonly wantsJson: boolean
  /** The result is text for people: the format is `table` or `wide`, and there is no `--query`. */
  readonly isForPeople: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Each line of stderr is a JSON object: the format is `json` or `jsonl`, and stderr is no terminal. */
  readonly stderrIsJson: boolean
  /** Columns of the terminal; undefined in a pipe. */
  readonly stdoutWidth: number | undefined
  /** Columns of the terminal; undefined in a pipe. */
  readonly stderrWidth: number | undefined
  /** Why stdout takes no more text, such as EPIPE; undefined while it does. Later text is dropped without an error. */
  readonly stdoutFailure: NodeJS.ErrnoException | undefined
  /** Colours text for stdout. */
  readonly paint: Paint
  /** Colours text for stderr. */
  readonly paintError: Paint
  list: <T>(view: ResourceView<T>, page: Page<T>) => Promise<void>
  resource: <T>(view: ResourceView<T>, item: T) => Promise<void>
  /**
   * Prints a value that is not one of the API's resources: the value in the formats for programs, the lines for people.
   * @param linesForPeople the lines of the formats `table` and `wide`
   * @param options `name`: the line of the format `name`
   */
  valueOrLines: (value: unknown, linesForPeople: readonly string[], options?: { name?: string }) => Promise<void>
  /** Prints a resource that has changed: one line for people, and the resource in each other format. */
  resourceOrLine: <T>(view: ResourceView<T>, resource: T, lineForPeople: string) => Promise<void>
  /** Prints a value, or the part that `--query` selects, in the format for programs. `table` and `wide` print JSON. */
  data: (value: unknown) => Promise<void>
  /**
   * Prints one object of a stream: a line of JSON, also for `yaml` and `tsv`.
   * @param textForPeople the text of the formats `table` and `wide`
   * @param options `name`: the line of the format `name`
   */
  event: (value: unknown, textForPeople: string, options?: { name?: string }) => Promise<void>
  /** Prints the text on stdout, exactly as it is. */
  raw: (text: string | Uint8Array) => Promise<void>
  /** Prints a line on stdout. Callers remove control sequences from external text first. */
  line: (text: string) => Promise<void>
  /** @returns the line, broken at the width of the terminal when stdout is one */
  wrap: (text: string) => string
  /** @returns the text with its commands as the person calls them: `npx ecs-api …` in a clone */
  withProgramName: (text: string) => string
  /** Prints a line on stderr, except with `--quiet`. */
  note: (text: string, style?: Style) => void
  /** Prints text on stderr exactly as it is, except with `--quiet`: progress that is redrawn, curl commands, JSON. */
  rawError: (text: string) => void
  /**
   * Prints one line of an error on stderr.
   * @param text Separate its commands by three spaces: on a terminal that is too narrow, each is printed on its own
   *   line.
   */
  error: (text: string) => void
  /** Prints the line of an error that says what to do next, without its colour. */
  next: (text: string) => void
  /** Prints an error as a JSON object on stderr. */
  errorDocument: (problem: object) => void
}

export function createOut(options: OutOptions): Out {
  const { format, query, isQuiet = false, programName = 'ecs-api', colour, now, stdout, stderr } = options
  const paint = paintFor(stdout, colour)
  const paintError = paintFor(stderr, colour)
  const terminalWidth = widthOfTerminal(stdout)
  const stderrWidth = widthOfTerminal(stderr)
  const isForPeople = (format === 'table' || format === 'wide') && query === undefined

  let stdoutFailure: NodeJS.ErrnoException | undefined
  const wantsJson = format === 'json' || format === 'jsonl'
  const stderrIsJson = wantsJson && stderr.isTTY !== true
  const jsonLine = (type: 'note' | 'error', text: string) =>
    stderr.write(`${printableJson({ type, text: stripVTControlCharacters(printableLine(text)) })}\n`)
  const raw = (text: string | Uint8Array) =>
    new Promise<void>((resolve) =>
      stdout.write(text, (error) => {
        stdoutFailure ??= error ?? undefined
        resolve()
      }),
    )
  const line = (text: string) => raw(`${text}\n`)
  const jsonLines = (items: readonly unknown[]) => raw(items.map((item) => `${printableJson(item)}\n`).join(''))
  const wrap = (text: string) => (terminalWidth === undefined ? text : wrapLine(text, terminalWidth))
  const wrapError = (text: string) => {
    if (stderrWidth === undefined || widthOf(stripVTControlCharacters(text)) <= stderrWidth) return text
    const sentences = text.split(/(?<=[.!?]) (?=[A-Z])/)
    if (!sentences.some(hasCommand)) return wrapLine(text, stderrWidth)
    // A sentence with a command, such as `Why: ecs-api why prod/www`, is not broken, so that it can be copied.
    return sentences.map((sentence) => (hasCommand(sentence) ? sentence : wrapLine(sentence, stderrWidth))).join('\n')
  }
  const withProgramName = (text: string) =>
    programName === 'ecs-api' ? text : text.replace(/(?<!npx |[\w/.@-]|\$\()ecs-api (?=[a-z])/g, `${programName} `)
  const printError = (line: string, style: Style | undefined) => {
    const text = withProgramName(line)
    if (stderrIsJson) return void jsonLine('error', text)
    const isTooLong = stderrWidth !== undefined && widthOf(text) > stderrWidth
    for (const part of isTooLong ? text.split(/(?<=\S) {3}/) : [text])
      stderr.write(`${paintError(style, wrapError(printableLine(part)))}\n`)
  }
  const note: Out['note'] = (text, style) => {
    if (isQuiet) return
    if (stderrIsJson) jsonLine('note', withProgramName(text))
    else stderr.write(`${paintError(style, wrapError(printableLineWithColours(withProgramName(text))))}\n`)
  }

  const selected = async (value: unknown): Promise<unknown> => {
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
    const result = await selected(value)
    switch (format) {
      case 'yaml':
        return raw(await printableYaml(result))
      case 'jsonl':
        return Array.isArray(result) ? jsonLines(result) : line(printableJson(result))
      case 'tsv':
      case 'name':
        // A shell would read a blank line as an item.
        return Array.isArray(result) && result.length === 0 ? undefined : line(plainLines(result))
      default:
        return line(printableJson(result, 2))
    }
  }

  const list: Out['list'] = async (view, page) => {
    if (query !== undefined || format === 'json' || format === 'yaml') return data(page)
    if (format === 'jsonl') return jsonLines(page.items)
    if (format === 'name') return raw(page.items.map((item) => `${printableLine(view.name(item))}\n`).join(''))
    if (format === 'tsv') {
      const columns = view.columns.filter(({ isWide }) => !isWide)
      const rows = page.items.map((item) =>
        columns.map((column) => cellText(column, item, now(), { onTerminal: false })).join('\t'),
      )
      return raw(rows.map((row) => `${row}\n`).join(''))
    }
    if (page.items.length === 0 && stdout.isTTY)
      return note(`No ${view.noun}.${view.whenEmpty === undefined ? '' : ` ${view.whenEmpty}`}`)
    const options = { width: terminalWidth, paint, now: now(), isWide: format === 'wide' }
    await raw(`${tableLines(view.columns, page.items, options).join('\n')}\n`)
    if (page.nextCursor !== null) note('There are more items. Give a larger --limit to see them.', 'dim')
  }

  const resource: Out['resource'] = async (view, item) => {
    if (format === 'name' && query === undefined) return line(printableLine(view.name(item)))
    if (format === 'tsv' && query === undefined) return list(view, { items: [item], nextCursor: null })
    if (!isForPeople) return data(item)
    if (!view.fields) return list(view, { items: [item], nextCursor: null })
    const fields = view.fields(item, now()).filter(([, text]) => text !== undefined && text !== null && text !== '')
    const labelWidth = Math.max(...fields.map(([label]) => widthOf(label)))
    const shown = (text: string | number) => {
      const isTime = typeof text === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)
      return isTime && stdout.isTTY ? ageText(text, now()) : printableLine(String(text))
    }
    const field = (label: string, text: string, style: Style | undefined) =>
      `${paint('dim', label.padEnd(labelWidth))}  ${paint(style, text)}`
    const lines = fields.map(([label, value, style]) => {
      const text = shown(value!)
      if (terminalWidth === undefined || format === 'wide') return field(label, text, style)
      // An ARN or an image that does not fit is shortened as in a table.
      const fitting = text.includes(' ') ? text : shortenMiddle(text, terminalWidth - labelWidth - 2)
      return wrap(field(label, fitting, style))
    })
    await raw(`${lines.join('\n')}\n`)
  }

  return {
    format,
    wantsJson,
    isForPeople,
    stdoutIsTerminal: stdout.isTTY === true,
    stderrIsTerminal: stderr.isTTY === true,
    stderrIsJson,
    stdoutWidth: terminalWidth,
    stderrWidth,
    get stdoutFailure() {
      return stdoutFailure
    },
    paint,
    paintError,
    list,
    resource,
    resourceOrLine: (view, item, lineForPeople) =>
      isForPeople ? line(wrap(printableLine(lineForPeople))) : resource(view, item),
    valueOrLines: async (value, linesForPeople, { name } = {}) => {
      if (isForPeople)
        return raw(linesForPeople.map((text) => `${wrap(printableLineWithColours(withProgramName(text)))}\n`).join(''))
      if (format === 'name' && name !== undefined && query === undefined) return line(printableLine(name))
      return data(value)
    },
    data,
    event: async (value, textForPeople, { name } = {}) => {
      if (isForPeople) return line(textForPeople.split('\n').map(printableLineWithColours).join('\n'))
      if (format === 'name' && name !== undefined && query === undefined) return line(printableLine(name))
      return line(printableJson(await selected(value)))
    },
    raw,
    line,
    wrap,
    withProgramName,
    note,
    rawError: (text) => {
      if (!isQuiet) stderr.write(text)
    },
    error: (line) => printError(line, line.startsWith('request ') ? 'dim' : 'red'),
    next: (line) => printError(line, undefined),
    errorDocument: (problem) => {
      stderr.write(`${printableJson(problem)}\n`)
    },
  }
}

const hasCommand = (text: string): boolean => /(^|: )(npx )?ecs-api \S/.test(text)

/** The columns of a terminal, 80 when it does not tell (a new pseudo-terminal has 0); undefined for a pipe. */
function widthOfTerminal({ isTTY, columns }: OutOptions['stdout']): number | undefined {
  return isTTY ? columns || 80 : undefined
}

/** A value as text without quotes: a line for each item of a list, and a column for each item of a list in a list. */
function plainLines(value: unknown): string {
  const cell = (part: unknown) =>
    printableLine(typeof part === 'object' && part !== null ? JSON.stringify(part) : String(part ?? '-'))
  if (!Array.isArray(value)) return cell(value)
  return value.map((row) => (Array.isArray(row) ? row.map(cell).join('\t') : cell(row))).join('\n')
}
