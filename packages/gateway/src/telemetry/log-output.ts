/**
 * Writes the log to a file descriptor, many lines in one write. The output never blocks or ends the process. Lines that
 * cannot be written, for example to a full disk, wait up to a limit, and lines beyond the limit are lost. pino's own
 * destination retries a failed write forever at exit, so a full disk would keep the process from ending.
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
/** When this many characters wait, they are written at once. */
const batchCharacters = 64 * 1024
/** When this many characters wait, further lines are lost. */
const maxWaitingCharacters = 4 * 1024 * 1024
const retryMs = 500
const flushTimeoutMs = 1_000

/** @param onLost called when lines can be written again after some were lost */
export function openOutput(fd: number, onLost: () => void): LogOutput {
  let waitingText = ''
  let hasLostLines = false
  let isWriteScheduled = false
  /** Writes until no line waits or the descriptor is closed. */
  let writing: Promise<void> | undefined

  function add(text: string): void {
    if (waitingText.length + text.length > maxWaitingCharacters) {
      hasLostLines = true
      return
    }
    waitingText += text
    if (waitingText.length >= batchCharacters) startWriting()
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
    while (waitingText !== '') {
      let bytes = Buffer.from(waitingText)
      waitingText = ''
      while (bytes.length > 0) {
        const written = await tryWrite(fd, bytes)
        if (written === 'closed') return
        bytes = bytes.subarray(written)
        if (written === 0) await pause(retryMs, undefined, { ref: false })
      }
      if (!hasLostLines) continue
      hasLostLines = false
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
