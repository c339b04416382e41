/** The size of an ECS Exec session's terminal. */
import type { ExecSession } from '../../runtimes/runtime.ts'

interface Size {
  rows: number
  columns: number
}

const MAX_TRIES = 20
const TRY_AGAIN_MS = 50

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
 * Sets the size in the background, one size after another: two requests to the container runtime at once could be done in either order. A command
 * that has only just been started may not have a terminal yet; one that has just ended has none any more.
 */
export function resizer(commandNow: () => ExecSession | undefined): (size: Size | undefined) => void {
  let wanted: Size | undefined
  let isResizing = false

  async function resize(): Promise<void> {
    let set: Size | undefined
    for (let tries = 0; tries < MAX_TRIES && wanted !== undefined && wanted !== set; ) {
      const size = wanted
      try {
        await commandNow()?.resize(size)
        set = size
        tries = 0
      } catch {
        tries++
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
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
