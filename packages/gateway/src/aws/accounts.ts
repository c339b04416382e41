/** The open accounts, by name. */
import { isDeepStrictEqual } from 'node:util'
import type { Account } from './account.ts'

export class Accounts<Settings extends { name: string }> {
  readonly #openAccount: (settings: Settings) => Promise<Account>
  #open = new Map<string, { settings: Settings; account: Account }>()
  /** Resolves when the last replacement is over. Two at once would open an account twice. */
  #lastReplacement: Promise<unknown> = Promise.resolve()

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
  replace(settingsOfAll: readonly Settings[]): Promise<void> {
    const replacement = this.#lastReplacement.then(() => this.#replaceNow(settingsOfAll))
    this.#lastReplacement = replacement.catch(() => undefined)
    return replacement
  }

  async #replaceNow(settingsOfAll: readonly Settings[]): Promise<void> {
    const previous = this.#open
    const results = await Promise.allSettled(
      settingsOfAll.map(async (settings) => {
        const existing = previous.get(settings.name)
        return existing && isDeepStrictEqual(existing.settings, settings)
          ? existing
          : { settings, account: await this.#openAccount(settings) }
      }),
    )
    const entries = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const failure = results.find(({ status }) => status === 'rejected')
    if (failure) {
      for (const entry of entries) if (previous.get(entry.settings.name) !== entry) entry.account.close()
      throw (failure as PromiseRejectedResult).reason
    }
    this.#open = new Map(entries.map((entry) => [entry.settings.name, entry]))
    for (const entry of previous.values()) if (this.#open.get(entry.settings.name) !== entry) entry.account.close()
  }
}
