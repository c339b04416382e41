import { randomBytes } from 'node:crypto'

/**
 * Returns a `clientToken` for a write whose request has no `Idempotency-Key`. The SDK retries a call after a lost
 * connection or a failure of AWS. With the token, ECS makes the change once, even when the first attempt took effect.
 */
export function newClientToken(): string {
  return randomBytes(16).toString('hex')
}
