/** In whose name AWS is called, and with which priority: the request budget serves callers by it when it runs short. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** Highest first: a person's change, a step of something that a person began, a read that is asked for now, watching for changes. */
export const priorities = ['write', 'step', 'read', 'watching'] as const
export type Priority = (typeof priorities)[number]

export interface CallContext {
  priority: Priority
  /** Calls of the same priority take turns by caller: the token's name, or a name of this program's own. */
  caller: string
}

const current = new AsyncLocalStorage<CallContext>()

/** Calls to AWS made in `work` have this context, whatever request they are made in. */
export function withCallContext<T>(context: CallContext, work: () => T): T {
  return current.run(context, work)
}

/** The context of `withCallContext`; undefined outside of it. */
export function currentCallContext(): CallContext | undefined {
  return current.getStore()
}
