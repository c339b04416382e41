/** The size of an ECS Exec session's terminal. */
import type { ExecSession } from '../../runtimes/runtime.ts'

interface Size {
  rows: number
  columns: number
}

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000

/** Undefined for a payload that is no size. */
export function sizeOf(payload: Uint8Array): Size | undefined {
  try {
    const { cols, rows } = JSON.parse(Buffer.from(payload).toString()) as { cols?: unknown; rows?: unknown }
    return Number.isInteger(cols) && Number.isInteger(rows) ? { columns: Number(cols), rows: Number(rows) } : undefined
  } catch {
    return undefined
  }
}

/**
 * Sets the size in the background, one size after another: the container runtime could do two requests at once in either order. A command
 * that has only just been started may not have a terminal yet, on a busy machine for seconds, so a size is tried until the command ends.
 * @param commandNow the session's command; undefined once the session has ended
 */
export function resizer(commandNow: () => ExecSession | undefined): (size: Size | undefined) => void {
  let wanted: Size | undefined
  let isResizing = false

  async function resize(): Promise<void> {
    let set: Size | undefined
    let pauseMs = FIRST_PAUSE_MS
    for (let command = commandNow(); command && wanted !== set; command = commandNow()) {
      const size = wanted!
      try {
        await command.resize(size)
        set = size
        pauseMs = FIRST_PAUSE_MS
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      }
    }
    isResizing = false
  }

  return (size) => {
    if (!size) return
    wanted = size
    if (isResizing) return
    isResizing = true
    void resize()
  }
}
