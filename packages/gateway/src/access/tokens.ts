/**
 * Authenticates tokens: the admin token from the configuration or the data folder, and the tokens that admins create.
 * The store has only hashes of created tokens. Tokens are cached, so that most requests do not read the store.
 * Revocations and rotations are sent to the other processes, which drop the token from their caches.
 */
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import type { Store } from '../store/store.ts'
import { findTokenById, recordTokenUse, type TokenRow } from '../store/token-records.ts'
import { type FencedCaller, newCaller } from './caller.ts'
import { allNames, type Fence } from './fence.ts'
import type { ExtraPermission, Role } from './roles.ts'
import { hashFromHex, isSameHash, sha256Bytes, tokenIdIn } from './token-value.ts'

/** The name of the admin token. */
export const adminTokenName = 'admin'

const maxCachedTokens = 10_000
/**
 * For processes that share a store: a change by another process takes effect within this time, even when its message
 * is lost.
 */
const cacheTtlMs = 2_000
/** The last use of a token is stored at most this often. */
const recordUseIntervalMs = 60_000

interface CachedToken {
  row: TokenRow
  /** The bytes of `row.hash`. */
  hash: Buffer
  caller: FencedCaller
  /** When the last use was stored; 0 for never. */
  usedAt: number
}

/** Sent to other processes when a token was changed: they drop it from their caches. */
export interface TokenMessage {
  about: 'token'
  id: string
  /** The store could not remove the revoked token, so each process remembers its id and rejects it. */
  isRefused?: true
}

export interface TokensDeps {
  store: Store
  adminToken: string
  /** Milliseconds since 1970. */
  now: () => number
  onUnexpectedError: (error: unknown) => void
  /** Sends a message to the other processes, if there are any. */
  broadcast: (message: TokenMessage) => void
}

export class Tokens {
  readonly #deps: TokensDeps
  readonly #adminTokenHash: Buffer
  readonly #admin = newCaller(
    adminTokenName,
    'admin',
    { accounts: allNames, clusters: allNames, taskDefinitions: allNames },
    { credential: { kind: 'admin' } },
  )
  /** By id. `invalidate` and messages of other processes remove changed tokens. */
  readonly #cached: LRUCache<string, CachedToken>
  /** Ids without a token, in a separate cache: any client can invent ids, and these would evict real tokens. */
  readonly #unknownIds: LRUCache<string, true>
  /** Counts removals from the caches. */
  #removalCount = 0
  readonly #listeners: (() => void)[] = []
  /** Ids of tokens that were revoked while the store could not remove them. */
  readonly #refusedIds = new Set<string>()

  constructor(deps: TokensDeps) {
    this.#deps = deps
    this.#adminTokenHash = sha256Bytes(deps.adminToken)
    const limits = { ...maxEntries(maxCachedTokens), ...(deps.store.isShared && { ttl: cacheTtlMs }) }
    this.#cached = new LRUCache(limits)
    this.#unknownIds = new LRUCache(limits)
  }

  /** Returns the caller of a token; undefined for an unknown, revoked or expired token. */
  authenticate(value: string): FencedCaller | undefined | Promise<FencedCaller | undefined> {
    const hash = sha256Bytes(value)
    if (isSameHash(hash, this.#adminTokenHash)) return this.#admin
    const id = tokenIdIn(value)
    if (id === undefined) return undefined
    const cached = this.#cached.get(id)
    if (cached) return this.#callerOf(cached, hash)
    if (this.#unknownIds.has(id) || this.#refusedIds.has(id)) return undefined
    return this.#readToken(id).then((token) => token && this.#callerOf(token, hash))
  }

  /**
   * Returns the caller of a token that was authenticated earlier; undefined after its revocation, rotation or expiry.
   */
  async findById(id: string): Promise<FencedCaller | undefined> {
    if (this.#refusedIds.has(id)) return undefined
    const token = this.#cached.get(id) ?? (this.#unknownIds.has(id) ? undefined : await this.#readToken(id))
    return token && !this.#isExpired(token.row) ? token.caller : undefined
  }

  get admin(): FencedCaller {
    return this.#admin
  }

  /** SHA-256 of the admin token, hexadecimal. */
  get adminTokenHash(): string {
    return this.#adminTokenHash.toString('hex')
  }

  /** Like `authenticate`, from the cache only; undefined also when the store would have to be read. */
  cachedCaller(value: string): FencedCaller | undefined {
    const hash = sha256Bytes(value)
    if (isSameHash(hash, this.#adminTokenHash)) return this.#admin
    const cached = this.#cached.get(tokenIdIn(value) ?? '')
    return cached && this.#callerOf(cached, hash)
  }

  #callerOf(token: CachedToken, hash: Buffer): FencedCaller | undefined {
    if (!isSameHash(hash, token.hash) || this.#isExpired(token.row)) return undefined
    this.#recordUse(token)
    return token.caller
  }

  /** Call it after a token was revoked or rotated: all processes reject its old value from now on. */
  invalidate(id: string): void {
    this.applyMessage({ about: 'token', id })
    this.#deps.broadcast({ about: 'token', id })
  }

  /** Makes all processes reject a revoked token that the store could not remove, for as long as they run. */
  reject(id: string): void {
    const message = { about: 'token', id, isRefused: true } as const
    this.applyMessage(message)
    this.#deps.broadcast(message)
  }

  /** Applies a message of this or another process. */
  applyMessage({ id, isRefused }: TokenMessage): void {
    if (isRefused) this.#refusedIds.add(id)
    this.#removalCount++
    this.#cached.delete(id)
    this.#unknownIds.delete(id)
    this.#notifyChanged()
  }

  /** Calls `listener` whenever a token may have become invalid, in this process or another. */
  onChanged(listener: () => void): void {
    this.#listeners.push(listener)
  }

  #notifyChanged(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Drops all cached tokens, because messages of other processes may have been lost. */
  invalidateAll(): void {
    this.#removalCount++
    this.#cached.clear()
    this.#unknownIds.clear()
    this.#notifyChanged()
  }

  async #readToken(id: string): Promise<CachedToken | undefined> {
    const removalsBefore = this.#removalCount
    const row = await findTokenById(this.#deps.store, id)
    if (this.#refusedIds.has(id)) return undefined
    const token = row && {
      row,
      hash: hashFromHex(row.hash),
      caller: newCaller(row.name, row.role as Role, fenceOf(row), {
        uniqueName: `${row.name} ${row.created_at}`,
        permissions: permissionsOf(row),
        credential: { kind: 'token', id },
        expiresAt: row.expires_at === null ? undefined : Date.parse(row.expires_at),
      }),
      usedAt: row.last_used_at === null ? 0 : Date.parse(row.last_used_at),
    }
    // After a removal during the read, the row may be out of date.
    if (removalsBefore === this.#removalCount) token ? this.#cached.set(id, token) : this.#unknownIds.set(id, true)
    return token
  }

  #isExpired({ expires_at }: TokenRow): boolean {
    return expires_at !== null && Date.parse(expires_at) <= this.#deps.now()
  }

  #recordUse(token: CachedToken): void {
    const { store, now, onUnexpectedError } = this.#deps
    if (now() - token.usedAt < recordUseIntervalMs) return
    token.usedAt = now()
    recordTokenUse(store, token.row.id, new Date(token.usedAt).toISOString()).catch(onUnexpectedError)
  }
}

/** Reads the permissions that a token has beside those of its role. */
export function permissionsOf({ permissions }: Pick<TokenRow, 'permissions'>): ExtraPermission[] {
  return permissions === null ? [] : JSON.parse(permissions)
}

/** Reads the fence of a token from its row. */
export function fenceOf({
  accounts,
  clusters,
  task_definitions,
}: Pick<TokenRow, 'accounts' | 'clusters' | 'task_definitions'>): Fence {
  const globs = (text: string | null): readonly string[] => (text === null ? allNames : JSON.parse(text))
  return { accounts: globs(accounts), clusters: globs(clusters), taskDefinitions: globs(task_definitions) }
}
