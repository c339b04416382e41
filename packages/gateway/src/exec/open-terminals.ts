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

/** A terminal, or a command that runs for a request. */
export interface OpenSession extends Pick<Terminal, 'end' | 'checkTime'> {}

/** The names and rights that are checked while a session is open. */
export type Held = Pick<Offered, 'id' | 'account' | 'cluster' | 'family' | 'credential'>

interface Open {
  session: OpenSession
  held: Held
}

export class OpenTerminals {
  readonly #deps: OpenTerminalsDeps
  /** By the session's id. */
  readonly #open = new Map<string, Open>()
  #isRechecking = false

  constructor(deps: OpenTerminalsDeps) {
    this.#deps = deps
  }

  add(session: OpenSession, held: Held): void {
    this.#open.set(held.id, { session, held })
  }

  delete(id: string): void {
    this.#open.delete(id)
  }

  /** Ends a terminal, where it is open here. @param warning a sentence for the client */
  end(id: string, reason: ExitReason, warning: string): void {
    this.#open.get(id)?.session.end(reason, warning)
  }

  endAll(reason: ExitReason, warning: string): void {
    for (const { session } of [...this.#open.values()]) session.end(reason, warning)
  }

  /** Ends the terminals that may not go on: by token, account and time. */
  async recheck(): Promise<void> {
    for (const { session } of [...this.#open.values()]) session.checkTime()
    // The store may be slow: the next recheck must not wait in a queue behind this one.
    if (this.#isRechecking) return
    this.#isRechecking = true
    await Promise.all([...this.#open.values()].map((open) => this.#checkRights(open)))
    this.#isRechecking = false
  }

  async #checkRights({ session, held }: Open): Promise<void> {
    // A token that cannot be checked now is checked a second later.
    const mayGoOn = await this.#mayGoOn(held).catch(() => true)
    if (!mayGoOn) session.end('TokenInvalid', 'The token of this session is no longer valid for it.')
  }

  async #mayGoOn(held: Held): Promise<boolean> {
    const caller = await this.#deps.currentCaller(held.credential)
    if (!caller || !this.#deps.findAccount(held.account)) return false
    try {
      requireRights(caller, held)
      return true
    } catch {
      return false
    }
  }
}
