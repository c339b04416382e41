/** The accounts that are open now, by name. */
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

  /** Opens what is new or has changed, keeps what is the same (and with it what is remembered about it), closes the rest. All or nothing. */
  async replace(wanted: readonly Settings[]): Promise<void> {
    const before = this.#open
    const now = await Promise.all(
      wanted.map(async (settings) => {
        const known = before.get(settings.name)
        return known && isDeepStrictEqual(known.settings, settings)
          ? known
          : { settings, account: await this.#openAccount(settings) }
      }),
    )
    this.#open = new Map(now.map((entry) => [entry.settings.name, entry]))
    for (const entry of before.values()) if (this.#open.get(entry.settings.name) !== entry) entry.account.close()
  }
}
