/**
 * Prints the lines of simulated containers to their log sinks, each line at its time. The lines follow from the command
 * and the start time, so only the position of the last stored line is kept, by the sink.
 */
import type { LogLine, LogSink, TaskSpec } from './runtime.ts'
import type { CommandRun, PrintedLine } from './simulated-command.ts'

/** Of the lines that were due while the engine did not run, only this many are printed: the newest. */
const maxMissedLines = 1_000

type Output = Pick<CommandRun, 'lines' | 'loop'>

interface RunningContainer {
  output: Output
  /** Milliseconds since 1970. */
  startedAt: number
  /** When the container ends by itself; undefined when it does not. */
  endsAt: number | undefined
  sink: LogSink
}

export interface SimulatedOutput {
  /** Prints the lines that are due since the last stored one, and from now on each line at its time. */
  start(task: TaskSpec, container: string, running: RunningContainer): void
  /** Prints the lines that are due, and no more: the container has ended. */
  end(taskId: string, container: string): void
  /** Resolves when the printed lines of all containers of the task are stored. */
  waitUntilStored(taskId: string): Promise<void>
  close(): void
}

interface Deps {
  clock: { now(): number; at(time: number, callback: () => void): () => void }
  /** Called when lines could not be stored. The container prints no more, as with a log group that was deleted. */
  onUnstored: (error: unknown, task: TaskSpec, container: string) => void
}

interface Printer extends RunningContainer {
  task: TaskSpec
  container: string
  nextIndex: number
  cancelTimer: () => void
  whenStored: Promise<void>
}

export function createSimulatedOutput({ clock, onUnstored }: Deps): SimulatedOutput {
  const printers = new Map<string, Map<string, Printer>>()

  function printDueLines(printer: Printer): void {
    const { output, startedAt, endsAt = Number.POSITIVE_INFINITY } = printer
    const dueCount = countUntil(output, Math.min(clock.now(), endsAt) - startedAt)
    const lines: LogLine[] = []
    for (let i = Math.max(printer.nextIndex, dueCount - maxMissedLines); i < dueCount; i++) {
      const { afterMs, stream, text } = lineAt(output, i)!
      lines.push({ time: startedAt + afterMs, stream, text, position: String(i) })
    }
    printer.nextIndex = Math.max(printer.nextIndex, dueCount)
    if (lines.length > 0) store(printer, lines)
  }

  function store(printer: Printer, lines: readonly LogLine[]): void {
    printer.whenStored = printer.whenStored
      .then(() => printer.sink.storeLines(lines))
      .catch((error: unknown) => {
        const { task, container } = printer
        if (remove(task.id, container)) onUnstored(error, task, container)
      })
  }

  function scheduleNext(printer: Printer): void {
    const next = lineAt(printer.output, printer.nextIndex)
    const at = printer.startedAt + (next?.afterMs ?? Number.POSITIVE_INFINITY)
    if (!next || at > (printer.endsAt ?? at)) return
    printer.cancelTimer = clock.at(at, () => {
      printDueLines(printer)
      scheduleNext(printer)
    })
  }

  function remove(taskId: string, container: string): boolean {
    printers.get(taskId)?.get(container)?.cancelTimer()
    return printers.get(taskId)?.delete(container) ?? false
  }

  return {
    start(task, container, running) {
      const { afterPosition } = running.sink
      const nextIndex = afterPosition === undefined ? 0 : Number(afterPosition) + 1
      const printer = { ...running, task, container, nextIndex, cancelTimer: () => {}, whenStored: Promise.resolve() }
      printers.set(task.id, (printers.get(task.id) ?? new Map<string, Printer>()).set(container, printer))
      printDueLines(printer)
      scheduleNext(printer)
    },

    end(taskId, container) {
      const printer = printers.get(taskId)?.get(container)
      if (!printer) return
      printer.cancelTimer()
      printDueLines(printer)
      printer.endsAt = clock.now()
    },

    async waitUntilStored(taskId) {
      const ofTask = printers.get(taskId)
      printers.delete(taskId)
      for (const printer of ofTask?.values() ?? []) {
        printer.cancelTimer()
        await printer.whenStored
      }
    },

    close() {
      for (const ofTask of printers.values()) for (const printer of ofTask.values()) printer.cancelTimer()
      printers.clear()
    },
  }
}

/** The line with this index, counted from the start of the container; undefined after the last one. */
function lineAt({ lines, loop }: Output, index: number): PrintedLine | undefined {
  if (index < lines.length) return lines[index]
  if (!loop) return undefined
  const inLoop = index - lines.length
  const line = loop.lines[inLoop % loop.lines.length]!
  return { ...line, afterMs: line.afterMs + Math.floor(inLoop / loop.lines.length) * loop.roundMs }
}

/** The number of lines that are printed up to this time after the start of the container. */
function countUntil({ lines, loop }: Output, ms: number): number {
  const count = (of: readonly PrintedLine[], untilMs: number) => of.filter(({ afterMs }) => afterMs <= untilMs).length
  const first = loop?.lines[0]
  if (!loop || !first || ms < first.afterMs) return count(lines, ms)
  const wholeRounds = Math.floor((ms - first.afterMs) / loop.roundMs)
  return lines.length + wholeRounds * loop.lines.length + count(loop.lines, ms - wholeRounds * loop.roundMs)
}
