/** The end of `ecs-api serve`: which signals ask for it, and how long it may take. */

/** How long what is being answered may still take after SIGTERM. */
export const drainMs = 10_000

/** The first of these signals. A later one means now; but a terminal, npm and a process group may each pass on the same one. */
export function told(...signals: NodeJS.Signals[]): Promise<NodeJS.Signals> {
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

/** Whether this work ends within the time to drain. */
export function drained(work: Promise<void>): Promise<boolean> {
  return Promise.race([work.then(() => true), timeUp(drainMs)])
}

function timeUp(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false).unref())
}
