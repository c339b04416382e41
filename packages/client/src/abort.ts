/** Waits that end when a signal aborts. */

/**
 * Calls the listener when the signal aborts, or now if it has aborted. @returns a function that removes the listener
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal?.aborted) listener()
  signal?.addEventListener('abort', listener, { once: true })
  return () => signal?.removeEventListener('abort', listener)
}

/** Waits for `work`. @throws its error, or the reason of the signal as soon as it aborts */
export function orAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, () => reject(signal?.reason))
    Promise.resolve(work).then(resolve, reject).finally(stop)
  })
}
