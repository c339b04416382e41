import { orAborted } from './abort.ts'

/** Resolves after `ms` milliseconds. @throws the reason of the signal when it aborts */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout>
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return orAborted(over, signal).finally(() => clearTimeout(timer))
}

/** The delay before retry number `n`, which starts at 0: 250 ms doubled `n` times, at most `maxMs`, times 0.5 to 1. */
export function backoffMs(n: number, maxMs: number): number {
  return Math.min(250 * 2 ** n, maxMs) * (0.5 + Math.random() / 2)
}
