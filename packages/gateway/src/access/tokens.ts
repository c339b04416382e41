/** Who may come in: the first admin's token from the configuration or the data folder, and those that admins make, kept as hashes. */
import { LRUCache } from 'lru-cache'
import type { Store } from '../store/store.ts'
import { recordUse, type TokenRow, tokenById } from '../store/token-records.ts'
import { callerWith, type FencedCaller } from './caller.ts'
import { everything, type Fence } from './fence.ts'
import type { Role } from './roles.ts'
import { bytesOf, hashedBytes, idIn, isSameHash } from './token-value.ts'

/** The name of the token that the configuration or the data folder holds. */
export const firstAdmin = 'admin'

const maxRemembered = 10_000
/** How long another process's change may stay unseen that was not heard of. */
const rememberedMs = 2_000
const useNotedMs = 60_000

interface Known {
  row: TokenRow
  /** The row's. */
  hash: Buffer
  caller: FencedCaller
  /** When a use was last written down. */
  usedAt: number
}

/** To other processes: a token was changed, nothing that is remembered of it is true. */
export interface TokenMessage {
  about: 'token'
  id: string
  /** The store could not remove it. */
  isRefused?: true
}

export interface TokenDeps {
  store: Store
  adminToken: string
  now: () => number
  onFault: (error: unknown) => void
  /** Tells the other processes, where there are any. */
  broadcast: (message: TokenMessage) => void
}

export class Tokens {
  readonly #deps: TokenDeps
  readonly #adminHash: Buffer
  readonly #admin = callerWith(firstAdmin, 'admin', {
    accounts: everything,
    clusters: everything,
    taskDefinitions: everything,
  })
  /** By id. What changes goes through `ended` here, and is heard of from others. */
  readonly #known: LRUCache<string, Known>
  /** Ids of no token. Apart, since anybody can make them up. */
  readonly #unknown: LRUCache<string, true>
  /** How often something of it was forgotten. */
  #changes = 0
  readonly #listeners: (() => void)[] = []
  /** Ids of tokens that were revoked while the store took no change. */
  readonly #refused = new Set<string>()

  constructor(deps: TokenDeps) {
    this.#deps = deps
    this.#adminHash = hashedBytes(deps.adminToken)
    const limits = { max: maxRemembered, ...(deps.store.isShared && { ttl: rememberedMs }) }
    this.#known = new LRUCache(limits)
    this.#unknown = new LRUCache(limits)
  }

  /** Who shows this token, or undefined: unknown, revoked, expired. */
  authenticate(value: string): FencedCaller | undefined | Promise<FencedCaller | undefined> {
    const hash = hashedBytes(value)
    if (isSameHash(hash, this.#adminHash)) return this.#admin
    const id = idIn(value)
    if (id === undefined) return undefined
    const known = this.#known.get(id)
    if (known) return this.#admitted(known, hash)
    if (this.#unknown.has(id) || this.#refused.has(id)) return undefined
    return this.#look(id).then((found) => found && this.#admitted(found, hash))
  }

  /** As `authenticate`, without asking the store: undefined also where that would have to be. */
  recall(value: string): FencedCaller | undefined {
    const hash = hashedBytes(value)
    if (isSameHash(hash, this.#adminHash)) return this.#admin
    const known = this.#known.get(idIn(value) ?? '')
    return known && this.#admitted(known, hash)
  }

  #admitted(known: Known, hash: Buffer): FencedCaller | undefined {
    if (!isSameHash(hash, known.hash) || this.#isExpired(known.row)) return undefined
    this.#recordUse(known)
    return known.caller
  }

  /** A token was revoked, or has another value now: it is refused from now on, here and, once they have heard, at the others. */
  ended(id: string): void {
    this.receive({ about: 'token', id })
    this.#deps.broadcast({ about: 'token', id })
  }

  /** A token was revoked, and the store could not remove it: it is refused until the process ends. */
  refuse(id: string): void {
    const message = { about: 'token', id, isRefused: true } as const
    this.receive(message)
    this.#deps.broadcast(message)
  }

  /** What another process has told. */
  receive({ id, isRefused }: TokenMessage): void {
    if (isRefused) this.#refused.add(id)
    this.#changes++
    this.#known.delete(id)
    this.#unknown.delete(id)
    this.#notifyChanged()
  }

  /** Calls the listener whenever a token may not be good any more, here or at another process. */
  onChanged(listener: () => void): void {
    this.#listeners.push(listener)
  }

  #notifyChanged(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Something may have been told that was not heard. */
  missed(): void {
    this.#changes++
    this.#known.clear()
    this.#unknown.clear()
    this.#notifyChanged()
  }

  async #look(id: string): Promise<Known | undefined> {
    const changes = this.#changes
    const row = await tokenById(this.#deps.store, id)
    if (this.#refused.has(id)) return undefined
    const known = row && {
      row,
      hash: bytesOf(row.hash),
      caller: callerWith(row.name, row.role as Role, fenceOf(row), `${row.name} ${row.created_at}`),
      usedAt: row.last_used_at === null ? 0 : Date.parse(row.last_used_at),
    }
    // The row may have been read before what was heard meanwhile.
    if (changes === this.#changes) known ? this.#known.set(id, known) : this.#unknown.set(id, true)
    return known
  }

  #isExpired({ expires_at }: TokenRow): boolean {
    return expires_at !== null && Date.parse(expires_at) <= this.#deps.now()
  }

  #recordUse(known: Known): void {
    const { store, now, onFault } = this.#deps
    if (now() - known.usedAt < useNotedMs) return
    known.usedAt = now()
    recordUse(store, known.row.id, new Date(known.usedAt).toISOString()).catch(onFault)
  }
}

export function fenceOf({
  accounts,
  clusters,
  task_definitions,
}: Pick<TokenRow, 'accounts' | 'clusters' | 'task_definitions'>): Fence {
  const globs = (text: string | null): readonly string[] => (text === null ? everything : JSON.parse(text))
  return { accounts: globs(accounts), clusters: globs(clusters), taskDefinitions: globs(task_definitions) }
}
