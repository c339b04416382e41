/**
 * How many calls to AWS a request made and how long they took, for `Server-Timing` and the log; and in whose name it makes them. The account's clients report each call;
 * which request it belongs to is known by the asynchronous context that it was made in.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

export interface AwsCalls {
  calls: number
  /** Milliseconds, summed over calls that ran at the same time too. */
  ms: number
  /** Who asks; undefined where no token was needed. */
  caller?: string | undefined
  /** Whether the request is to change something. */
  isChange?: boolean
}

const current = new AsyncLocalStorage<AwsCalls>()

/** Runs a request's work; AWS calls made in it are counted to `tally`. */
export function countingAwsCalls<T>(tally: AwsCalls, work: () => T): T {
  return current.run(tally, work)
}

/** Counts one finished call to AWS to the request that made it. Outside of a request it does nothing. */
export function countAwsCall(ms: number): void {
  const tally = current.getStore()
  if (!tally) return
  tally.calls++
  tally.ms += ms
}

/** In whose name, and how urgently, AWS is called now. Outside of a request it is this program itself. */
export function askingNow(): { urgency: 'write' | 'read'; caller: string } {
  const request = current.getStore()
  return { urgency: request?.isChange ? 'write' : 'read', caller: request?.caller ?? '' }
}
