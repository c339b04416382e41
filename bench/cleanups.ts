export type Cleanup = () => Promise<void> | void

/**
 * Runs `work`, and then the cleanups that it has added, one after the other, also when one fails.
 * @throws the error of `work`; the failures of cleanups are then only printed. Otherwise AggregateError with all of them
 */
export async function withCleanups<T>(work: (cleanups: Cleanup[]) => Promise<T>): Promise<T> {
  const cleanups: Cleanup[] = []
  let result: T
  try {
    result = await work(cleanups)
  } catch (error) {
    for (const failure of await runAll(cleanups)) console.error('A cleanup failed:', failure)
    throw error
  }
  const failures = await runAll(cleanups)
  if (failures.length > 0) throw new AggregateError(failures, 'not everything could be cleaned up')
  return result
}

/** Returns the errors of the cleanups that failed. */
async function runAll(cleanups: readonly Cleanup[]): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const cleanup of cleanups) {
    try {
      await cleanup()
    } catch (error) {
      failures.push(error)
    }
  }
  return failures
}
