import { isProblem } from '@ecs-api/client'

/** For the `catch` of a read that an output can do without. @throws the error, unless the gateway rejected the read */
export function undefinedIfRejected(error: unknown): undefined {
  if (!isProblem(error)) throw error
}
