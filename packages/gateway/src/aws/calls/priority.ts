/** On whose behalf AWS is called, and how urgent that is: what the request budget goes by when it runs short. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** Most urgent first: a person's change, a step of something that a person set off, a read that is asked for now, watching for changes. */
export const priorities = ['write', 'step', 'read', 'watching'] as const
export type Priority = (typeof priorities)[number]

export interface CallContext {
  priority: Priority
  /** Calls of the same urgency take turns by caller: the token's name, or what this program asks for itself. */
  caller: string
  /** The call has had its turn in the request budget. */
  turn?: Permit
}

/** A turn that was waited for before it was settled what the call asks for. */
export interface Permit {
  action: string
  /** Of its attempts the first needs no other one. */
  isUsed: boolean
  /** Why there was none. */
  refusal?: Error
}

const own = new AsyncLocalStorage<CallContext>()

/** Calls to AWS made in `work` are made on this behalf, whatever request they are made in. */
export function withCallContext<T>(callContext: CallContext, work: () => T): T {
  return own.run(callContext, work)
}

/** What `askingAs` said, if anything did. */
export function currentCallContext(): CallContext | undefined {
  return own.getStore()
}
