/** A browser has six connections to a host with HTTP/1.1, and the streams of the page need some of them. */
const maxConcurrency = 3

/** Calls the function for each item, at most three at a time. After an abort of the signal no further call begins. */
export async function forEachWithLimit<T>(
  items: readonly T[],
  run: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  // All workers take from the same iterator.
  const remaining = items.values()
  const worker = async () => {
    for (const item of remaining) {
      if (signal?.aborted) return
      await run(item)
    }
  }
  await Promise.all(Array.from({ length: maxConcurrency }, worker))
}
