/** The size of an ECS Exec session's terminal. */
import type { ExecSession } from '../../runtimes/runtime.ts'

interface Size {
  rows: number
  columns: number
}

const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 1_000

/** Reads a size message. Undefined for a payload that is not a size. */
export function sizeOf(payload: Uint8Array): Size | undefined {
  try {
    const { cols, rows } = JSON.parse(Buffer.from(payload).toString()) as { cols?: unknown; rows?: unknown }
    return Number.isInteger(cols) && Number.isInteger(rows) ? { columns: Number(cols), rows: Number(rows) } : undefined
  } catch {
    return undefined
  }
}

/**
 * Returns a function that sets the terminal's size in the background.
 *
 * Sizes are set one after another, because a container runtime may apply simultaneous requests in any order. A command
 * that has just started may have no terminal yet, on a busy machine for seconds; a size is retried until the command
 * ends.
 * @param commandNow returns the session's command, or undefined once the session has ended
 */
export function resizer(commandNow: () => ExecSession | undefined): (size: Size | undefined) => void {
  let requested: Size | undefined
  let isResizing = false

  async function resize(): Promise<void> {
    let current: Size | undefined
    let pauseMs = FIRST_PAUSE_MS
    for (let command = commandNow(); command && requested !== current; command = commandNow()) {
      const size = requested!
      try {
        await command.resize(size)
        current = size
        pauseMs = FIRST_PAUSE_MS
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)
      }
    }
    isResizing = false
  }

  return (size) => {
    if (!size) return
    requested = size
    if (isResizing) return
    isResizing = true
    void resize()
  }
}
