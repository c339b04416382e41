import type { Account } from './account.ts'
import { boundaryName } from './org-tag.ts'

/** What an account's name means: another Region or boundary shows other things under the same name. */
export function scopeOf({ name, region, org }: Account): string {
  return `${name} ${region} ${boundaryName(org)}`
}

/** Likewise, with the account's own number: for what outlives the configuration. */
export function lastingScopeOf(account: Account, number: string): string {
  return `${number} ${scopeOf(account)}`
}
