/** Parts of a response that could not be read. The response is 200 without them, and `unavailable` names them. */
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

/**
 * Reads a part of a response, if the AWS endpoint offers the action for it.
 * @param part its name in the response
 * @param unavailable receives the part when the endpoint does not offer the action
 * @returns undefined when the endpoint does not offer the action
 */
export async function readUnlessUnsupported<T>(
  part: string,
  unavailable: UnavailablePart[],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof NotOfferedByAws)) throw error
    unavailable.push({ part, action: String(error.options.extensionMembers?.action), reason: error.detail })
    return undefined
  }
}
