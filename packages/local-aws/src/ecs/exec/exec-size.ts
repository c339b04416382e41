/** The size of an ECS Exec session's terminal. */
import type { ExecSession } from '../../runtimes/runtime.ts'

interface TerminalSize {
  rows: number
  columns: number
}

const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 1_000
/**
 * The delays after which the last size is set again. When two sizes follow each other within milliseconds, Podman's
 * monitor (conmon 2.1.6) acknowledges the second but can lose it: on a busy machine 6 of 25 were lost. To set a size
 * that is already set does no harm.
 */
const REPEAT_AFTER_MS = [100, 500, 2_000]

/** Reads a size message. Undefined for a payload that is not a size. */
export function readTerminalSize(payload: Uint8Array): TerminalSize | undefined {
  try {
    const { cols, rows } = JSON.parse(Buffer.from(payload).toString()) as { cols?: unknown; rows?: unknown }
    return isCount(cols) && isCount(rows) ? { columns: cols, rows } : undefined
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0
}

/**
 * Returns a function that sets the terminal's size in the background.
 *
 * Sizes are set one after another, because a container runtime may apply simultaneous requests in any order. On a busy
 * machine a command may have no terminal for seconds after its start, so a failed request is repeated until the command
 * ends.
 * @param commandNow returns the session's command, or undefined once the session has ended
 */
export function createTerminalResizer(
  commandNow: () => ExecSession | undefined,
): (size: TerminalSize | undefined) => void {
  let requestedSize: TerminalSize | undefined
  let isResizing = false
  let onRequest = () => {}

  /** Resolves after the time, or when another size is requested. */
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      onRequest = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function resize(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    let repeatDelaysMs: number[] = []
    let currentSize: TerminalSize | undefined
    for (let command = commandNow(); command; command = commandNow()) {
      const size = requestedSize!
      try {
        await command.resize(size)
        if (size !== currentSize) repeatDelaysMs = [...REPEAT_AFTER_MS]
        currentSize = size
        pauseMs = FIRST_PAUSE_MS
        if (requestedSize !== currentSize) continue
        const repeatAfterMs = repeatDelaysMs.shift()
        if (repeatAfterMs === undefined) break
        await pause(repeatAfterMs)
      } catch {
        await pause(pauseMs)
        pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)
      }
    }
    isResizing = false
  }

  return (size) => {
    if (!size) return
    requestedSize = size
    onRequest()
    if (isResizing) return
    isResizing = true
    void resize()
  }
}
