/** Time, as an argument: the engine never looks at a clock of its own, so a test can hold it still. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back at that time (milliseconds since 1970), at once after this turn when it is past. Answers the way to call it off. */
  at(time: number, callback: () => void): () => void
}

// setTimeout takes at most 31 bits of milliseconds, and calls back at once beyond that.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's own clock. A pending time never keeps the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  at(time, callback) {
    let timer: NodeJS.Timeout
    const wait = () => {
      const left = time - Date.now()
      timer = setTimeout(left > LONGEST_TIMER_MS ? wait : callback, Math.min(Math.max(left, 0), LONGEST_TIMER_MS))
      timer.unref()
    }
    wait()
    return () => clearTimeout(timer)
  },
}

/** The same clock, whose callbacks report an error of theirs: thrown in a timer it would end the process. */
export function guarded({ now, at }: Clock, onFault: (error: unknown) => void): Clock {
  return {
    now,
    at: (time, callback) =>
      at(time, () => {
        try {
          callback()
        } catch (error) {
          onFault(error)
        }
      }),
  }
}

/** As AWS JSON 1.1 says times: seconds since 1970, with milliseconds as fraction. */
export function epochSeconds(time: number): number {
  return Math.round(time) / 1000
}
