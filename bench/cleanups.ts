/** Removes something that a bench has made, such as a container. */
export type Cleanup = () => Promise<void> | void

/**
 * Runs `work`, and then the cleanups that `work` has added, one after another. All cleanups run, even if one fails.
 * @throws the error of `work`, after printing the errors of cleanups; AggregateError if only cleanups fail
 */
export async function withCleanups<T>(work: (cleanups: Cleanup[]) => Promise<T>): Promise<T> {
  const cleanups: Cleanup[] = []
  let result: T
  try {
    result = await work(cleanups)
  } catch (error) {
    for (const failure of await runCleanups(cleanups)) console.error('A cleanup failed:', failure)
    throw error
  }
  const failures = await runCleanups(cleanups)
  if (failures.length > 0) throw new AggregateError(failures, 'not everything could be cleaned up')
  return result
}

/** Runs all cleanups and returns the errors of those that failed. */
async function runCleanups(cleanups: readonly Cleanup[]): Promise<unknown[]> {
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
