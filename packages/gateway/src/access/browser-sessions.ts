/**
 * Sessions of browsers. A browser signs in with a token, a one-time code or at the OpenID Connect issuer, and gets a
 * cookie and a CSRF token. Both are random; the store has their hashes. A session stands for the credential that it was
 * opened with and ends with it.
 *
 * The cookie alone opens nothing: browsers send it to every port of the host, where tasks may listen, too.
 */
import { randomBytes } from 'node:crypto'
import { TooManyRequests, Unauthorized } from '../problems/problem.ts'
import {
  addBrowserSession,
  addOneTimeCode,
  type BrowserSessionRow,
  listBrowserSessions,
  recordSessionUse,
  redeemOneTimeCode,
  removeBrowserSession,
  removeExpired,
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
  /** Hash of what gives people of the OpenID Connect issuer their rights; undefined where there is no issuer. */
  oidcHash: string | undefined
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

interface StoredCredential {
  signedInWith: SignedInWith
  /** The hash of the first admin's token at that time. Another token there ends the session. */
  adminHash?: string
  /** The `oidcHash` at that time: a JWT was checked by the rules of then. Others end the session. */
  oidcHash?: string | undefined
  /** The hash of the session that made the code. */
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
   * @param endsBy milliseconds since 1970; undefined for no other end than the caller's
   */
  async open(caller: FencedCaller, endsBy?: number): Promise<OpenedSession> {
    const { store, now } = this.#deps
    await removeExpired(store, timeText(now()), timeText(now() - maxIdleMs))
    const cookie = newSecret()
    const csrfToken = newSecret()
    const hash = tokenHash(cookie)
    const ends = [caller.expiresAt, endsBy].filter((end) => end !== undefined)
    const expiresAt = Math.min(now() + maxAgeMs, ...ends)
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
    const rows = await this.#validRows(cookies.map(tokenHash))
    const row = rows.find(({ csrf_hash }) => isSameHash(csrfHash, hashBytes(csrf_hash)))
    const caller = row && (await this.#callerOf(row))
    if (caller) await this.#recordUse(row)
    return caller
  }

  /** The caller of a session that was authenticated before; undefined when the session has ended. */
  async withHash(hash: string): Promise<FencedCaller | undefined> {
    const [row] = await this.#validRows([hash])
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

  /**
   * The caller of a one-time code, which is used up; undefined for an unknown, used or expired one, and for that of a
   * session that has ended. `endsBy` is the end of that session: codes must not make it last longer.
   */
  async redeem(code: string): Promise<{ caller: FencedCaller; endsBy: number | undefined } | undefined> {
    const { store, now } = this.#deps
    const row = await redeemOneTimeCode(store, tokenHash(code), timeText(now()))
    const madeIn = row && this.#opened(row)?.madeIn
    const [session] = madeIn === undefined ? [] : await this.#validRows([madeIn])
    if (!row || (madeIn !== undefined && !session)) return undefined
    const caller = await this.#callerOf(row)
    return caller && { caller, endsBy: session && Date.parse(session.expires_at) }
  }

  async #validRows(hashes: readonly string[]): Promise<BrowserSessionRow[]> {
    const { store, now } = this.#deps
    const rows = await listBrowserSessions(store, hashes)
    return rows.filter(
      ({ expires_at, used_at }) => Date.parse(expires_at) > now() && Date.parse(used_at) >= now() - maxIdleMs,
    )
  }

  /** Undefined where the store's key is another one. */
  #opened(row: { credential: string }): StoredCredential | undefined {
    const text = this.#deps.store.seal.decrypt(row.credential)
    return text && (JSON.parse(text.toString()) as StoredCredential)
  }

  /** The caller that a session or a code stands for, with its present rights. */
  async #callerOf(row: { credential: string; hash: string }): Promise<FencedCaller | undefined> {
    const { tokens, oidcHash, now } = this.#deps
    const opened = this.#opened(row)
    if (!opened) return undefined
    const { signedInWith } = opened
    if (signedInWith.kind === 'admin' && opened.adminHash !== tokens.adminHash) return undefined
    if (signedInWith.kind === 'jwt' && (oidcHash === undefined || opened.oidcHash !== oidcHash)) return undefined
    const caller = await signedInCaller(signedInWith, tokens, now())
    return caller && ('csrf_hash' in row ? inSession(caller, row) : caller)
  }

  async #sealed(credential: Credential): Promise<string> {
    return this.#deps.store.seal.encrypt(Buffer.from(JSON.stringify(await this.#stored(credential))))
  }

  async #stored(credential: Credential): Promise<StoredCredential> {
    const { tokens, oidcHash } = this.#deps
    if (credential.kind !== 'session')
      return {
        signedInWith: credential,
        ...(credential.kind === 'admin' && { adminHash: tokens.adminHash }),
        ...(credential.kind === 'jwt' && { oidcHash }),
      }
    // A code that was made in a session stands for the session's own credential, and ends with the session.
    const [row] = await this.#validRows([credential.hash])
    const ofSession = row && this.#opened(row)
    if (ofSession) return { ...ofSession, madeIn: credential.hash }
    throw new Unauthorized('Unauthorized', 'The session has ended.', { next: 'Sign in again.' })
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
