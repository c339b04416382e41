/** The `MetricData` of each account. It is dropped when the account is closed. */
import type { Account } from '../aws/account.ts'
import { MetricData } from './metric-data.ts'

export class AccountMetrics {
  readonly #accounts = new Map<Account, MetricData>()

  forAccount(account: Account): MetricData {
    const known = this.#accounts.get(account)
    if (known) return known
    const data = new MetricData(account)
    if (account.closedSignal.aborted) return data
    this.#accounts.set(account, data)
    account.closedSignal.addEventListener('abort', () => this.#accounts.delete(account), { once: true })
    return data
  }
}
