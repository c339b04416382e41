/** Whatever keeps the store from answering, as the one problem that callers know. What it refuses for a reason (a constraint) stays what it is. */
import { Unavailable } from '../problems/problem.ts'

/** @param cause what the driver or the server said, for the log */
export function storeUnavailable(cause: unknown): Unavailable {
  return new Unavailable('StoreUnavailable', 'The store does not answer.', { retryAfterSeconds: 1, cause })
}

export function isStoreUnavailable(error: unknown): error is Unavailable {
  return error instanceof Unavailable && error.code === 'StoreUnavailable'
}
