/**
 * Sessions of browsers. A browser signs in with a token, a one-time code or at the OpenID Connect issuer, and gets a
 * cookie and a CSRF token. Both are random; the store has their hashes. A session has the rights of the credential that
 * it was opened with, and ends with that credential.
 *
 * The cookie alone is not enough for a request: browsers send it to every port of the host, and tasks may listen there.
 */
import { randomBytes } from 'node:crypto'
import { TooManyRequests, Unauthorized } from '../problems/problem.ts'
import {
  addBrowserSession,
  addOneTimeCode,
  type BrowserSessionRow,
  findCallerOfCode,
  listBrowserSessions,
  recordSessionUse,
  redeemOneTimeCode,
  removeBrowserSession,
  removeExpired,
} from '../store/session-records.ts'
import type { Store } from '../store/store.ts'
import type { Credential, FencedCaller, SignInCredential } from './caller.ts'
import { findSignedInCaller } from './signed-in-caller.ts'
import { hashFromHex, isSameHash, sha256Bytes, sha256Hex } from './token-value.ts'
import type { Tokens } from './tokens.ts'

/** A session ends after this time. */
const maxAgeMs = 30 * 86_400_000
/** A session ends when no request has used it for this time. */
export const maxIdleMs = 12 * 3_600_000
/** The last use of a session is stored at most this often. */
const recordUseIntervalMs = 60_000
const codeLifetimeMs = 10 * 60_000
/** Per caller. A further session replaces the oldest one. */
const maxSessions = 100
/** Per caller. */
const maxUnusedCodes = 20

/** Sent to other processes when a session has ended. */
export interface SessionMessage {
  about: 'session'
}

export interface BrowserSessionsDeps {
  store: Store
  tokens: Tokens
  /** Hash of the OpenID Connect settings that decide the rights of people; undefined without an issuer. */
  oidcSettingsHash: string | undefined
  /** Milliseconds since 1970. */
  now: () => number
  /** Sends a message to the other processes, if there are any. */
  broadcast: (message: SessionMessage) => void
  onUnexpectedError: (error: unknown) => void
}

export interface OpenedSession {
  /** The value of the cookie. */
  cookie: string
  csrfToken: string
  /** Milliseconds since 1970. */
  expiresAt: number
  caller: FencedCaller
}

export interface OneTimeCode {
  code: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

interface StoredCredential {
  signedInWith: SignInCredential
  /** The hash of the admin token at the sign-in. The session ends when the admin token is replaced. */
  adminHash?: string
  /** The `oidcSettingsHash` at the sign-in. The session ends when these settings change. */
  oidcHash?: string | undefined
  /** For a one-time code that was created in a session: the hash of the session's cookie. */
  madeIn?: string
}

export class BrowserSessions {
  readonly #deps: BrowserSessionsDeps
  readonly #listeners: (() => void)[] = []

  constructor(deps: BrowserSessionsDeps) {
    this.#deps = deps
  }

  /**
   * Opens a session for a caller that has authenticated itself.
   * @param endsBy the latest end of the session, in milliseconds since 1970
   */
  async open(caller: FencedCaller, endsBy?: number): Promise<OpenedSession> {
    const { store, now } = this.#deps
    await this.#removeExpired()
    const cookie = newSecret()
    const csrfToken = newSecret()
    const hash = sha256Hex(cookie)
    const ends = [caller.expiresAt, endsBy].filter((end) => end !== undefined)
    const expiresAt = Math.min(now() + maxAgeMs, ...ends)
    const row: BrowserSessionRow = {
      hash,
      csrf_hash: sha256Hex(csrfToken),
      caller: caller.uniqueName,
      credential: await this.#encryptCredential(caller.credential),
      created_at: isoTime(now()),
      used_at: isoTime(now()),
      expires_at: isoTime(expiresAt),
    }
    await addBrowserSession(store, row, maxSessions)
    return { cookie, csrfToken, expiresAt, caller: withSession(caller, row) }
  }

  /**
   * Returns the caller of a request; undefined without a valid pair of cookie and CSRF token.
   * @param cookies every value that the browser sent under the name of the session's cookie
   */
  async authenticate(cookies: readonly string[], csrfToken: string): Promise<FencedCaller | undefined> {
    const csrfHash = sha256Bytes(csrfToken)
    const rows = await this.#validRows(cookies.map(sha256Hex))
    const row = rows.find(({ csrf_hash }) => isSameHash(csrfHash, hashFromHex(csrf_hash)))
    const caller = row && (await this.#callerOf(row))
    if (caller) await this.#recordUse(row)
    return caller
  }

  /** Returns the caller of a session that was authenticated earlier; undefined when the session has ended. */
  async findByCookieHash(hash: string): Promise<FencedCaller | undefined> {
    const [row] = await this.#validRows([hash])
    return row && this.#callerOf(row)
  }

  /** Ends a session in all processes. @returns false when the session has already ended */
  async end(cookieHash: string): Promise<boolean> {
    const wasOpen = await removeBrowserSession(this.#deps.store, cookieHash)
    this.notifyEnded()
    this.#deps.broadcast({ about: 'session' })
    return wasOpen
  }

  /** Calls `listener` when a person has ended a session, in this process or another; not when a session expires. */
  onEnded(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Calls the listeners of `onEnded`. Call it when another process has sent a `SessionMessage`. */
  notifyEnded(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Creates a code that signs a browser in as the caller, once. @throws TooManyRequests `TokenLimitExceeded` */
  async createCode(caller: Pick<FencedCaller, 'uniqueName' | 'credential' | 'expiresAt'>): Promise<OneTimeCode> {
    const { store, now } = this.#deps
    await this.#removeExpired()
    const code = newSecret()
    const expiresAt = Math.min(now() + codeLifetimeMs, caller.expiresAt ?? Number.POSITIVE_INFINITY)
    const row = {
      hash: sha256Hex(code),
      caller: caller.uniqueName,
      credential: await this.#encryptCredential(caller.credential),
      expires_at: isoTime(expiresAt),
    }
    if (await addOneTimeCode(store, row, maxUnusedCodes, isoTime(now()))) return { code, expiresAt }
    throw new TooManyRequests(
      'TokenLimitExceeded',
      `Each caller may have ${maxUnusedCodes} one-time codes that nobody has used.`,
      {
        next: 'Use one of them, or wait until they expire.',
        retryAfterSeconds: codeLifetimeMs / 1000,
      },
    )
  }

  /** Whether the caller has made this code itself, and nobody has used it. The code stays as it is. */
  async isCodeOf({ uniqueName }: Pick<FencedCaller, 'uniqueName'>, code: string): Promise<boolean> {
    const { store, now } = this.#deps
    return (await findCallerOfCode(store, sha256Hex(code), isoTime(now()))) === uniqueName
  }

  /**
   * Uses up a one-time code and returns its caller. Undefined for a code that is unknown, used or expired, and for a
   * code of a session that has ended. `endsBy` is the end of the session that created the code: the new session must
   * not last longer.
   */
  async redeem(code: string): Promise<{ caller: FencedCaller; endsBy: number | undefined } | undefined> {
    const { store, now } = this.#deps
    const row = await redeemOneTimeCode(store, sha256Hex(code), isoTime(now()))
    const madeIn = row && this.#readCredential(row)?.madeIn
    const [session] = madeIn === undefined ? [] : await this.#validRows([madeIn])
    if (!row || (madeIn !== undefined && !session)) return undefined
    const caller = await this.#callerOf(row)
    return caller && { caller, endsBy: session && Date.parse(session.expires_at) }
  }

  /** Removes sessions and codes that have expired, and sessions that were idle for too long. */
  async #removeExpired(): Promise<void> {
    const { store, now } = this.#deps
    const expiredBefore = isoTime(now())
    const lastUsedBefore = isoTime(now() - maxIdleMs)
    await removeExpired(store, expiredBefore, lastUsedBefore)
  }

  async #validRows(hashes: readonly string[]): Promise<BrowserSessionRow[]> {
    const { store, now } = this.#deps
    const rows = await listBrowserSessions(store, hashes)
    return rows.filter(
      ({ expires_at, used_at }) => Date.parse(expires_at) > now() && Date.parse(used_at) >= now() - maxIdleMs,
    )
  }

  /** Returns undefined when the credential was encrypted with another key than the store's present key. */
  #readCredential(row: { credential: string }): StoredCredential | undefined {
    const text = this.#deps.store.cipher.decrypt(row.credential)
    return text && (JSON.parse(text.toString()) as StoredCredential)
  }

  /** Returns the caller of a session or a code, with its present rights; undefined when its credential has ended. */
  async #callerOf(row: { credential: string; hash: string }): Promise<FencedCaller | undefined> {
    const { tokens, oidcSettingsHash, now } = this.#deps
    const stored = this.#readCredential(row)
    if (!stored) return undefined
    const { signedInWith } = stored
    if (signedInWith.kind === 'admin' && stored.adminHash !== tokens.adminTokenHash) return undefined
    if (signedInWith.kind === 'jwt' && (oidcSettingsHash === undefined || stored.oidcHash !== oidcSettingsHash))
      return undefined
    const caller = await findSignedInCaller(signedInWith, tokens, now())
    return caller && ('csrf_hash' in row ? withSession(caller, row) : caller)
  }

  async #encryptCredential(credential: Credential): Promise<string> {
    return this.#deps.store.cipher.encrypt(Buffer.from(JSON.stringify(await this.#toStoredCredential(credential))))
  }

  async #toStoredCredential(credential: Credential): Promise<StoredCredential> {
    const { tokens, oidcSettingsHash } = this.#deps
    if (credential.kind !== 'session')
      return {
        signedInWith: credential,
        ...(credential.kind === 'admin' && { adminHash: tokens.adminTokenHash }),
        ...(credential.kind === 'jwt' && { oidcHash: oidcSettingsHash }),
      }
    // A code that was created in a session has the rights of the session's credential, and ends with the session.
    const [row] = await this.#validRows([credential.hash])
    const credentialOfSession = row && this.#readCredential(row)
    if (credentialOfSession) return { ...credentialOfSession, madeIn: credential.hash }
    throw new Unauthorized('Unauthorized', 'The session has ended.', { next: 'Sign in again.' })
  }

  async #recordUse({ hash, used_at }: BrowserSessionRow): Promise<void> {
    const { store, now, onUnexpectedError } = this.#deps
    if (now() - Date.parse(used_at) < recordUseIntervalMs) return
    await recordSessionUse(store, hash, isoTime(now())).catch(onUnexpectedError)
  }
}

/** Returns the caller with the session as its credential: its streams and terminals end with the session. */
function withSession(caller: FencedCaller, { hash }: { hash: string }): FencedCaller {
  return { ...caller, credential: { kind: 'session', hash } }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
