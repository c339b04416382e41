/** On whose behalf AWS is called, and how urgent that is: what the request budget goes by when it runs short. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** Most urgent first: a person's change, a step of something that a person set off, a read that is asked for now, watching for changes. */
export const urgencies = ['write', 'step', 'read', 'watching'] as const
export type Urgency = (typeof urgencies)[number]

export interface Asking {
  urgency: Urgency
  /** Calls of the same urgency take turns by caller: the token's name, or what this program asks for itself. */
  caller: string
  /** The call has had its turn in the request budget. */
  turn?: Turn
}

/** A turn that was waited for before it was settled what the call asks for. */
export interface Turn {
  action: string
  /** Of its attempts the first needs no other one. */
  isUsed: boolean
  /** Why there was none. */
  refusal?: Error
}

const own = new AsyncLocalStorage<Asking>()

/** Calls to AWS made in `work` are made on this behalf, whatever request they are made in. */
export function askingAs<T>(asking: Asking, work: () => T): T {
  return own.run(asking, work)
}

/** What `askingAs` said, if anything did. */
export function ownAsking(): Asking | undefined {
  return own.getStore()
}
