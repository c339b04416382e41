/**
 * Signs a browser in at the OpenID Connect issuer: authorization code flow with PKCE (RFC 7636), state and nonce
 * (OpenID Connect Core 1.0, 3.1). The state of an unfinished sign-in is in the store, so that any process can finish
 * it.
 */
import { randomBytes } from 'node:crypto'
import * as client from 'openid-client'
import { TooManyRequests, Unauthorized, Unavailable } from '../problems/problem.ts'
import { addOidcSignIn, redeemOidcSignIns } from '../store/session-records.ts'
import type { Store } from '../store/store.ts'
import type { FencedCaller } from './caller.ts'
import type { OidcIssuer, OidcSettings } from './oidc.ts'
import { sha256Hex } from './token-value.ts'

/** The longest time from the begin to the end of a sign-in. */
const maxSignInSeconds = 600
/** A page of the console. Its address is registered at the issuer as redirect URI. */
const redirectPath = '/console/sign-in'
const fetchTimeoutSeconds = 5
/** Anybody can begin a sign-in, and each unfinished sign-in has a row in the store. */
const maxUnfinishedSignIns = 10_000

interface UnfinishedSignIn {
  /** The hash of the random key that the page which began the sign-in keeps in the browser. */
  keyHash: string
  state: string
  nonce: string
  verifier: string
  redirectUri: string
}

/** The issuer's response to the browser, with the key of the page that began the sign-in. */
export interface OidcResponse {
  /** A random value that the page which began the sign-in has stored in the browser. */
  key: string
  code: string
  state: string
  iss?: string
}

interface OidcSignInDeps {
  settings: OidcSettings & { clientId: string }
  issuer: OidcIssuer
  store: Store
  /** Milliseconds since 1970. */
  now: () => number
}

export class OidcSignIn {
  readonly #deps: OidcSignInDeps
  #configuration: Promise<client.Configuration> | undefined

  constructor(deps: OidcSignInDeps) {
    this.#deps = deps
  }

  /** The settings that anybody may see, for the sign-in page. */
  get publicSettings(): { issuer: string; clientId: string } {
    const { issuer, clientId } = this.#deps.settings
    return { issuer, clientId }
  }

  /**
   * Begins a sign-in.
   * @param origin scheme and host at which the browser has reached the gateway
   * @param key a random value that the page makes and keeps. It proves which page began the sign-in. The cookie does
   *   not, because a program on another port of the host can set a cookie, too.
   * @returns the issuer's address for the browser, and the value of a cookie with its lifetime
   * @throws Unavailable `IdentityProviderUnreachable`; TooManyRequests `TooManySignIns`
   */
  async begin(origin: string, key: string): Promise<{ url: string; cookie: string; maxAgeSeconds: number }> {
    const { store, now, settings } = this.#deps
    const configuration = await this.#discoverIssuer()
    const unfinished: UnfinishedSignIn = {
      keyHash: sha256Hex(key),
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      redirectUri: origin + redirectPath,
    }
    const cookie = randomBytes(32).toString('base64url')
    const row = {
      hash: sha256Hex(cookie),
      content: store.cipher.encrypt(Buffer.from(JSON.stringify(unfinished))),
      expires_at: new Date(now() + maxSignInSeconds * 1000).toISOString(),
    }
    if (!(await addOidcSignIn(store, row, maxUnfinishedSignIns, new Date(now()).toISOString())))
      throw new TooManyRequests(
        'TooManySignIns',
        `The limit of ${maxUnfinishedSignIns} unfinished sign-ins is reached.`,
        {
          next: 'Retry later, or sign in with a token.',
          retryAfterSeconds: 60,
        },
      )
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: unfinished.redirectUri,
      scope: settings.scope ?? 'openid email profile',
      code_challenge: await client.calculatePKCECodeChallenge(unfinished.verifier),
      code_challenge_method: 'S256',
      state: unfinished.state,
      nonce: unfinished.nonce,
    })
    return { url: url.href, cookie, maxAgeSeconds: maxSignInSeconds }
  }

  /**
   * Finishes a sign-in. Cookie, key and state must belong to the same unfinished sign-in; each can be used once.
   * @throws Unauthorized `SignInRejected`; Unavailable `IdentityProviderUnreachable`
   */
  async finish(cookies: readonly string[], { key, ...response }: OidcResponse): Promise<FencedCaller> {
    const unfinished = await this.#takeUnfinished(cookies, response.state, key)
    if (!unfinished)
      throw rejected('This sign-in was not begun in this browser, was used, or took more than 10 minutes.')
    const configuration = await this.#discoverIssuer()
    const url = new URL(unfinished.redirectUri)
    for (const [name, value] of Object.entries(response)) url.searchParams.set(name, value)
    const tokens = await client
      .authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: unfinished.verifier,
        expectedState: unfinished.state,
        expectedNonce: unfinished.nonce,
        idTokenExpected: true,
      })
      .catch((error: unknown) => {
        if (isUnreachable(error)) throw unreachable(error)
        throw rejected('The OpenID Connect issuer did not accept the sign-in.', error)
      })
    const caller = this.#deps.issuer.callerOf(tokens.claims() ?? {})
    if (!caller) throw rejected('No rule of the gateway gives this person a role.')
    return caller
  }

  /** Removes the sign-ins of the cookies from the store. Returns the one with this state and page key, if any. */
  async #takeUnfinished(cookies: readonly string[], state: string, key: string): Promise<UnfinishedSignIn | undefined> {
    const { store, now } = this.#deps
    const rows = await redeemOidcSignIns(store, cookies.map(sha256Hex), new Date(now()).toISOString())
    return rows
      .map(({ content }) => store.cipher.decrypt(content))
      .filter((text) => text !== undefined)
      .map((text) => JSON.parse(text.toString()) as UnfinishedSignIn)
      .find((unfinished) => unfinished.state === state && unfinished.keyHash === sha256Hex(key))
  }

  /** Fetches the issuer's configuration (OpenID Connect Discovery 1.0) at the first call. */
  #discoverIssuer(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#deps.settings
    const url = new URL(issuer)
    this.#configuration ??= client
      .discovery(url, clientId, undefined, clientSecret ? client.ClientSecretBasic(clientSecret) : client.None(), {
        timeout: fetchTimeoutSeconds,
        // Checks also the signature of the id token, although the issuer itself sends the token.
        execute: [
          client.enableNonRepudiationChecks,
          ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      })
      .catch((error: unknown) => {
        this.#configuration = undefined
        throw unreachable(error)
      })
    return this.#configuration
  }
}

function rejected(detail: string, cause?: unknown): Unauthorized {
  return new Unauthorized('SignInRejected', detail, { next: 'Sign in again.', cause })
}

/** Whether the issuer sent no response or failed, so that another try can succeed. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof TypeError) return true
  const code = (error as { code?: unknown }).code
  const status = (error as { cause?: { status?: unknown } }).cause?.status
  return code === 'OAUTH_TIMEOUT' || (typeof status === 'number' && status >= 500)
}

function unreachable(cause: unknown): Unavailable {
  return new Unavailable('IdentityProviderUnreachable', 'The OpenID Connect issuer does not respond.', {
    next: 'Retry, or sign in with a token of the gateway.',
    retryAfterSeconds: 5,
    cause,
  })
}
