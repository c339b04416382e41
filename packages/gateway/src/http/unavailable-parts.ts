/** Parts of an answer that the account's endpoint does not offer: the rest of the answer is 200 with `unavailable`. */
import { NotOfferedByAws } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'

export type UnavailablePart = {
  part: string
  /** Such as `ecs:ListServiceDeployments`. */
  action: string
  reason: string
}

export const unavailableSchema = Type.Array(
  Type.Object(
    { part: Type.String(), action: Type.String({ examples: ['ecs:ListServiceDeployments'] }), reason: Type.String() },
    { $id: 'UnavailablePart' },
  ),
  { description: 'Parts that the account’s endpoint does not offer; absent when it offers all.' },
)

/** The member `unavailable`; none when nothing is missing. */
export function unavailableIn(parts: UnavailablePart[]): { unavailable?: UnavailablePart[] } {
  return parts.length > 0 ? { unavailable: parts } : {}
}

/** The result of `work`; undefined when the endpoint does not offer its action. Then it is added to `unavailable`. */
export async function ifOffered<T>(
  part: string,
  unavailable: UnavailablePart[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NotOfferedByAws)) throw error
    unavailable.push({ part, action: String(error.options.also?.action), reason: error.detail })
    return undefined
  }
}
