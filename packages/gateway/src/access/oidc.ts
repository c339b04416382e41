/**
 * JWTs of a configured OpenID Connect issuer, as good as tokens. The issuer's keys are fetched when the first one is shown, kept, and
 * fetched again when a JWT is signed with one that is not known (RFC 7519, OpenID Connect Discovery 1.0).
 */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { Unavailable } from '../problems/problem.ts'
import { callerWith, type FencedCaller } from './caller.ts'
import { everything, matcher } from './fence.ts'
import type { Role } from './roles.ts'
import { hashOf } from './token-value.ts'

/** Who has this claim gets this; the first rule that fits counts. */
export interface ClaimRule {
  /** Name of the claim, such as `groups`. */
  claim: string
  /** A glob that the claim, or one of its list, must match. */
  value: string
  role: Role
  accounts?: string[]
  clusters?: string[]
  taskDefinitions?: string[]
}

export interface OidcSettings {
  /** As it stands in `iss`. */
  issuer: string
  audience: string
  /** Where the issuer's keys are; without it found by discovery. */
  jwksUri?: string
  /** The claim that names people in the log and the audit. */
  nameClaim: string
  rules: ClaimRule[]
}

/** What an issuer signs with; none of them is symmetric. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const clockToleranceSeconds = 30
const fetchMs = 5_000
/** An issuer that signs with a new key is asked for it at once; anybody can name a key, so no more often than this. */
const cooldownMs = 1_000
const maxRemembered = 10_000
const rememberedMs = 30_000

type IssuerKeys = ReturnType<typeof createRemoteJWKSet>

export class OidcIssuer {
  readonly #settings: OidcSettings
  #keys: Promise<IssuerKeys> | undefined
  /** By hash: who showed a JWT a moment ago, so that a hot read costs no signature. */
  readonly #known = new LRUCache<string, FencedCaller>({ max: maxRemembered })

  constructor(settings: OidcSettings) {
    this.#settings = settings
  }

  /**
   * Who shows this JWT, or undefined: not of this issuer, expired, or without a claim that lets them in.
   * @throws Unavailable `IdentityProviderUnreachable`
   */
  async authenticate(jwt: string): Promise<FencedCaller | undefined> {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) return undefined
    const hash = hashOf(jwt)
    const known = this.#known.get(hash)
    if (known) return known
    const claims = await this.#verified(jwt)
    const caller = claims && this.#callerOf(claims)
    if (caller)
      this.#known.set(hash, caller, { ttl: Math.min(rememberedMs, Math.max(1, (claims.exp ?? 0) * 1000 - Date.now())) })
    return caller
  }

  async #verified(jwt: string): Promise<JWTPayload | undefined> {
    const { issuer, audience } = this.#settings
    let keys: IssuerKeys | undefined
    this.#keys ??= this.#findKeys()
    const finding = this.#keys
    try {
      keys = await finding
      const options = { issuer, audience, algorithms, clockTolerance: clockToleranceSeconds, requiredClaims: ['exp'] }
      return (await jwtVerify(jwt, keys, options)).payload
    } catch (error) {
      if (isRefusal(error)) return undefined
      // Anybody can name a key that is not known: the known ones stay good meanwhile. Where there are none, they may be elsewhere now.
      if (!keys?.fresh && this.#keys === finding) this.#keys = undefined
      throw new Unavailable(
        'IdentityProviderUnreachable',
        'The issuer’s keys could not be fetched, so the JWT cannot be checked.',
        {
          next: 'Repeat it; a token of this service works meanwhile.',
          retryAfterSeconds: 5,
          cause: error,
        },
      )
    }
  }

  async #findKeys(): Promise<IssuerKeys> {
    const { issuer, jwksUri } = this.#settings
    return createRemoteJWKSet(new URL(jwksUri ?? (await discovered(issuer))), {
      timeoutDuration: fetchMs,
      cooldownDuration: cooldownMs,
    })
  }

  #callerOf(claims: JWTPayload): FencedCaller | undefined {
    const rule = this.#settings.rules.find(({ claim, value }) => valuesOf(claim, claims[claim]).some(matcher([value])))
    const name = claims[this.#settings.nameClaim]
    if (!rule || typeof name !== 'string' || name === '') return undefined
    // A colon stands in no token's name, so nobody is taken for a token.
    const { accounts = everything, clusters = everything, taskDefinitions = everything } = rule
    return callerWith(`oidc:${name}`, rule.role, { accounts, clusters, taskDefinitions })
  }
}

/** The JWT is no good; everything else means that it could not be told. */
function isRefusal(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC'
}

async function discovered(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await fetch(url, { signal: AbortSignal.timeout(fetchMs), redirect: 'error' })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  const { issuer: told, jwks_uri: jwksUri } = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown }
  if (told !== issuer || typeof jwksUri !== 'string') throw new Error(`${url} is not the configuration of ${issuer}`)
  return jwksUri
}

/** Lists in one text (RFC 8693, "scope"; `scp` is the same elsewhere). In another claim a word may be one that people gave themselves. */
const wordLists = new Set(['scope', 'scp'])

function valuesOf(name: string, claim: unknown): string[] {
  const values = Array.isArray(claim)
    ? claim
    : typeof claim === 'string' && wordLists.has(name)
      ? claim.split(' ')
      : [claim]
  return values.filter((value) => typeof value === 'string')
}
