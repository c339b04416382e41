/** The clock of the engine. It is an argument everywhere, so that a test can control the time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Calls back at `time` (milliseconds since 1970), or after this turn of the event loop when that has passed. Returns
   * a function that cancels it.
   */
  at(time: number, callback: () => void): () => void
}

// setTimeout has 31 bits of milliseconds, and calls back at once for a longer delay.
const MAX_TIMER_MS = 2 ** 31 - 1

/** The machine's clock. A pending callback does not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  at(time, callback) {
    let timer: NodeJS.Timeout
    const wait = () => {
      const left = time - Date.now()
      timer = setTimeout(left > MAX_TIMER_MS ? wait : callback, Math.min(Math.max(left, 0), MAX_TIMER_MS))
      timer.unref()
    }
    wait()
    return () => clearTimeout(timer)
  },
}

/** The same clock, but errors of callbacks are reported to `onUnexpectedError`. Thrown in a timer they would end the process. */
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
export function epochSeconds(time: number): number {
  return Math.round(time) / 1000
}
