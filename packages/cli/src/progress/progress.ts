/**
 * Shows the progress of a long command on stderr. The mode `live` redraws a block of lines, at most ten times a second.
 * `plain` prints a line for each change, at most one in 2 s, and repeats the last line every 60 s. `json` prints an
 * object for each change, and for the repetition. `auto` is `live` on a terminal for people, `json` where stderr is
 * JSON, and `plain` elsewhere, as in CI.
 */
import { duration } from '@ecs-api/client/words'
import type { Out } from '../out/out.ts'
import { printableLine } from '../out/printable.ts'
import type { Style } from '../out/style.ts'
import { shortenEnd } from '../out/width.ts'
import { wrapLine } from '../out/wrap.ts'

export const progressModes = ['auto', 'live', 'plain', 'json', 'none'] as const
export type ProgressMode = (typeof progressModes)[number]

/** With a time, the line shows how long ago that was. This grows, so that a person sees that the command runs. */
type ProgressLine = string | { text: string; since: string | undefined }

export interface ProgressState {
  /** A few lines below the title. */
  lines: readonly ProgressLine[]
  /** The same state in one line, for `plain`. */
  summary: string
  style?: Style
}

export interface Progress {
  update: (state: ProgressState) => void
  /** Prints a line that stays: about a failed task, or a remark about the failure. */
  addLine: (line: string, kind?: 'failure' | 'remark') => void
  /** Stops redrawing; the last state stays on the screen. */
  end: () => void
}

export interface ProgressOptions {
  title: string
  /** The timeout that the first line shows; undefined for none. */
  timeoutSeconds: number | undefined
  mode: ProgressMode
  out: Out
  environment: Readonly<Record<string, string | undefined>>
  now: () => number
}

/** The least time between two redraws of live progress. */
const redrawMs = 100
/** Live progress is redrawn this often, so that its clock runs. */
const clockMs = 1000
/** Plain progress repeats its last line this often. */
const repeatMs = 60_000
/** The least time between two lines of plain progress. */
const minPlainGapMs = 2000

export function startProgress(options: ProgressOptions): Progress {
  const { out, mode, environment } = options
  const isLive =
    mode === 'live' ||
    (mode === 'auto' && out.stderrIsTerminal && environment.TERM !== 'dumb' && !environment.CI && out.isForPeople)
  if (mode === 'none') return { update: () => {}, addLine: () => {}, end: () => {} }
  if (mode === 'json' || (mode === 'auto' && out.stderrIsJson)) return jsonProgress(options)
  return isLive ? liveProgress(options) : plainProgress(options)
}

/** A duration as on a stopwatch: `0:42`, `12:05`, `1:00:00`. */
export function stopwatchText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const pad = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}

function textOfLine(line: ProgressLine, now: number): string {
  if (typeof line === 'string') return line
  const time = duration(now - Date.parse(line.since ?? ''))
  return `${line.text}${time && ` (${time})`}`
}

function titleOf({ title, timeoutSeconds }: ProgressOptions): string {
  return timeoutSeconds === undefined ? title : `${title} (timeout ${stopwatchText(timeoutSeconds * 1000)})`
}

function liveProgress(options: ProgressOptions): Progress {
  const { out, now } = options
  const startedAtMs = now()
  const columns = Math.max(20, out.stderrWidth ?? 80)
  let state: ProgressState | undefined
  let drawnLines = 0
  let drawnAtMs = 0
  let drawTimer: NodeJS.Timeout | undefined
  const draw = () => {
    clearTimeout(drawTimer)
    drawTimer = undefined
    drawnAtMs = now()
    const time = stopwatchText(now() - startedAtMs)
    const title = shortenEnd(printableLine(titleOf(options)), columns - time.length - 2)
    const firstLine = `${title.padEnd(Math.min(columns - time.length - 1, 60))} ${time}`
    const texts = [
      firstLine,
      ...(state?.lines ?? []).map((line) => shortenEnd(`  ${printableLine(textOfLine(line, now()))}`, columns - 1)),
    ]
    const cursorUp = drawnLines > 0 ? `\u001b[${drawnLines}A` : ''
    out.rawError(cursorUp + texts.map((text) => `\r\u001b[2K${out.paintError(state?.style, text)}\n`).join(''))
    // When the block has become shorter, the old lines below it are erased.
    const oldLines = drawnLines - texts.length
    if (oldLines > 0) out.rawError(`${'\r\u001b[2K\n'.repeat(oldLines)}\u001b[${oldLines}A`)
    drawnLines = texts.length
  }
  const schedule = () => {
    drawTimer ??= setTimeout(draw, Math.max(0, redrawMs - (now() - drawnAtMs)))
  }
  const clockTimer = setInterval(schedule, clockMs)
  draw()
  return {
    update: (next) => {
      state = next
      schedule()
    },
    addLine: (line, kind = 'failure') => {
      // The line may take several rows of the terminal. The block is erased, and drawn again below the line.
      const cursorUp = drawnLines > 0 ? `\u001b[${drawnLines}A` : ''
      const text = wrapLine(printableLine(line), columns)
      out.rawError(`${cursorUp}\r\u001b[J${out.paintError(kind === 'failure' ? 'red' : 'yellow', text)}\n`)
      drawnLines = 0
      draw()
    },
    end: () => {
      clearInterval(clockTimer)
      draw()
    },
  }
}

function plainProgress(options: ProgressOptions): Progress {
  const { out, now, environment } = options
  let printedSummary = ''
  let latestSummary: string | undefined
  let gapTimer: NodeJS.Timeout | undefined
  const printedLines = new Set<string>()
  const timestamp = () => new Date(now()).toISOString()
  const print = (text: string) => out.note(`${timestamp()} ${printableLine(text)}`)
  const printLatest = () => {
    if (latestSummary === undefined || latestSummary === printedSummary) return false
    printedSummary = latestSummary
    print(printedSummary)
    return true
  }
  const printAndWait = () => {
    gapTimer = printLatest() ? setTimeout(printAndWait, minPlainGapMs) : undefined
  }
  print(titleOf(options))
  const repeatTimer = setInterval(() => print(`still: ${printedSummary || options.title}`), repeatMs)
  return {
    update: ({ summary }) => {
      latestSummary = summary
      if (gapTimer === undefined) printAndWait()
    },
    addLine: (line, kind = 'failure') => {
      if (printedLines.has(line)) return
      printedLines.add(line)
      print(line)
      if (kind === 'failure' && environment.GITHUB_ACTIONS === 'true') out.note(githubAnnotation(line))
    },
    end: () => {
      clearInterval(repeatTimer)
      clearTimeout(gapTimer)
      printLatest()
    },
  }
}

/** An error line for GitHub Actions ("Workflow commands"), in which `%` is escaped. */
export function githubAnnotation(text: string): string {
  return `::error::${printableLine(text).replaceAll('%', '%25')}`
}

function jsonProgress({ out, now, title, timeoutSeconds }: ProgressOptions): Progress {
  let lastText = ''
  let lastSummary = title
  const print = (value: object) => out.rawError(`${JSON.stringify({ at: new Date(now()).toISOString(), ...value })}\n`)
  const printOnce = (value: object) => {
    const text = JSON.stringify(value)
    if (text !== lastText) print(value)
    lastText = text
  }
  print({ type: 'begin', title, timeoutSeconds })
  const repeatTimer = setInterval(() => print({ type: 'still', summary: lastSummary }), repeatMs)
  return {
    update: ({ summary, lines }) => {
      lastSummary = summary
      printOnce({ type: 'progress', summary, lines })
    },
    addLine: (line, kind = 'failure') => printOnce({ type: kind, text: line }),
    end: () => clearInterval(repeatTimer),
  }
}
