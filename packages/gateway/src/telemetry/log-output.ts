/**
 * Writes the log to a file descriptor, many lines in one write. It never blocks or ends the process: lines that cannot
 * be written, for example to a full disk, wait up to a limit, and lines beyond it are lost. pino's own destination is
 * not used, because it retries a failed write forever when the process exits, so a full disk would keep the process
 * from ending.
 */
import { write } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface LogOutput {
  write: (text: string) => void
  /** Writes the lines that wait, before the process exits; gives up after a second when they cannot be written. */
  flush: () => Promise<void>
}

/** The longest delay of a line. */
const maxDelayMs = 100
/** This number of characters is written without waiting for more. */
const batchCharacters = 64 * 1024
/** The limit of characters that wait; further lines are lost. */
const maxWaitingCharacters = 4 * 1024 * 1024
const retryMs = 500
const flushTimeoutMs = 1_000

/** @param onLost called when lines can be written again after some were lost */
export function openOutput(fd: number, onLost: () => void): LogOutput {
  let waiting = ''
  let isLosing = false
  let isWriteScheduled = false
  /** Writes until no line waits or the descriptor is closed. */
  let writing: Promise<void> | undefined

  function add(text: string): void {
    if (waiting.length + text.length > maxWaitingCharacters) {
      isLosing = true
      return
    }
    waiting += text
    if (waiting.length >= batchCharacters) startWriting()
    if (isWriteScheduled) return
    isWriteScheduled = true
    setTimeout(() => {
      isWriteScheduled = false
      startWriting()
    }, maxDelayMs).unref()
  }

  function startWriting(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined
    })
    return writing
  }

  async function writeAll(): Promise<void> {
    while (waiting !== '') {
      let bytes = Buffer.from(waiting)
      waiting = ''
      while (bytes.length > 0) {
        const written = await tryWrite(fd, bytes)
        if (written === 'closed') return
        bytes = bytes.subarray(written)
        if (written === 0) await pause(retryMs, undefined, { ref: false })
      }
      if (!isLosing) continue
      isLosing = false
      onLost()
    }
  }

  return { write: add, flush: () => Promise.race([startWriting(), pause(flushTimeoutMs)]) }
}

/** Returns the number of bytes written, 0 on a full disk or a full pipe; `closed` for a pipe without a reader. */
function tryWrite(fd: number, bytes: Buffer): Promise<number | 'closed'> {
  return new Promise((resolve) =>
    write(fd, bytes, 0, bytes.length, null, (error, written) =>
      resolve(error ? (error.code === 'EPIPE' ? 'closed' : 0) : written),
    ),
  )
}
