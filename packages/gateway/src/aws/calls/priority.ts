/**
 * The call context: the priority of a call to AWS, and the caller that the call is made for. The request budget orders
 * waiting calls by this context. Node's asynchronous context carries it, so that no function has to pass it on.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Highest first. `write`: a change that a client requested. `readAfterWrite`: a read in a request that has already made
 * its change, such as the polls of `?wait`. `read`: a read that a client waits for. `background`: polls and refreshes
 * in the background.
 */
export const priorities = ['write', 'readAfterWrite', 'read', 'background'] as const
export type Priority = (typeof priorities)[number]

export interface CallContext {
  priority: Priority
  /**
   * The name of the caller that sent the request, or a name for work of the gateway itself. Calls of the same priority
   * are served round robin by caller.
   */
  caller: string
}

const callContextStorage = new AsyncLocalStorage<CallContext>()

/** Runs `work` with `context` for the calls to AWS that it makes, in place of the context of the request around it. */
export function withCallContext<T>(context: CallContext, work: () => T): T {
  return callContextStorage.run(context, work)
}

/** Returns the context that `withCallContext` set; undefined outside of it. */
export function currentCallContext(): CallContext | undefined {
  return callContextStorage.getStore()
}
