import type { Account } from './account.ts'

/**
 * Returns a function with one value for each account. A value is created at the first call for its account, and removed
 * when the account is closed.
 */
export function perAccount<T>(create: (account: Account) => T): (account: Account) => T {
  const values = new Map<Account, T>()
  return (account) => {
    const existing = values.get(account)
    if (existing !== undefined) return existing
    const created = create(account)
    if (account.closedSignal.aborted) return created
    values.set(account, created)
    account.closedSignal.addEventListener('abort', () => values.delete(account), { once: true })
    return created
  }
}
