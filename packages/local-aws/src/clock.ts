/** The clock of the engine. All parts of the engine get it as an argument, so that a test can control the time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Calls `callback` at `time` (milliseconds since 1970), or in the next turn of the event loop when that time has
   * passed. Returns a function that cancels the call.
   */
  at(time: number, callback: () => void): () => void
}

// setTimeout calls back at once when the delay has more than 31 bits of milliseconds.
const MAX_TIMER_MS = 2 ** 31 - 1

/** The machine's clock. A pending callback does not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  at(time, callback) {
    let timer: NodeJS.Timeout
    const wait = () => {
      const remainingMs = time - Date.now()
      timer = setTimeout(remainingMs > MAX_TIMER_MS ? wait : callback, Math.min(Math.max(remainingMs, 0), MAX_TIMER_MS))
      timer.unref()
    }
    wait()
    return () => clearTimeout(timer)
  },
}

/**
 * The same clock, but errors of callbacks go to `onUnexpectedError`. An error thrown in a timer would end the process.
 */
export function reportingClock({ now, at }: Clock, onUnexpectedError: (error: unknown) => void): Clock {
  return {
    now,
    at: (time, callback) =>
      at(time, () => {
        try {
          callback()
        } catch (error) {
          onUnexpectedError(error)
        }
      }),
  }
}

/** A time in AWS JSON 1.1: seconds since 1970, with milliseconds as the fraction. */
export function toEpochSeconds(time: number): number {
  return Math.round(time) / 1000
}
