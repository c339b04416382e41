/** Parts of a response that could not be read: the rest of it is 200, and `unavailable` names them. */
import { NotOfferedByAws } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'

export type UnavailablePart = {
  part: string
  /** The AWS action that is missing or denied, such as `ecs:ListServiceDeployments`; absent for other reasons. */
  action?: string
  reason: string
}

export const unavailableSchema = Type.Array(
  Type.Object(
    {
      part: Type.String({ description: 'What is missing in the response.' }),
      action: Type.Optional(
        Type.String({
          description: 'The AWS action that is missing or denied, as IAM names it.',
          examples: ['ecs:ListServiceDeployments'],
        }),
      ),
      reason: Type.String(),
    },
    { $id: 'UnavailablePart', description: 'A part of the response that could not be read.' },
  ),
  { description: 'Absent when nothing is missing.' },
)

/** The member `unavailable`; none when nothing is missing. */
export function unavailableMember(parts: UnavailablePart[]): { unavailable?: UnavailablePart[] } {
  return parts.length > 0 ? { unavailable: parts } : {}
}

/** The result of `work`; undefined when the endpoint does not offer its action. Then it is added to `unavailable`. */
export async function readIfOffered<T>(
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
