/** The readiness check of the store: whether it responds and accepts writes. It runs at most once a second. */

import { requireWritable } from './processes.ts'
import type { Store } from './store.ts'
import { storeUnavailable } from './unavailable.ts'

const timeoutMs = 2_000
const reuseResultMs = 1_000

/**
 * Returns a function that runs the check. It rejects with Unavailable `StoreUnavailable` when the store does not accept
 * a write within two seconds.
 * @param now milliseconds
 */
export function createReadinessCheck(store: Store, now: () => number): () => Promise<void> {
  let last: { startedAt: number; result: Promise<void> } | undefined
  return () => {
    if (!last || now() - last.startedAt > reuseResultMs) last = { startedAt: now(), result: check(store) }
    return last.result
  }
}

async function check(store: Store): Promise<void> {
  const timeout = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => timeout.reject(storeUnavailable(new Error(`no response in ${timeoutMs} ms`))),
    timeoutMs,
  )
  try {
    await Promise.race([requireWritable(store), timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}
