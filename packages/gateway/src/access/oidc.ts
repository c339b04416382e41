/**
 * Authenticates JWTs of the configured OpenID Connect issuer. Clients use them like tokens. The issuer's keys are
 * fetched for the first JWT and cached. They are fetched again when a JWT is signed with an unknown key (RFC 7519,
 * OpenID Connect Discovery 1.0).
 */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { Unavailable } from '../problems/problem.ts'
import { type FencedCaller, newCaller } from './caller.ts'
import { allNames, globMatcher } from './fence.ts'
import type { ExtraPermission, Role } from './roles.ts'
import { sha256Hex } from './token-value.ts'

/** Gives a role and a fence to people with a claim. The first matching rule applies. */
export interface ClaimRule {
  /** Name of the claim, such as `groups`. */
  claim: string
  /** A glob for the claim's value, or for one of its values when it is a list. */
  value: string
  role: Role
  /** Permissions beside those of the role. */
  permissions?: ExtraPermission[]
  accounts?: string[]
  clusters?: string[]
  taskDefinitions?: string[]
}

export interface OidcSettings {
  /** Exactly as in the claim `iss`. */
  issuer: string
  audience: string
  /** The URL of the issuer's keys; found by discovery by default. */
  jwksUri?: string
  /** The id of the gateway as a client of the issuer. Without it, people cannot sign in with a browser. */
  clientId?: string
  /** Absent for a public client. */
  clientSecret?: string
  /** The scopes that a browser's sign-in requests, separated by spaces; `openid email profile` by default. */
  scope?: string
  /** The claim with the person's name for the log and the audit log. */
  nameClaim: string
  rules: ClaimRule[]
}

/** The accepted signature algorithms. None is symmetric, because the issuer's keys are public. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const clockToleranceSeconds = 30
const fetchTimeoutMs = 5_000
/**
 * The issuer's keys are fetched at once for a JWT that names an unknown key, but at most this often: any client can
 * send such a JWT.
 */
const minFetchIntervalMs = 1_000
const maxCachedCallers = 10_000
const cacheTtlMs = 30_000

type IssuerKeys = ReturnType<typeof createRemoteJWKSet>

export class OidcIssuer {
  readonly #settings: OidcSettings
  #keys: Promise<IssuerKeys> | undefined
  /** Callers by the hash of their JWT, so that a frequent caller's signature is not verified each time. */
  readonly #callers = new LRUCache<string, FencedCaller>(maxEntries(maxCachedCallers))

  constructor(settings: OidcSettings) {
    this.#settings = settings
  }

  /**
   * Returns the caller of a JWT. Undefined when the JWT is not from this issuer, has expired, or has no claim that a
   * rule matches.
   * @throws Unavailable `IdentityProviderUnreachable`
   */
  async authenticate(jwt: string): Promise<FencedCaller | undefined> {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) return undefined
    const hash = sha256Hex(jwt)
    const cached = this.#callers.get(hash)
    if (cached) return cached
    const claims = await this.#verify(jwt)
    const caller = claims && this.callerOf(claims)
    if (caller) {
      const expiresInMs = (claims.exp ?? 0) * 1000 - Date.now()
      this.#callers.set(hash, caller, { ttl: Math.min(cacheTtlMs, Math.max(1, expiresInMs)) })
    }
    return caller
  }

  /** Returns the claims of a valid JWT; undefined for an invalid one. */
  async #verify(jwt: string): Promise<JWTPayload | undefined> {
    const { issuer, clientId } = this.#settings
    // The audience of an id token from a sign-in in the browser is the gateway's client id.
    const audience = [this.#settings.audience, ...(clientId === undefined ? [] : [clientId])]
    let keys: IssuerKeys | undefined
    this.#keys ??= this.#createKeySet()
    const keySet = this.#keys
    try {
      keys = await keySet
      const options = { issuer, audience, algorithms, clockTolerance: clockToleranceSeconds, requiredClaims: ['exp'] }
      return (await jwtVerify(jwt, keys, options)).payload
    } catch (error) {
      if (isInvalidJwt(error)) return undefined
      // Fetched keys stay in use, because any client can name an unknown key. Without fetched keys, discovery runs
      // again: their URL may have changed.
      if (!keys?.fresh && this.#keys === keySet) this.#keys = undefined
      throw new Unavailable(
        'IdentityProviderUnreachable',
        'The keys of the OpenID Connect issuer could not be fetched, so the JWT cannot be checked.',
        {
          next: 'Retry, or use a token of the gateway meanwhile.',
          retryAfterSeconds: 5,
          cause: error,
        },
      )
    }
  }

  async #createKeySet(): Promise<IssuerKeys> {
    const { issuer, jwksUri } = this.#settings
    return createRemoteJWKSet(new URL(jwksUri ?? (await discoverJwksUri(issuer))), {
      timeoutDuration: fetchTimeoutMs,
      cooldownDuration: minFetchIntervalMs,
    })
  }

  /** Returns the caller with these verified claims; undefined when they have no name, or no rule gives them a role. */
  callerOf(claims: JWTPayload): FencedCaller | undefined {
    const rule = this.#settings.rules.find(({ claim, value }) =>
      valuesOf(claim, claims[claim]).some(globMatcher([value])),
    )
    const name = claims[this.#settings.nameClaim]
    if (!rule || typeof name !== 'string' || name === '') return undefined
    const { accounts = allNames, clusters = allNames, taskDefinitions = allNames } = rule
    const { role, permissions = [] } = rule
    const fence = { accounts, clusters, taskDefinitions }
    // The names of tokens have no colon, so a person's name never equals that of a token.
    const person = { name: `oidc:${name}`, role, permissions, fence }
    const credential = { kind: 'jwt' as const, expiresAt: (claims.exp ?? 0) * 1000, ...person }
    return newCaller(person.name, role, fence, { permissions, credential, expiresAt: credential.expiresAt })
  }
}

/** Whether the error means that the JWT is invalid. All other errors mean that it could not be checked. */
function isInvalidJwt(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC'
}

async function discoverJwksUri(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs), redirect: 'error' })
  if (!response.ok) throw new Error(`${url} responded with ${response.status}`)
  const configuration = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown }
  const { issuer: configuredIssuer, jwks_uri: jwksUri } = configuration
  if (configuredIssuer !== issuer || typeof jwksUri !== 'string')
    throw new Error(`${url} is not the configuration of ${issuer}`)
  return jwksUri
}

/**
 * Claims that hold a list in one text, separated by spaces (RFC 8693, "scope"; some issuers call it `scp`). Other
 * claims are not split, because they may hold text that people chose themselves.
 */
const spaceSeparatedClaims = new Set(['scope', 'scp'])

function valuesOf(name: string, claim: unknown): string[] {
  const values = Array.isArray(claim)
    ? claim
    : typeof claim === 'string' && spaceSeparatedClaims.has(name)
      ? claim.split(' ')
      : [claim]
  return values.filter((value) => typeof value === 'string')
}
