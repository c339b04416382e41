/**
 * A token of the request budget that is taken before it is settled what the call asks for. The caller passes it to the call, in the call's
 * input under a symbol: the SDK's serialisers leave symbols out, and middlewares that copy an input keep them.
 */
import type { CallContext } from './priority.ts'

export interface Permit {
  action: string
  /** In whose name it was taken; further attempts at the call are made in the same name. */
  callContext: CallContext
  /** The call has begun: from now on the token is spent. */
  isUsed: boolean
}

const permit = Symbol('permit of the request budget')

/** The input of a call that need not wait for the request budget again. */
export function withPermit<Input extends object>(input: Input, held: Permit | undefined): Input {
  return held ? { ...input, [permit]: held } : input
}

export function permitIn(input: object): Permit | undefined {
  return (input as { [permit]?: Permit })[permit]
}
