/**
 * The problem for every failure that keeps the store from doing its work. Other errors, such as a violated constraint,
 * do not become this problem.
 */
import { Unavailable } from '../problems/problem.ts'

/** @param cause the error of the driver or the server, for the log */
export function storeUnavailable(cause: unknown): Unavailable {
  return new Unavailable('StoreUnavailable', 'The store of the gateway does not respond.', {
    retryAfterSeconds: 1,
    cause,
  })
}

export function isStoreUnavailable(error: unknown): error is Unavailable {
  return error instanceof Unavailable && error.code === 'StoreUnavailable'
}
