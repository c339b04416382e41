/**
 * Removes expired events and the events of deleted streams, in small steps between other work. A timer runs only when
 * there is something to remove.
 */
import type { Clock } from '../clock.ts'
import type { LogTables } from './log-tables.ts'

/** The number of events removed in one turn of the event loop, which takes about 10 ms. */
const REMOVED_AT_ONCE = 500
const DAY_MS = 86_400_000
/**
 * The least and the most time between removals. Expired events are not shown even before their removal, so a delay only
 * costs disk space. A new event may expire before the events that the next removal was planned for: it is removed with
 * them, at most a day later.
 */
const INTERVAL_MS = { min: 60_000, max: DAY_MS }

export interface EventRemoval {
  /** Removes events in the next turns of the event loop. Call it when there may be something to remove now. */
  removeSoon(): void
  /** Call it when there may be something to remove later. */
  scheduleCheck(): void
  close(): void
}

export function openEventRemoval(
  tables: LogTables,
  clock: Clock,
  onUnexpectedError: (error: unknown) => void,
): EventRemoval {
  let isScheduled = false
  let isClosed = false
  let cancel: (() => void) | undefined
  let checkedAt = Number.NEGATIVE_INFINITY

  function removeSoon(): void {
    if (isScheduled || isClosed) return
    isScheduled = true
    setImmediate(removeNow)
  }

  function removeNow(): void {
    isScheduled = false
    if (isClosed) return
    cancel?.()
    cancel = undefined
    try {
      if (tables.atomically(removeSome)) removeSoon()
      else planNext()
    } catch (error) {
      onUnexpectedError(error)
    }
  }

  function removeSome(): boolean {
    if (tables.removeDeletedEvents(REMOVED_AT_ONCE)) return true
    checkedAt = clock.now()
    return tables
      .groupsWithRetention()
      .some(({ id, retentionDays }) =>
        tables.removeExpiredEvents(id, checkedAt - (retentionDays ?? 0) * DAY_MS, REMOVED_AT_ONCE),
      )
  }

  function planNext(): void {
    const times = tables.groupsWithRetention().flatMap(({ id, retentionDays }) => {
      const oldest = tables.oldestEventTime(id)
      return oldest === undefined ? [] : [oldest + (retentionDays ?? 0) * DAY_MS]
    })
    const nextAt = Math.min(Math.max(Math.min(...times) + 1, checkedAt + INTERVAL_MS.min), checkedAt + INTERVAL_MS.max)
    cancel = times.length > 0 ? clock.at(nextAt, removeSoon) : undefined
  }

  return {
    removeSoon,
    scheduleCheck() {
      if (!cancel) removeSoon()
    },
    close() {
      isClosed = true
      cancel?.()
    },
  }
}
