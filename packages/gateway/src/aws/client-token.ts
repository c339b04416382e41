import { randomBytes } from 'node:crypto'

/**
 * A `clientToken` for a write whose client gave no `Idempotency-Key`. The SDK says a call again when the connection broke or AWS failed:
 * with the token ECS does it once, whatever became of the first try.
 */
export function ownClientToken(): string {
  return randomBytes(16).toString('hex')
}
