import type { Clock } from '../../clock.ts'

/** Waits for something, but no longer than until then. Rejects when the signal aborts. */
export async function waitUntil(
  clock: Clock,
  until: number | undefined,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  if (until === undefined) return void (await wait(signal))
  const late = new AbortController()
  const callOff = clock.at(until, () => late.abort())
  try {
    await wait(AbortSignal.any([signal, late.signal]))
  } catch (error) {
    if (!late.signal.aborted) throw error
  } finally {
    callOff()
  }
}
