/**
 * A permit: a token of the request budget that is taken before the input of its call is built. The permit is passed to
 * the call inside this input, under a symbol: the SDK's serialisers leave symbols out, and middlewares that copy an
 * input keep them.
 */
import type { CallContext } from './priority.ts'

export interface Permit {
  action: string
  /** The context that the token was taken in. Retries of the call take their tokens in the same context. */
  callContext: CallContext
  /** True once the call has begun: its token is spent. */
  isUsed: boolean
}

const permitKey = Symbol('permit of the request budget')

/** Returns `input` with the permit attached: the first attempt of its call takes no further token. */
export function withPermit<Input extends object>(input: Input, permit: Permit | undefined): Input {
  return permit ? { ...input, [permitKey]: permit } : input
}

/** Returns the permit that `withPermit` attached; undefined where there is none. */
export function permitIn(input: object): Permit | undefined {
  return (input as { [permitKey]?: Permit })[permitKey]
}
