/** The end of `ecs-api serve`: the signals that request it, and the time that it may take. */

/** Milliseconds that requests in progress may still take after SIGTERM. */
export const drainMs = 10_000

/**
 * Resolves with the first of these signals. A later one ends the process at once, unless it comes within a second: a
 * terminal, npm and a process group may each pass on the same signal.
 */
export function firstSignal(...signals: NodeJS.Signals[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined
    for (const signal of signals) {
      process.on(signal, () => {
        if (first !== undefined && performance.now() - first > 1000) process.exit(1)
        first ??= performance.now()
        resolve(signal)
      })
    }
  })
}

/** Whether the work ends within the time to drain. */
export function endsInTime(work: Promise<void>): Promise<boolean> {
  return Promise.race([work.then(() => true), timeUp(drainMs)])
}

function timeUp(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false).unref())
}
