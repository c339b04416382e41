import type { Account } from './account.ts'
import { boundaryName } from './boundary-tag.ts'

/**
 * Returns a key for the set of resources that an account shows. After a change of its Region or its boundary in the
 * configuration, an account of the same name shows other resources and has another key.
 */
export function scopeOf({ name, region, boundaryTag }: Account): string {
  return `${name} ${region} ${boundaryName(boundaryTag)}`
}

/**
 * Returns the key of `scopeOf` with the number of the AWS account before it. Use it for stored data: later, the
 * configuration may give the same name to another AWS account.
 */
export function lastingScopeOf(account: Account, accountNumber: string): string {
  return `${accountNumber} ${scopeOf(account)}`
}
