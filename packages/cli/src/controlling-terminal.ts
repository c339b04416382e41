/** The terminal of the process, where standard input is a file of the command (`-f -`). */
import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'

/** @returns undefined where the process has none, and on Windows */
export function openControllingTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'))
  } catch {
    return undefined
  }
}
