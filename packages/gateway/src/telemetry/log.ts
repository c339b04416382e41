/** The process's log: JSON lines on stdout. What it is given holds no headers, bodies or queries, so there is no secret to take out of it. */
import { pino } from 'pino'
import { openOutput } from './log-output.ts'

export interface Log {
  /** One line for an answered request. */
  answered: (line: object) => void
  /** A change that was asked for, as the audit has it. */
  audited: (entry: object) => void
  /** A fault of this program's own. */
  bug: (error: unknown, requestId?: string) => void
  info: (message: string, fields?: object) => void
  warn: (message: string, fields?: object) => void
  /** Writes what is still waiting, before the process exits; gives up after a second when nobody takes it. */
  flush: () => Promise<void>
}

/** @param level of the least important lines that are written */
export function openLog(level: 'info' | 'warn' | 'error'): Log {
  // A write a line costs more than all else of a request that is answered from a view.
  const output = openOutput(1, () => logger.warn('log lines were lost: they could not be written'))
  const time = timeNow()
  const logger = pino(
    {
      level,
      base: null,
      timestamp: time,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  )
  // Whoever sets the level of the log does not thereby switch off the audit.
  const audit = logger.child({}, { level: 'info' })
  return {
    // The line that there are most of, and pino's own way of writing it costs four times as much.
    answered: (line) => {
      if (level === 'info')
        output.write(`{"level":"info"${time()},${JSON.stringify(line).slice(1, -1)},"msg":"answered"}\n`)
    },
    audited: (entry) => audit.info({ audit: entry }, 'audit'),
    bug: (error, requestId) =>
      logger.error({ ...(requestId && { requestId }), error: told(error) }, 'a fault of this program'),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    flush: output.flush,
  }
}

/** Writes a line's time; many lines have the same. */
function timeNow(): () => string {
  let at = 0
  let written = ''
  return () => {
    const now = Date.now()
    if (now !== at) written = `,"time":"${new Date(now).toISOString()}"`
    at = now
    return written
  }
}

/** Name, words and stack only: an SDK's error also holds the request, and with it signatures. */
function told(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  return { name, message, stack, ...(cause !== undefined && depth < 3 && { cause: told(cause, depth + 1) }) }
}
