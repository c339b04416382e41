/**
 * Sessions of browsers. A browser signs in with a token, a one-time code or at the OpenID Connect issuer, and gets a
 * cookie and a CSRF token. Both are random; the store has their hashes. A session stands for the credential that it was
 * opened with and ends with it.
 *
 * The cookie alone opens nothing: browsers send it to every port of the host, where tasks may listen, too.
 */
import { randomBytes } from 'node:crypto'
import { TooManyRequests } from '../problems/problem.ts'
import {
  addBrowserSession,
  addOneTimeCode,
  type BrowserSessionRow,
  browserSession,
  recordSessionUse,
  removeBrowserSession,
  removeExpired,
  takeOneTimeCode,
} from '../store/session-records.ts'
import type { Store } from '../store/store.ts'
import type { Credential, FencedCaller, SignedInWith } from './caller.ts'
import { signedInCaller } from './signed-in-caller.ts'
import { hashBytes, hashedBytes, isSameHash, tokenHash } from './token-value.ts'
import type { Tokens } from './tokens.ts'

/** A session ends after this time. */
const maxAgeMs = 30 * 86_400_000
/** A session ends when no request has used it for this time. */
export const maxIdleMs = 12 * 3_600_000
/** The last use of a session is stored at most this often. */
const recordUseIntervalMs = 60_000
const codeLifetimeMs = 10 * 60_000
/** Per caller; a further session removes the oldest one. */
const maxSessions = 100
/** Per caller; codes that were not used yet. */
const maxCodes = 20

/** Sent to other processes when a session has ended. */
export interface SessionMessage {
  about: 'session'
}

export interface BrowserSessionsDeps {
  store: Store
  tokens: Tokens
  /** Milliseconds since 1970. */
  now: () => number
  /** Sends to the other processes, if there are any. */
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

/** `adminHash` is the hash of the first admin's token at that time. Another token there ends the session. */
interface StoredCredential {
  signedInWith: SignedInWith
  adminHash?: string
}

export class BrowserSessions {
  readonly #deps: BrowserSessionsDeps
  readonly #listeners: (() => void)[] = []

  constructor(deps: BrowserSessionsDeps) {
    this.#deps = deps
  }

  /** Opens a session for a caller that has authenticated itself. */
  async open(caller: FencedCaller): Promise<OpenedSession> {
    const { store, now } = this.#deps
    await removeExpired(store, timeText(now()), timeText(now() - maxIdleMs))
    const cookie = newSecret()
    const csrfToken = newSecret()
    const hash = tokenHash(cookie)
    const expiresAt = Math.min(now() + maxAgeMs, caller.expiresAt ?? Number.POSITIVE_INFINITY)
    const row: BrowserSessionRow = {
      hash,
      csrf_hash: tokenHash(csrfToken),
      caller: caller.keyOwner,
      credential: await this.#sealed(caller.credential),
      created_at: timeText(now()),
      used_at: timeText(now()),
      expires_at: timeText(expiresAt),
    }
    await addBrowserSession(store, row, maxSessions)
    return { cookie, csrfToken, expiresAt, caller: inSession(caller, row) }
  }

  /**
   * The caller of a request; undefined without a valid pair of cookie and CSRF token.
   * @param cookies every value that the browser sent under the name of the session's cookie
   */
  async authenticate(cookies: readonly string[], csrfToken: string): Promise<FencedCaller | undefined> {
    const csrfHash = hashedBytes(csrfToken)
    for (const cookie of cookies) {
      const row = await this.#validRow(tokenHash(cookie))
      if (!row || !isSameHash(csrfHash, hashBytes(row.csrf_hash))) continue
      const caller = await this.#callerOf(row)
      if (caller) await this.#recordUse(row)
      return caller
    }
    return undefined
  }

  /** The caller of a session that was authenticated before; undefined when the session has ended. */
  async withHash(hash: string): Promise<FencedCaller | undefined> {
    const row = await this.#validRow(hash)
    return row && this.#callerOf(row)
  }

  /** Ends a session in all processes. @returns false when it has ended before */
  async end(hash: string): Promise<boolean> {
    const wasOpen = await removeBrowserSession(this.#deps.store, hash)
    this.receive()
    this.#deps.broadcast({ about: 'session' })
    return wasOpen
  }

  /** Calls `listener` whenever a session may have ended, in this process or another. */
  onEnded(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Applies a message of another process. */
  receive(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Makes a code that signs in as the caller, once. @throws TooManyRequests `TokenLimitExceeded` */
  async newCode(caller: Pick<FencedCaller, 'keyOwner' | 'credential' | 'expiresAt'>): Promise<OneTimeCode> {
    const { store, now } = this.#deps
    await removeExpired(store, timeText(now()), timeText(now() - maxIdleMs))
    const code = newSecret()
    const expiresAt = Math.min(now() + codeLifetimeMs, caller.expiresAt ?? Number.POSITIVE_INFINITY)
    const row = {
      hash: tokenHash(code),
      caller: caller.keyOwner,
      credential: await this.#sealed(caller.credential),
      expires_at: timeText(expiresAt),
    }
    if (await addOneTimeCode(store, row, maxCodes, timeText(now()))) return { code, expiresAt }
    throw new TooManyRequests(
      'TokenLimitExceeded',
      `A token may have ${maxCodes} one-time codes that nobody has used.`,
      {
        next: 'Use one of them, or wait until they expire.',
        retryAfterSeconds: codeLifetimeMs / 1000,
      },
    )
  }

  /** The caller of a one-time code, which is used up; undefined for an unknown, used or expired one. */
  async redeem(code: string): Promise<FencedCaller | undefined> {
    const { store, now } = this.#deps
    const row = await takeOneTimeCode(store, tokenHash(code), timeText(now()))
    return row && this.#callerOf(row)
  }

  async #validRow(hash: string): Promise<BrowserSessionRow | undefined> {
    const { store, now } = this.#deps
    const row = await browserSession(store, hash)
    if (!row) return undefined
    const isExpired = Date.parse(row.expires_at) <= now() || Date.parse(row.used_at) < now() - maxIdleMs
    return isExpired ? undefined : row
  }

  /** The caller that a session or a code stands for, with its present rights. */
  async #callerOf(row: { credential: string; hash: string }): Promise<FencedCaller | undefined> {
    const { store, tokens, now } = this.#deps
    const text = store.seal.open(row.credential)
    if (!text) return undefined
    const { signedInWith, adminHash } = JSON.parse(text.toString()) as StoredCredential
    if (signedInWith.kind === 'admin' && adminHash !== tokens.adminHash) return undefined
    const caller = await signedInCaller(signedInWith, tokens, now())
    return caller && ('csrf_hash' in row ? inSession(caller, row) : caller)
  }

  async #sealed(credential: Credential): Promise<string> {
    const { store, tokens } = this.#deps
    // A code that was made in a session stands for the session's own credential.
    if (credential.kind === 'session') {
      const row = await browserSession(store, credential.hash)
      if (row) return row.credential
      throw new Error('the session has ended')
    }
    const stored: StoredCredential = {
      signedInWith: credential,
      ...(credential.kind === 'admin' && { adminHash: tokens.adminHash }),
    }
    return store.seal.close(Buffer.from(JSON.stringify(stored)))
  }

  async #recordUse({ hash, used_at }: BrowserSessionRow): Promise<void> {
    const { store, now, onUnexpectedError } = this.#deps
    if (now() - Date.parse(used_at) < recordUseIntervalMs) return
    await recordSessionUse(store, hash, timeText(now())).catch(onUnexpectedError)
  }
}

/** The caller with the session as its credential: its streams and terminals end with the session. */
function inSession(caller: FencedCaller, { hash }: { hash: string }): FencedCaller {
  return { ...caller, credential: { kind: 'session', hash } }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}
