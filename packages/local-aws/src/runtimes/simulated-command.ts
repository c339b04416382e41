/**
 * Interprets the commands of simulated containers, which have no processes. Only short shell scripts that wait and exit
 * are understood (docs/simulated-runtime.md), such as `sh -c "exit 3"`, with which users try a failing version. Any
 * other command is ignored, and its container stays RUNNING.
 */

/** The end of a command that is understood. */
export interface CommandEnd {
  /** Milliseconds from the start to the end; undefined for a command that never ends. */
  afterMs: number | undefined
  exitCode: number
}

const shell = /^(?:\/(?:usr\/)?bin\/)?(?:sh|ash|bash|dash)$/
const program = /^(?:\/(?:usr\/)?bin\/)?(true|false|sleep)$/
/** A text without expansions, redirections and commands of its own; at most its output goes to stderr. */
const echo = /^echo(?: [^|&<>`$()\\;]*)?(?: ?1?>&2)?$/

/** Returns undefined for a command that is not understood. */
export function simulateCommand(words: readonly string[]): CommandEnd | undefined {
  const [first = '', second, script, ...others] = words
  if (shell.test(first) && second === '-c' && script !== undefined && others.length === 0) return simulateScript(script)
  const [, name] = program.exec(first) ?? []
  return name === undefined ? undefined : simulateScript([name, ...words.slice(1)].join(' '))
}

/** @param script the steps `true`, `false`, `sleep`, `exit` and `echo`, separated by `;`, `&&` or line breaks */
export function simulateScript(script: string): CommandEnd | undefined {
  let end: CommandEnd = { afterMs: 0, exitCode: 0 }
  let hasEnded = false
  let isFirst = true
  for (const [, separator, text = ''] of script.matchAll(/(^|&&|;|\n)((?:(?!&&)[^;\n])*)/g)) {
    const step = text.trim()
    const isEmptyEnd = step === '' && separator !== '&&' && !isFirst
    isFirst = false
    if (isEmptyEnd) continue
    const next = followStep(step)
    if (!next) return undefined
    if (hasEnded || (separator === '&&' && end.exitCode !== 0)) continue
    const exitCode = next.exitCode ?? end.exitCode
    end = { afterMs: next.ms === undefined ? undefined : (end.afterMs ?? 0) + next.ms, exitCode }
    hasEnded = next.isExit === true || next.ms === undefined
  }
  return end
}

interface Step {
  /** Undefined for a step that never ends. */
  ms: number | undefined
  /** Undefined for `exit` without a number, which keeps the code of the step before. */
  exitCode: number | undefined
  isExit?: boolean
}

const msOfUnit: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function followStep(step: string): Step | undefined {
  if (/^(?:true|:)$/.test(step) || echo.test(step)) return { ms: 0, exitCode: 0 }
  if (step === 'false') return { ms: 0, exitCode: 1 }
  if (/^sleep inf(?:inity)?$/.test(step)) return { ms: undefined, exitCode: 0 }
  const [, seconds, unit = 's'] = /^sleep (\d{1,7}(?:\.\d+)?)([smhd]?)$/.exec(step) ?? []
  if (seconds !== undefined) return { ms: Number(seconds) * (msOfUnit[unit || 's'] ?? 1_000), exitCode: 0 }
  const [isExit, code] = /^exit(?: (\d{1,3}))?$/.exec(step) ?? []
  if (isExit === undefined || Number(code ?? 0) > 255) return undefined
  return { ms: 0, exitCode: code === undefined ? undefined : Number(code), isExit: true }
}
