import type { Account } from './account.ts'

/** One value for each account, made when it is first needed, and forgotten when the account is closed. */
export function perAccount<T>(make: (account: Account) => T): (account: Account) => T {
  const values = new Map<Account, T>()
  return (account) => {
    const known = values.get(account)
    if (known !== undefined) return known
    const made = make(account)
    if (account.closed.aborted) return made
    values.set(account, made)
    account.closed.addEventListener('abort', () => values.delete(account), { once: true })
    return made
  }
}
