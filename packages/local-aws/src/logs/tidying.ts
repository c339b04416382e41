/**
 * Removes expired events and the events of deleted streams, in small steps between other work. A timer runs only when
 * there is something to remove.
 */
import type { Clock } from '../clock.ts'
import type { LogTables } from './log-tables.ts'

/** The number of events removed at a time, which takes about 10 ms. */
const SLICE = 500
const DAY_MS = 86_400_000
/**
 * Milliseconds between removals. Expired events are not shown anyway (`oldestShown`), so a delay only costs disk space.
 */
const MIN_WAIT_MS = 60_000

export interface LogTidying {
  /** Removes in the next turns of the event loop; there may be something to remove now. */
  run(): void
  /** There may be something to remove later. */
  scheduleCheck(): void
  close(): void
}

export function logTidying(tables: LogTables, clock: Clock, onUnexpectedError: (error: unknown) => void): LogTidying {
  let isScheduled = false
  let isClosed = false
  let cancel: (() => void) | undefined
  let checkedAt = Number.NEGATIVE_INFINITY

  function run(): void {
    if (isScheduled || isClosed) return
    isScheduled = true
    setImmediate(slice)
  }

  function slice(): void {
    isScheduled = false
    if (isClosed) return
    cancel?.()
    cancel = undefined
    try {
      if (tables.atomically(removeSlice)) run()
      else planNext()
    } catch (error) {
      onUnexpectedError(error)
    }
  }

  function removeSlice(): boolean {
    if (tables.removeSome(SLICE)) return true
    checkedAt = clock.now()
    return tables
      .groupsWithRetention()
      .some(({ id, retentionDays }) => tables.removeOld(id, checkedAt - (retentionDays ?? 0) * DAY_MS, SLICE))
  }

  function planNext(): void {
    const times = tables.groupsWithRetention().flatMap(({ id, retentionDays }) => {
      const oldest = tables.oldestOf(id)
      return oldest === undefined ? [] : [oldest + (retentionDays ?? 0) * DAY_MS]
    })
    cancel = times.length > 0 ? clock.at(Math.max(Math.min(...times) + 1, checkedAt + MIN_WAIT_MS), run) : undefined
  }

  return {
    run,
    scheduleCheck() {
      if (!cancel) run()
    },
    close() {
      isClosed = true
      cancel?.()
    },
  }
}
