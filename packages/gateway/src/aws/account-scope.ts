import type { Account } from './account.ts'
import { boundaryName } from './boundary-tag.ts'

/**
 * Identifies the set of resources that an account shows. The configuration may change the Region or the boundary of an
 * account; then the same name shows other resources.
 */
export function scopeOf({ name, region, boundaryTag }: Account): string {
  return `${name} ${region} ${boundaryName(boundaryTag)}`
}

/**
 * Like `scopeOf`, with the number of the AWS account: for data that outlives the configuration, where the same name may
 * come to stand for another AWS account.
 */
export function lastingScopeOf(account: Account, accountNumber: string): string {
  return `${accountNumber} ${scopeOf(account)}`
}
