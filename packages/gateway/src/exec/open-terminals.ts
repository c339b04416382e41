/**
 * The terminals that are open in this process. One ends within a second after its token has become invalid or has lost
 * the permission, its account has left the configuration, or a limit of its time is reached.
 */
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { type Offered, requireRights } from './offered.ts'
import type { ExitReason, Terminal } from './terminal.ts'

export interface OpenTerminalsDeps {
  findAccount: (name: string) => Account | undefined
  /** The caller with its present rights; undefined when its token is not valid any more. */
  currentCaller: (credential: object) => Promise<Caller | undefined>
}

interface Open {
  terminal: Terminal
  offered: Offered
}

export class OpenTerminals {
  readonly #deps: OpenTerminalsDeps
  /** By the session's id. */
  readonly #open = new Map<string, Open>()

  constructor(deps: OpenTerminalsDeps) {
    this.#deps = deps
  }

  add(terminal: Terminal, offered: Offered): void {
    this.#open.set(offered.id, { terminal, offered })
  }

  delete(id: string): void {
    this.#open.delete(id)
  }

  /** Ends a terminal, where it is open here. @param warning a sentence for the client */
  end(id: string, reason: ExitReason, warning: string): void {
    this.#open.get(id)?.terminal.end(reason, warning)
  }

  endAll(reason: ExitReason, warning: string): void {
    for (const { terminal } of [...this.#open.values()]) terminal.end(reason, warning)
  }

  /** Ends the terminals that may not go on: by token, account and time. */
  async recheck(): Promise<void> {
    for (const { terminal, offered } of [...this.#open.values()]) {
      terminal.checkTime()
      try {
        if (await this.#mayGoOn(offered)) continue
      } catch {
        // A token that cannot be checked now is checked a second later.
        continue
      }
      terminal.end('TokenInvalid', 'The token of this session is no longer valid for it.')
    }
  }

  async #mayGoOn(offered: Offered): Promise<boolean> {
    const caller = await this.#deps.currentCaller(offered.credential)
    if (!caller || !this.#deps.findAccount(offered.account)) return false
    try {
      requireRights(caller, offered)
      return true
    } catch {
      return false
    }
  }
}
