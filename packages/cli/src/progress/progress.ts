/**
 * Progress of a long command on stderr. `live` redraws a block, at most ten times a second. `plain` prints a line for
 * each change, at most one in 2 s and none twice, and repeats the last one every 60 s. `json` prints an object for each
 * change.
 */
import { duration } from '@ecs-api/client/words'
import type { Out } from '../out/out.ts'
import { printable } from '../out/printable.ts'
import type { Style } from '../out/style.ts'
import { shortenEnd } from '../out/width.ts'

export const progressModes = ['auto', 'live', 'plain', 'json', 'none'] as const
export type ProgressMode = (typeof progressModes)[number]

export interface ProgressState {
  /** Up to three lines below the title, without the time that has passed. */
  lines: readonly string[]
  /** The same in one line. */
  summary: string
  style?: Style
}

export interface Progress {
  update: (state: ProgressState) => void
  /** A line that stays: a failed task, or a remark about it. */
  add: (line: string, kind?: 'failure' | 'remark') => void
  /** Stops redrawing; the last state stays on the screen. */
  end: () => void
}

export interface ProgressOptions {
  title: string
  /** Shown in the first line. */
  timeoutSeconds: number | undefined
  mode: ProgressMode
  out: Out
  environment: Readonly<Record<string, string | undefined>>
  now: () => number
}

const redrawMs = 100
const tickMs = 1000
const stillRunningMs = 60_000
/** The least time between two lines of plain progress. */
const plainMs = 2000

export function startProgress(options: ProgressOptions): Progress {
  const { out, mode, environment } = options
  const isLive =
    mode === 'live' ||
    (mode === 'auto' && out.stderrIsTerminal && environment.TERM !== 'dumb' && !environment.CI && out.isForPeople)
  if (mode === 'none') return { update: () => {}, add: () => {}, end: () => {} }
  if (mode === 'json') return jsonProgress(options)
  return isLive ? liveProgress(options) : plainProgress(options)
}

/** `0:42`, `12:05`, `1:00:00`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const pad = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}

/** A duration fits where a time would be cut off, and it grows while nothing happens. */
function withDurations(line: string, now: number): string {
  return line.replace(/,? since (\d{4}-\d\d-\d\dT[\d:.]+Z)/g, (_, since: string) => {
    const time = duration(now - Date.parse(since))
    return time && ` (${time})`
  })
}

function titleOf({ title, timeoutSeconds }: ProgressOptions): string {
  return timeoutSeconds === undefined ? title : `${title} (timeout ${clockText(timeoutSeconds * 1000)})`
}

function liveProgress(options: ProgressOptions): Progress {
  const { out, now } = options
  const started = now()
  const columns = Math.max(20, out.stderrWidth ?? 80)
  let state: ProgressState | undefined
  let drawnLines = 0
  let lastDraw = 0
  let pending: NodeJS.Timeout | undefined
  const draw = () => {
    clearTimeout(pending)
    pending = undefined
    lastDraw = now()
    const time = clockText(now() - started)
    const title = shortenEnd(printable(titleOf(options)), columns - time.length - 2)
    const head = `${title.padEnd(Math.min(columns - time.length - 1, 60))} ${time}`
    const texts = [
      head,
      ...(state?.lines ?? []).map((line) => shortenEnd(`  ${printable(withDurations(line, now()))}`, columns - 1)),
    ]
    const up = drawnLines > 0 ? `\u001b[${drawnLines}A` : ''
    out.rawError(up + texts.map((text) => `\r\u001b[2K${out.paintError(state?.style, text)}\n`).join(''))
    // When the block has become shorter, the remaining lines are erased.
    const left = drawnLines - texts.length
    if (left > 0) out.rawError(`${'\r\u001b[2K\n'.repeat(left)}\u001b[${left}A`)
    drawnLines = texts.length
  }
  const schedule = () => {
    pending ??= setTimeout(draw, Math.max(0, redrawMs - (now() - lastDraw)))
  }
  const tick = setInterval(schedule, tickMs)
  draw()
  return {
    update: (next) => {
      state = next
      schedule()
    },
    add: (line, kind = 'failure') => {
      // The line stays whole, and may take several rows: the block is erased first, and drawn again below.
      const up = drawnLines > 0 ? `\u001b[${drawnLines}A` : ''
      out.rawError(`${up}\r\u001b[J${out.paintError(kind === 'failure' ? 'red' : 'yellow', printable(line))}\n`)
      drawnLines = 0
      draw()
    },
    end: () => {
      clearInterval(tick)
      draw()
    },
  }
}

function plainProgress(options: ProgressOptions): Progress {
  const { out, now, environment } = options
  let last = ''
  let waiting: string | undefined
  let pause: NodeJS.Timeout | undefined
  const printedLines = new Set<string>()
  const timestamp = () => new Date(now()).toISOString()
  const print = (text: string) => out.note(`${timestamp()} ${printable(text)}`)
  const printWaiting = () => {
    if (waiting === undefined || waiting === last) return
    last = waiting
    print(last)
  }
  const flush = () => {
    clearTimeout(pause)
    pause = undefined
    printWaiting()
  }
  print(titleOf(options))
  const still = setInterval(() => print(`still: ${last || options.title}`), stillRunningMs)
  return {
    update: ({ summary }) => {
      waiting = summary
      if (pause !== undefined) return
      printWaiting()
      pause = setTimeout(flush, plainMs)
    },
    add: (line, kind = 'failure') => {
      if (printedLines.has(line)) return
      printedLines.add(line)
      print(line)
      if (kind === 'failure' && environment.GITHUB_ACTIONS === 'true') out.note(annotation(line))
    },
    end: () => {
      clearInterval(still)
      flush()
    },
  }
}

/** GitHub's "Workflow commands": `%` and line ends are escaped. */
export function annotation(text: string): string {
  return `::error::${printable(text).replaceAll('%', '%25')}`
}

function jsonProgress({ out, now, title, timeoutSeconds }: ProgressOptions): Progress {
  let last = ''
  const print = (value: object) => {
    const text = JSON.stringify(value)
    if (text === last) return
    last = text
    out.rawError(`${JSON.stringify({ at: new Date(now()).toISOString(), ...value })}\n`)
  }
  print({ type: 'begin', title, timeoutSeconds })
  return {
    update: ({ summary, lines }) => print({ type: 'progress', summary, lines }),
    add: (line, kind = 'failure') => print({ type: kind, text: line }),
    end: () => {},
  }
}
