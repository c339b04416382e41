/** What has expired or lost its stream is removed bit by bit, between other work, when there is something to remove and not otherwise. */
import type { Clock } from '../clock.ts'
import type { LogTables } from './log-tables.ts'

/** So many events go at a time: some 10 ms. */
const SLICE = 500
const DAY_MS = 86_400_000
/** Expired events aren't shown (`oldestShown`); when they go matters for space only. */
const LEAST_WAIT_MS = 60_000

export interface Tidying {
  /** There may be something to remove now. */
  look(): void
  /** There may be something to remove at a time to come. */
  expect(): void
  close(): void
}

export function tidying(tables: LogTables, clock: Clock, onFault: (error: unknown) => void): Tidying {
  let isLooking = false
  let isClosed = false
  let callOff: (() => void) | undefined
  let lookedAt = Number.NEGATIVE_INFINITY

  function look(): void {
    if (isLooking || isClosed) return
    isLooking = true
    setImmediate(slice)
  }

  function slice(): void {
    isLooking = false
    if (isClosed) return
    callOff?.()
    callOff = undefined
    try {
      if (tables.atomically(removeSlice)) look()
      else planNext()
    } catch (error) {
      onFault(error)
    }
  }

  function removeSlice(): boolean {
    if (tables.removeSome(SLICE)) return true
    lookedAt = clock.now()
    return tables
      .groupsThatForget()
      .some(({ id, retentionDays }) => tables.removeOld(id, lookedAt - (retentionDays ?? 0) * DAY_MS, SLICE))
  }

  function planNext(): void {
    const times = tables.groupsThatForget().flatMap(({ id, retentionDays }) => {
      const oldest = tables.oldestOf(id)
      return oldest === undefined ? [] : [oldest + (retentionDays ?? 0) * DAY_MS]
    })
    callOff = times.length > 0 ? clock.at(Math.max(Math.min(...times) + 1, lookedAt + LEAST_WAIT_MS), look) : undefined
  }

  return {
    look,
    expect() {
      if (!callOff) look()
    },
    close() {
      isClosed = true
      callOff?.()
    },
  }
}
