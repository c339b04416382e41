/**
 * The log of the process: JSON lines on stdout. Callers never pass headers, bodies or queries to it, so it has no
 * secrets to remove.
 */
import { pino } from 'pino'
import { openOutput } from './log-output.ts'

export interface AnsweredRequest {
  method: string | undefined
  /** Undefined for unknown paths. */
  route: string | undefined
  status: number
  code: string | undefined
  requestId: string
  /** The caller's name: that of a token, or `oidc:` and a person's. */
  token: string | undefined
  dryRun: true | undefined
}

interface AuditEntry {
  requestId: string
  caller: string
  /** Method and the route's pattern. */
  action: string
  /** The path as the client sent it. */
  path: string
  input: { query?: { dryRun?: boolean } } | null
  status: number | null
  code: string | null
}

export interface Log {
  /** One line for an answered request. */
  logRequest: (line: AnsweredRequest) => void
  /** A completed entry of the audit log. */
  logAuditEntry: (entry: AuditEntry) => void
  /** An unexpected error, which is a bug of this program. */
  logBug: (error: unknown, requestId?: string) => void
  info: (message: string, fields?: object) => void
  warn: (message: string, fields?: object) => void
  /** Writes the lines that wait, before the process exits; gives up after a second when stdout accepts nothing. */
  flush: () => Promise<void>
}

/** @param level lines of a lower level are not written, except those of the audit log */
export function openLog(level: 'info' | 'warn' | 'error'): Log {
  // Lines are written in batches: one write for each line would cost more than the rest of a request from the cache.
  const output = openOutput(1, () => logger.warn('log lines were lost, because stdout did not accept them'))
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
  // The configured level must not switch off the audit log.
  const audit = logger.child({}, { level: 'info' })
  return {
    // Written without pino, which takes four times as long, because most lines of the log are of this kind.
    logRequest: (line) => {
      if (level === 'info')
        output.write(`{"level":"info"${time()},${JSON.stringify(line).slice(1, -1)},"msg":"answered"}\n`)
    },
    logAuditEntry: (entry) => audit.info({ audit: entry }, 'audit'),
    logBug: (error, requestId) =>
      logger.error({ ...(requestId && { requestId }), error: loggable(error) }, 'a fault of this program'),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    flush: output.flush,
  }
}

/** Returns the member `time` of a line; formats it once for all lines of a millisecond. */
function timeNow(): () => string {
  let formattedAt = 0
  let formatted = ''
  return () => {
    const now = Date.now()
    if (now !== formattedAt) formatted = `,"time":"${new Date(now).toISOString()}"`
    formattedAt = now
    return formatted
  }
}

/** Keeps name, message and stack only: an error of the SDK also holds the request, and with it a signature. */
function loggable(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  return { name, message, stack, ...(cause !== undefined && depth < 3 && { cause: loggable(cause, depth + 1) }) }
}
