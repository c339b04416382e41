/**
 * Writes the log to a file descriptor, many lines in one write, and never ends or blocks the process: where nobody takes the lines, such as on a
 * full disk, they wait up to a bound, and what is written beyond it is lost. (pino's own destination tries a failed write again for ever when the
 * process exits, so a full disk would keep it from ending.)
 */
import { write } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface LogOutput {
  write: (text: string) => void
  /** Writes what is waiting, before the process exits; gives up after a second when nobody takes it. */
  flush: () => Promise<void>
}

/** How late a line may come. */
const latestMs = 100
/** So many characters are written without waiting for more. */
const manyCharacters = 64 * 1024
/** Of lines that cannot be written. */
const maxWaiting = 4 * 1024 * 1024
/** After a write that failed. */
const againMs = 500
/** How long the last lines may take. */
const lastMs = 1_000

/** @param onLost told once lines can be written again after some were lost */
export function openOutput(fd: number, onLost: () => void): LogOutput {
  let gathered = ''
  let isLosing = false
  let isDue = false
  /** Writes until nothing is left or a write fails. */
  let writing: Promise<void> | undefined

  function add(text: string): void {
    if (gathered.length + text.length > maxWaiting) {
      isLosing = true
      return
    }
    gathered += text
    if (gathered.length >= manyCharacters) begin()
    if (isDue) return
    isDue = true
    setTimeout(() => {
      isDue = false
      begin()
    }, latestMs).unref()
  }

  function begin(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined
    })
    return writing
  }

  async function writeAll(): Promise<void> {
    while (gathered !== '') {
      let bytes = Buffer.from(gathered)
      gathered = ''
      while (bytes.length > 0) {
        const written = await writtenOf(fd, bytes)
        if (written === 'closed') return
        bytes = bytes.subarray(written)
        if (written === 0) await pause(againMs, undefined, { ref: false })
      }
      if (!isLosing) continue
      isLosing = false
      onLost()
    }
  }

  return { write: add, flush: () => Promise.race([begin(), pause(lastMs)]) }
}

/** How many bytes were taken: none by a disk that is full or a pipe that is; `closed` by a pipe that nobody will read. */
function writtenOf(fd: number, bytes: Buffer): Promise<number | 'closed'> {
  return new Promise((resolve) =>
    write(fd, bytes, 0, bytes.length, null, (error, written) =>
      resolve(error ? (error.code === 'EPIPE' ? 'closed' : 0) : written),
    ),
  )
}
