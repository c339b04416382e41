/** The logs of all accounts: what is known of each, and its followers. An account is forgotten when it is closed. */
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { AccountLogs } from './account-logs.ts'
import { ContainerLogsByDefinition } from './container-logs.ts'
import { Followers } from './follow/followers.ts'
import { LogStreams } from './log-streams.ts'

export interface LogsDeps {
  history: History
  onUnexpectedError: (error: unknown) => void
}

interface OfAccount {
  logs: AccountLogs
  followers: Followers
}

export class Logs {
  readonly #deps: LogsDeps
  readonly #accounts = new Map<Account, OfAccount>()

  constructor(deps: LogsDeps) {
    this.#deps = deps
  }

  of(account: Account): OfAccount {
    const known = this.#accounts.get(account)
    if (known) return known
    const { history, onUnexpectedError } = this.#deps
    const logs: AccountLogs = {
      history,
      definitions: new ContainerLogsByDefinition(account),
      streams: new LogStreams(account),
      ordering: { isEarliestFirst: false },
    }
    const ofAccount = { logs, followers: new Followers({ account, logs, onUnexpectedError }) }
    if (account.closed.aborted) return ofAccount
    this.#accounts.set(account, ofAccount)
    account.closed.addEventListener('abort', () => this.#accounts.delete(account), { once: true })
    return ofAccount
  }
}
