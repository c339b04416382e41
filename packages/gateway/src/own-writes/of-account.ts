import type { Account } from '../aws/account.ts'
import { OwnWrites } from './own-writes.ts'

const writes = new WeakMap<Account, OwnWrites>()

/** What this service has written to an account and AWS may not show yet. */
export function ownWrites(account: Account): OwnWrites {
  const known = writes.get(account)
  if (known) return known
  const made = new OwnWrites(Date.now)
  writes.set(account, made)
  return made
}
