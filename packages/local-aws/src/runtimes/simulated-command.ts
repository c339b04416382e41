/**
 * Interprets the commands of simulated containers, which have no processes. Only short shell scripts that print, wait
 * and exit are understood (docs/simulated-runtime.md), such as `sh -c "echo failed; exit 3"`, with which users try a
 * failing version. Any other command is ignored, and its container stays RUNNING.
 */
import { commandsOfScript, type ScriptCommand } from './simulated-script.ts'

/** A line that the command prints so many milliseconds after its start. */
export interface PrintedLine {
  afterMs: number
  stream: 'stdout' | 'stderr'
  text: string
}

/** The run of a command that is understood. Times are milliseconds from its start. */
export interface CommandRun {
  /** Undefined for a command that never ends. */
  endsAfterMs: number | undefined
  exitCode: number
  /** In the order of their times. */
  lines: readonly PrintedLine[]
  /** The lines of an endless loop, which follow `lines`: their times in its first round, and the time of one round. */
  loop?: { lines: readonly PrintedLine[]; roundMs: number }
}

/** A faster loop would print more lines than a log can take. */
const minRoundMs = 100

const shellName = /^(?:\/(?:usr\/)?bin\/)?(?:sh|ash|bash|dash)$/
const simulatedProgram = /^(?:\/(?:usr\/)?bin\/)?(true|false|sleep|echo)$/

/** Returns undefined for a command that is not understood. */
export function simulateCommand(words: readonly string[]): CommandRun | undefined {
  const [first = '', second, script, ...others] = words
  if (shellName.test(first) && second === '-c' && script !== undefined && others.length === 0)
    return simulateScript(script)
  const [, name] = simulatedProgram.exec(first) ?? []
  return name === undefined ? undefined : runOf([{ ...plainCommand, words: [name, ...words.slice(1)] }])
}

const plainCommand = { afterSuccess: false, isToStderr: false }

/**
 * @param script the commands `true`, `false`, `sleep`, `exit` and `echo`, separated by `;`, `&&` or line breaks, and
 * `while true; do …; done` with such commands
 */
export function simulateScript(script: string): CommandRun | undefined {
  const commands = commandsOfScript(script)
  return commands && runOf(commands)
}

function runOf(commands: readonly ScriptCommand[]): CommandRun | undefined {
  const { hasExited, ...run } = runCommands(commands) ?? {}
  return hasExited === undefined ? undefined : (run as CommandRun)
}

interface Run extends CommandRun {
  /** Whether `exit` was reached, so that no command follows. */
  hasExited: boolean
}

/** Runs the commands one after the other. Those after an exit are read, too: a script is followed as a whole or not. */
function runCommands(commands: readonly ScriptCommand[]): Run | undefined {
  let run: Run = { endsAfterMs: 0, exitCode: 0, lines: [], hasExited: false }
  for (const command of commands) {
    const next = command.loop ? runLoop(command.loop) : runCommand(command, run.exitCode)
    if (!next) return undefined
    const isReached = !run.hasExited && run.endsAfterMs !== undefined && !(command.afterSuccess && run.exitCode !== 0)
    if (isReached) run = appendRun(run, run.endsAfterMs!, next)
  }
  return run
}

function appendRun(run: Run, startMs: number, next: Run): Run {
  const shifted = (lines: readonly PrintedLine[]) => lines.map((line) => ({ ...line, afterMs: line.afterMs + startMs }))
  return {
    ...next,
    ...(next.endsAfterMs !== undefined && { endsAfterMs: startMs + next.endsAfterMs }),
    lines: [...run.lines, ...shifted(next.lines)],
    ...(next.loop && { loop: { ...next.loop, lines: shifted(next.loop.lines) } }),
  }
}

/** Every round is as the first one: nothing of a round lasts but its exit code, which nothing in a loop reads. */
function runLoop(commands: readonly ScriptCommand[]): Run | undefined {
  const round = runCommands(commands)
  if (!round || round.hasExited || round.endsAfterMs === undefined) return round
  const { lines, endsAfterMs: roundMs } = round
  if (roundMs < minRoundMs) return undefined
  return { ...neverEnding, ...(lines.length > 0 && { loop: { lines, roundMs } }) }
}

const endsAtOnce: Run = { endsAfterMs: 0, exitCode: 0, lines: [], hasExited: false }
const neverEnding: Run = { ...endsAtOnce, endsAfterMs: undefined }

const msOfUnit: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** @param exitCode the exit code of the command before, which `exit` without a number keeps */
function runCommand({ words: [name = '', ...args], isToStderr }: ScriptCommand, exitCode: number): Run | undefined {
  const [first = ''] = args
  if (name === 'echo') return echo(args, isToStderr ? 'stderr' : 'stdout')
  if (isToStderr || args.length > 1) return undefined
  if (name === 'exit' && args.length === 0) return { ...endsAtOnce, exitCode, hasExited: true }
  if (name === 'exit')
    return /^\d{1,3}$/.test(first) && Number(first) <= 255
      ? { ...endsAtOnce, exitCode: Number(first), hasExited: true }
      : undefined
  if (name === 'sleep') return sleep(first)
  if (args.length > 0 || !/^(true|:|false)$/.test(name)) return undefined
  return { ...endsAtOnce, exitCode: name === 'false' ? 1 : 0 }
}

function sleep(time: string): Run | undefined {
  if (/^inf(?:inity)?$/.test(time)) return neverEnding
  const [, seconds, unit = ''] = /^(\d{1,7}(?:\.\d+)?)([smhd]?)$/.exec(time) ?? []
  return seconds === undefined ? undefined : { ...endsAtOnce, endsAfterMs: Number(seconds) * (msOfUnit[unit] ?? 1_000) }
}

/**
 * The shells of images read the options of `echo` in different ways, so a text that begins like one is not followed.
 */
function echo(words: readonly string[], stream: PrintedLine['stream']): Run | undefined {
  if (words[0]?.startsWith('-')) return undefined
  const lines = words
    .join(' ')
    .split('\n')
    .map((text) => ({ afterMs: 0, stream, text }))
  return { ...endsAtOnce, lines }
}
