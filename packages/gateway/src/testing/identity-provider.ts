/**
 * An OpenID Connect issuer for tests: discovery, keys, and a token endpoint that checks PKCE and the client's secret.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export interface IdentityProvider {
  issuer: string
  /** Signs a person in at the authorization URL. @returns the parameters with which the browser is redirected back */
  authorize: (url: string, claims: Record<string, unknown>) => { code: string; state: string; redirectUri: string }
  /** The claims of the person. When set, the issuer redirects every browser back at once, signed in as this person. */
  person: Record<string, unknown> | undefined
  /** Approves a device sign-in: a person enters its code. */
  approveDevice: (userCode: string, claims: Record<string, unknown>) => void
  /** Changes the next id token as an attacker would. */
  forgeNextToken: (change: { nonce?: string; audience?: string; key?: 'other' }) => void
  isDown: boolean
  close: () => void
}

interface Grant {
  challenge: string
  nonce: string
  redirectUri: string
  claims: Record<string, unknown>
}

export async function startIdentityProvider(client: { id: string; secret: string }): Promise<IdentityProvider> {
  const keys = await generateKeyPair('ES256')
  const otherKeys = await generateKeyPair('ES256')
  const grants = new Map<string, Grant>()
  let forged: { nonce?: string; audience?: string; key?: 'other' } = {}

  const devices = new Map<string, Record<string, unknown> | undefined>()
  const idTokenOf = (claims: Record<string, unknown>, audience: string, key = keys.privateKey) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'first' })
      .setIssuer(provider.issuer)
      .setAudience(audience)
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key)

  const deviceResponse = async (code: string) => {
    const claims = devices.get(code)
    if (!claims) return { status: 400, body: { error: 'authorization_pending' } }
    const idToken = await idTokenOf(claims, client.id)
    return { status: 200, body: { access_token: 'unused', token_type: 'Bearer', id_token: idToken } }
  }

  const tokenResponse = async (body: URLSearchParams, authorization: string | undefined) => {
    // Both parts are form-urlencoded (RFC 6749, 2.3.1).
    const credentials = decodeURIComponent(
      Buffer.from((authorization ?? '').replace('Basic ', ''), 'base64').toString(),
    )
    const code = body.get('code') ?? ''
    const grant = grants.get(code)
    grants.delete(code)
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (
      credentials !== `${client.id}:${client.secret}` ||
      challenge !== grant?.challenge ||
      body.get('redirect_uri') !== grant.redirectUri
    )
      return { status: 400, body: { error: 'invalid_grant' } }
    const change = forged
    forged = {}
    const idToken = await idTokenOf(
      { ...grant.claims, nonce: change.nonce ?? grant.nonce },
      change.audience ?? client.id,
      change.key ? otherKeys.privateKey : keys.privateKey,
    )
    return { status: 200, body: { access_token: 'unused', token_type: 'Bearer', id_token: idToken } }
  }

  const server = createServer(async (request, response) => {
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const { issuer } = provider
    if (provider.isDown) return void send(503, {})
    if (provider.person && request.url?.startsWith('/authorize?')) {
      const { redirectUri, code, state } = provider.authorize(issuer + request.url, provider.person)
      const location = `${redirectUri}?${new URLSearchParams({ code, state })}`
      return void response.writeHead(302, { location }).end()
    }
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return void send(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          device_authorization_endpoint: `${issuer}/device`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        })
      case '/keys':
        return void send(200, {
          keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'first', alg: 'ES256', use: 'sig' }],
        })
      case '/device': {
        const code = randomBytes(4).toString('hex')
        devices.set(code, undefined)
        const body = {
          device_code: code,
          user_code: code,
          verification_uri: `${issuer}/enter`,
          expires_in: 600,
          interval: 1,
        }
        return void send(200, body)
      }
      default: {
        const parameters = new URLSearchParams(await text(request))
        const deviceCode = parameters.get('device_code')
        const { status, body } =
          deviceCode === null
            ? await tokenResponse(parameters, request.headers.authorization)
            : await deviceResponse(deviceCode)
        send(status, body)
      }
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const provider: IdentityProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isDown: false,
    person: undefined,
    authorize: (url, claims) => {
      const { searchParams } = new URL(url)
      const parameter = (name: string) => searchParams.get(name) ?? ''
      const code = randomBytes(16).toString('hex')
      const redirectUri = parameter('redirect_uri')
      grants.set(code, { challenge: parameter('code_challenge'), nonce: parameter('nonce'), redirectUri, claims })
      return { code, state: parameter('state'), redirectUri }
    },
    approveDevice: (userCode, claims) => void devices.set(userCode, claims),
    forgeNextToken: (change) => {
      forged = change
    },
    close: () => server.close(),
  }
  return provider
}
