/** Work that AWS finishes some time after it has answered: a cluster's attachments, the deletion of a capacity provider. */
import type { Clock } from '../clock.ts'

export interface Background {
  /** Calls back once that time has passed; not any more after `close`. What was waited for when the process ended is finished by the next one. */
  later(finish: () => void): void
  close(): void
}

export function background(clock: Clock, delayMs: number): Background {
  const pending = new Set<() => void>()
  return {
    later(finish) {
      const callOff = clock.at(clock.now() + delayMs, () => {
        pending.delete(callOff)
        finish()
      })
      pending.add(callOff)
    },
    close() {
      for (const callOff of pending) callOff()
      pending.clear()
    },
  }
}
