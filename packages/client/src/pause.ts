/** Waits, abortable. @throws the reason of the signal */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** The `n`th backoff (from 0): doubled each time up to `maxMs`, and between a half and all of that. */
export function backoffMs(n: number, maxMs: number): number {
  return Math.min(250 * 2 ** n, maxMs) * (0.5 + Math.random() / 2)
}
