import type { Account } from './account.ts'
import { boundaryName } from './boundary-tag.ts'

/**
 * Returns a key for the set of resources that an account shows. After a change of its Region or its boundary in the
 * configuration, an account of the same name shows other resources and has another key.
 */
export function resourceScopeOf({ name, region, boundaryTag }: Account): string {
  return `${name} ${region} ${boundaryName(boundaryTag)}`
}

/**
 * Returns the key of `resourceScopeOf` with the number of the AWS account before it. Use it for stored data: later, the
 * configuration may give the same name to another AWS account.
 */
export function storedScopeOf(account: Account, accountNumber: string): string {
  return `${accountNumber} ${resourceScopeOf(account)}`
}
