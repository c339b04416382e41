/**
 * The log on a terminal: short lines for a person. Successful reads and plans have no line: an open console page makes
 * several reads a second, and their lines would hide all others. A change has the line of its audit entry, which has
 * the path as it was sent, and not also the line of its response.
 */
import { stripVTControlCharacters } from 'node:util'
import type { AnsweredRequest, Log } from './log.ts'
import { openOutput } from './log-output.ts'

/** At most this many request ids are remembered. Some changes never get a response, so their ids stay. */
const maxAudited = 1000

/** @param level lines of a lower level are not written, except those of changes */
export function openTerminalLog(level: 'info' | 'warn' | 'error'): Log {
  const output = openOutput(1, () => write('warning: log lines were lost, because stdout did not accept them'))
  /** Ids of requests whose change has its line already. */
  const audited = new Set<string>()
  const write = (text: string) => output.write(`${clockTime()}  ${printable(text)}\n`)
  return {
    logRequest: (request) => {
      if (audited.delete(request.requestId) || level !== 'info' || changesNothing(request)) return
      const { method = '', route = '(an unknown path)', status, code, token } = request
      write(requestText({ caller: token, action: `${method} ${route}`.trim(), status, code }))
    },
    logAuditEntry: (entry) => {
      if (audited.size >= maxAudited) audited.clear()
      audited.add(entry.requestId)
      if (entry.input?.query?.dryRun) return
      const { caller, action, path, status, code } = entry
      write(requestText({ caller, action: `${action.split(' ')[0]} ${path}`.trim(), status, code }))
    },
    logBug: (error, requestId) => {
      const ofRequest = requestId === undefined ? '' : ` (request ${requestId})`
      write(`error: a fault of this program${ofRequest}: ${stackOf(error)}`)
    },
    info: (message, fields) => {
      if (level === 'info') write(message + textOf(fields))
    },
    warn: (message, fields) => {
      if (level !== 'error') write(`warning: ${message}${textOf(fields)}`)
    },
    flush: output.flush,
  }
}

function changesNothing({ method, status, dryRun }: AnsweredRequest): boolean {
  return dryRun === true || ((method === 'GET' || method === 'HEAD') && status < 400)
}

interface RequestText {
  caller: string | undefined
  action: string
  status: number | null
  code: string | null | undefined
}

function requestText({ caller, action, status, code }: RequestText): string {
  return [caller ?? 'no token', action, [status, code].filter(Boolean).join(' ')].join('  ')
}

/** Name and value of each field: `signal: SIGTERM`. */
function textOf(fields: object = {}): string {
  const texts = Object.entries(fields).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`)
  return texts.length === 0 ? '' : ` (${texts.join('; ')})`
}

/** Only stack and causes: an error of the SDK also holds the request, and with it a signature. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const text = error.stack ?? String(error)
  return error.cause === undefined ? text : `${text}\ncaused by ${stackOf(error.cause)}`
}

/** The time of day on this machine, `07:03:12`. */
function clockTime(): string {
  return new Date().toTimeString().slice(0, 8)
}

/** Characters other than line ends that would move the cursor, hide text or change its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const controlCharacters = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

const printable = (text: string) => stripVTControlCharacters(text).replace(controlCharacters, '')
