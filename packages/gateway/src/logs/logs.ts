/** The state for reading and following the logs of each account. It is dropped when the account is closed. */
import type { Account } from '../aws/account.ts'
import { perAccount } from '../aws/per-account.ts'
import type { History } from '../history/history.ts'
import type { AccountLogs } from './account-logs.ts'
import { ContainerLogsByDefinition } from './container-logs.ts'
import { Followers } from './follow/followers.ts'
import { LogStreams } from './log-streams.ts'

export interface LogsDeps {
  history: History
  onUnexpectedError: (error: unknown) => void
}

interface LogsOfAccount {
  logs: AccountLogs
  followers: Followers
}

export class Logs {
  readonly forAccount: (account: Account) => LogsOfAccount

  constructor({ history, onUnexpectedError }: LogsDeps) {
    this.forAccount = perAccount((account) => {
      const logs: AccountLogs = {
        runtime: account.runtime,
        history,
        definitions: new ContainerLogsByDefinition(account),
        streams: new LogStreams(account),
        endpointOrder: { isEarliestFirst: false },
      }
      return { logs, followers: new Followers({ account, logs, onUnexpectedError }) }
    })
  }
}
