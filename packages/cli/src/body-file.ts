/** `-f FILE`: a request's body as YAML or JSON. Errors of the gateway are shown with their line in the file. */
import { readFile } from 'node:fs/promises'
import { isProblem } from '@ecs-api/client'
import { rangeOf } from '@ecs-api/client/json-pointer'
import type { LineCounter } from 'yaml'
import { CliError, exitCode, UsageError } from './errors.ts'
import { readStandardInput } from './standard-input.ts'

export interface BodyFile {
  value: unknown
  /**
   * Runs a call that sends the body.
   * @throws CliError for the gateway's errors, with the line and column of each in the file
   */
  sendAndLocateErrors: <T>(call: () => Promise<T>) => Promise<T>
}

/** @param file the path; `-` is standard input @throws UsageError with every error of the file */
export async function readBodyFile(file: string, signal: AbortSignal): Promise<BodyFile> {
  const { LineCounter, parseDocument } = await import('yaml')
  const text =
    file === '-' ? await readStandardInput(signal) : await readFile(file, 'utf8').catch(throwUnreadable(`-f ${file}`))
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const faults = document.errors.map(({ message, pos: [offset] }) => `${positionText(file, lines, offset)}: ${message}`)
  if (faults.length > 0) throw new UsageError([`${file} is not YAML:`, ...faults].join('\n  '))
  return {
    value: document.toJS(),
    sendAndLocateErrors: async (call) => {
      try {
        return await call()
      } catch (error) {
        if (!isProblem(error) || error.errors.length === 0) throw error
        const rejections = error.errors.map(({ pointer, name, message }) => {
          const place =
            pointer === undefined ? (name ?? file) : positionText(file, lines, rangeOf(document, pointer)[0])
          return `${place}: ${pointer ? `${pointer} ` : ''}${message}`
        })
        throw new BodyRejected(error.code, rejections, error)
      }
    },
  }
}

/** The gateway's problem with the place of each error in the file. With `--json`, its `cause` is printed instead. */
class BodyRejected extends CliError {
  constructor(code: string, faults: readonly string[], cause: unknown) {
    super(exitCode.rejected, [`${code}:`, ...faults].join('\n'))
    this.cause = cause
  }
}

function positionText(file: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `${file}:${line}:${col}`
}

const reasonByCode: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission to read it is missing',
}

/**
 * Returns a handler for `catch` that throws a UsageError.
 * @param flagText the flag with the file, such as `-f a.yaml`
 */
export function throwUnreadable(flagText: string): (error: NodeJS.ErrnoException) => never {
  return ({ code = '', message }) => {
    throw new UsageError(`${flagText}: ${reasonByCode[code] ?? message}.`)
  }
}
