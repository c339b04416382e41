/** The state of the logs of one account: what is known of its definitions and streams. */
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import { ContainerLogsByDefinition } from './container-logs.ts'
import { LogStreams } from './log-streams.ts'
import type { Ordering } from './read-events.ts'

export interface AccountLogs {
  history: History
  definitions: ContainerLogsByDefinition
  streams: LogStreams
  ordering: Ordering
}

/** The logs of all accounts. An account is forgotten when it is closed. */
export class Logs {
  readonly #history: History
  readonly #accounts = new Map<Account, AccountLogs>()

  constructor(history: History) {
    this.#history = history
  }

  of(account: Account): AccountLogs {
    const known = this.#accounts.get(account)
    if (known) return known
    const logs: AccountLogs = {
      history: this.#history,
      definitions: new ContainerLogsByDefinition(account),
      streams: new LogStreams(account),
      ordering: { isEarliestFirst: false },
    }
    if (account.closed.aborted) return logs
    this.#accounts.set(account, logs)
    account.closed.addEventListener('abort', () => this.#accounts.delete(account), { once: true })
    return logs
  }
}
