/** Whether the store answers and takes writes, for who may be sent traffic: asked at most once a second, however often that is wanted to be known. */

import { canWrite } from './processes.ts'
import type { Store } from './store.ts'
import { storeUnavailable } from './unavailable.ts'

const longestMs = 2_000
const goodForMs = 1_000

/** @returns a look that throws Unavailable `StoreUnavailable` when there is no answer in two seconds */
export function reachability(store: Store, now: () => number): () => Promise<void> {
  let last: { at: number; looked: Promise<void> } | undefined
  return () => {
    if (!last || now() - last.at > goodForMs) last = { at: now(), looked: look(store) }
    return last.looked
  }
}

async function look(store: Store): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(storeUnavailable(new Error(`no answer in ${longestMs} ms`))), longestMs)
  try {
    await Promise.race([canWrite(store), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
