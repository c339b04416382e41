/** The shutdown of `ecs-api serve`: the signals that request it, and its time limit. */

/** After SIGTERM, requests in progress may take this long. */
export const drainMs = 10_000

/**
 * Resolves with the first of these signals. A later signal ends the process at once, except within the first second: a
 * terminal, npm and a process group may each send the same signal.
 */
export function firstSignal(...signals: NodeJS.Signals[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstSignalAt: number | undefined
    for (const signal of signals) {
      process.on(signal, () => {
        if (firstSignalAt !== undefined && performance.now() - firstSignalAt > 1000) process.exit(1)
        firstSignalAt ??= performance.now()
        resolve(signal)
      })
    }
  })
}

/** Whether the work ends within `drainMs`. */
export function endsWithinDrainMs(work: Promise<void>): Promise<boolean> {
  return Promise.race([work.then(() => true), timeUp(drainMs)])
}

function timeUp(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false).unref())
}
