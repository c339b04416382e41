/** The open accounts, by name. */
import { isDeepStrictEqual } from 'node:util'
import type { Account } from './account.ts'

export class Accounts<Settings extends { name: string }> {
  readonly #openAccount: (settings: Settings) => Promise<Account>
  #open = new Map<string, { settings: Settings; account: Account }>()

  constructor(openAccount: (settings: Settings) => Promise<Account>) {
    this.#openAccount = openAccount
  }

  find(name: string): Account | undefined {
    return this.#open.get(name)?.account
  }

  names(): string[] {
    return [...this.#open.keys()]
  }

  all(): Account[] {
    return [...this.#open.values()].map(({ account }) => account)
  }

  /**
   * Replaces the open accounts: opens new and changed accounts, keeps unchanged accounts with their state, and closes
   * all others. When an account cannot be opened, the method throws and no account is replaced.
   */
  async replace(settingsOfAll: readonly Settings[]): Promise<void> {
    const previous = this.#open
    const entries = await Promise.all(
      settingsOfAll.map(async (settings) => {
        const existing = previous.get(settings.name)
        return existing && isDeepStrictEqual(existing.settings, settings)
          ? existing
          : { settings, account: await this.#openAccount(settings) }
      }),
    )
    this.#open = new Map(entries.map((entry) => [entry.settings.name, entry]))
    for (const entry of previous.values()) if (this.#open.get(entry.settings.name) !== entry) entry.account.close()
  }
}
