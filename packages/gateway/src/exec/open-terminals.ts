/**
 * The terminals that are open in this process. A terminal ends within a second after its token has become invalid or
 * has lost the permission, after its account was removed from the configuration, or after its time limit.
 */
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { type OfferedSession, requireExecRights } from './offered-session.ts'
import type { ExitReason, Terminal } from './terminal.ts'

export interface OpenTerminalsDeps {
  findAccount: (name: string) => Account | undefined
  /** Returns the caller with its present rights; undefined when its token is not valid any more. */
  findCurrentCaller: (credential: object) => Promise<Caller | undefined>
}

/** A terminal, or a command that runs for a request. */
export interface OpenSession extends Pick<Terminal, 'end' | 'checkTime'> {}

/** The members of a session that decide whether its caller may still use it. */
export type SessionRights = Pick<OfferedSession, 'id' | 'account' | 'cluster' | 'family' | 'credential'>

interface OpenEntry {
  session: OpenSession
  rights: SessionRights
}

export class OpenTerminals {
  readonly #deps: OpenTerminalsDeps
  /** By the session's id. */
  readonly #open = new Map<string, OpenEntry>()
  #isCheckingRights = false

  constructor(deps: OpenTerminalsDeps) {
    this.#deps = deps
  }

  add(session: OpenSession, rights: SessionRights): void {
    this.#open.set(rights.id, { session, rights })
  }

  delete(id: string): void {
    this.#open.delete(id)
  }

  /** Ends a terminal, if it is open in this process. @param warning a sentence for the client */
  end(id: string, reason: ExitReason, warning: string): void {
    this.#open.get(id)?.session.end(reason, warning)
  }

  endAll(reason: ExitReason, warning: string): void {
    for (const { session } of [...this.#open.values()]) session.end(reason, warning)
  }

  /** Ends the terminals whose token or account is no longer valid, and terminals that have reached a time limit. */
  async endInvalidTerminals(): Promise<void> {
    for (const { session } of [...this.#open.values()]) session.checkTime()
    // When the store is slow, the previous check of the tokens may still run. Further checks must not wait for it.
    if (this.#isCheckingRights) return
    this.#isCheckingRights = true
    await Promise.all([...this.#open.values()].map((open) => this.#checkRights(open)))
    this.#isCheckingRights = false
  }

  async #checkRights({ session, rights }: OpenEntry): Promise<void> {
    // A token that cannot be checked now is checked again a second later.
    const isAllowed = await this.#isAllowed(rights).catch(() => true)
    if (!isAllowed) session.end('TokenInvalid', 'The token of this session is no longer valid for it.')
  }

  async #isAllowed(rights: SessionRights): Promise<boolean> {
    const caller = await this.#deps.findCurrentCaller(rights.credential)
    if (!caller || !this.#deps.findAccount(rights.account)) return false
    try {
      requireExecRights(caller, rights)
      return true
    } catch {
      return false
    }
  }
}
