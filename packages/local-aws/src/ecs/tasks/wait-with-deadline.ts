import type { Clock } from '../../clock.ts'

/**
 * Resolves when the promise of `wait` resolves, or at the time `until` (milliseconds since 1970), which aborts the
 * wait. Rejects when `signal` aborts.
 */
export async function waitWithDeadline(
  clock: Clock,
  until: number | undefined,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  if (until === undefined) return void (await wait(signal))
  const timeout = new AbortController()
  const cancel = clock.at(until, () => timeout.abort())
  try {
    await wait(AbortSignal.any([signal, timeout.signal]))
  } catch (error) {
    if (!timeout.signal.aborted) throw error
  } finally {
    cancel()
  }
}
