/** A browser has six connections to a host with HTTP/1.1, and the streams of the page need some of them. */
const maxAtATime = 3

/** Calls the function for each item, a few at a time. Items that follow an aborted signal are left out. */
export async function aFewAtATime<T>(
  items: readonly T[],
  run: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  // All workers take from the same iterator.
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) {
      if (signal?.aborted) return
      await run(item)
    }
  }
  await Promise.all(Array.from({ length: maxAtATime }, worker))
}
