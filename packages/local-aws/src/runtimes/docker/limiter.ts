/** Returns a function that runs at most `max` jobs at a time. Further jobs wait and start in their order. */
export function createConcurrencyLimiter(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  let runningCount = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (runningCount >= max) await new Promise<void>((resolve) => waiting.push(resolve))
    else runningCount++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else runningCount--
    }
  }
}
