import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { startTestProgram } from '../testing/program.ts'

type Keys = Awaited<ReturnType<typeof generateKeyPair>>
/** A key pair whose public key the issuer publishes. */
interface Published {
  kid: string
  keys: Keys
}
const published: Published[] = []
let fetches = 0
let isDown = false

const provider = createServer(async (request, response) => {
  if (isDown) return void response.writeHead(500).end()
  fetches++
  const keys = await Promise.all(
    published.map(async ({ kid, keys }) => ({ ...(await exportJWK(keys.publicKey)), kid, alg: 'ES256', use: 'sig' })),
  )
  const answer = request.url === '/keys' ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
}).listen(0, '127.0.0.1')
await once(provider, 'listening')
after(() => provider.close())
const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`

async function publish(kid: string): Promise<void> {
  published.push({ kid, keys: await generateKeyPair('ES256') })
}
await publish('first')

const rules = [
  { claim: 'groups', value: 'platform', role: 'admin' as const },
  { claim: 'groups', value: 'team-*', role: 'operator' as const, accounts: ['local'], clusters: ['web-*'] },
  { claim: 'scope', value: 'read', role: 'viewer' as const },
  { claim: 'scp', value: 'read', role: 'viewer' as const },
  { claim: 'groups', value: 'web shop', role: 'viewer' as const },
]
const settings = { issuer, audience: 'ecs-api', nameClaim: 'email', rules }
const { api, requestLines } = await startTestProgram({ oidc: settings })

interface Claims {
  [name: string]: unknown
}
async function newJwt(
  claims: Claims,
  { kid = 'first', audience = 'ecs-api', iss = issuer, expires = '1h' } = {},
): Promise<string> {
  return signToken(published.find((one) => one.kid === kid)!, claims, { audience, iss, expires })
}
async function signToken(
  { kid, keys }: Published,
  claims: Claims,
  { audience = 'ecs-api', iss = issuer, expires = '1h' } = {},
): Promise<string> {
  return new SignJWT({ email: 'ada@example.org', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(iss)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(keys.privateKey)
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('claims decide role and fence, and the first matching rule applies', async () => {
  const statuses = async (token: string, cluster: string) => [
    (await api.get('/tokens', bearer(token))).status,
    (await api.post('/local/clusters', { name: cluster }, bearer(token))).status,
    (await api.get('/accounts', bearer(token))).status,
  ]
  assert.deepEqual(await statuses(await newJwt({ groups: ['staff', 'platform'] }), 'any'), [200, 201, 200])
  assert.deepEqual(await statuses(await newJwt({ groups: 'team-web' }), 'web-1'), [403, 201, 200])
  assert.deepEqual(await statuses(await newJwt({ groups: ['team-web'] }), 'other'), [403, 403, 200])
  assert.deepEqual(await statuses(await newJwt({ scope: 'openid read' }), 'web-2'), [403, 403, 200])
  assert.equal(requestLines.at(-1)?.token, 'oidc:ada@example.org')
  const me = (await api.get('/me', bearer(await newJwt({ groups: 'team-web' })))).body
  assert.equal(me.name, 'oidc:ada@example.org')
  assert.ok(Date.parse(me.expiresAt) > Date.now(), me.expiresAt)
  assert.deepEqual(await statuses(await newJwt({ groups: ['students'] }), 'web-3'), [401, 401, 401])
})

test('a claim is one value or a list; only scopes are lists of words', async () => {
  const statusOf = async (claims: Claims) => (await api.get('/accounts', bearer(await newJwt(claims)))).status
  // A caller that can put free text into a claim must not gain access with one word of it.
  assert.equal(await statusOf({ groups: 'friends of platform' }), 401)
  assert.equal(await statusOf({ groups: ['friends platform'] }), 401)
  assert.equal(await statusOf({ groups: 'web shop' }), 200)
  assert.equal(await statusOf({ scp: 'openid read' }), 200)
  assert.equal(await statusOf({ groups: { platform: true } }), 401)
})

test('a JWT with a wrong issuer, audience, time or signature, or without a signature, gets a 401', async () => {
  const groups = ['platform']
  const good = await newJwt({ groups })
  const stranger = await generateKeyPair('ES256')
  const forged = await new SignJWT({ groups, email: 'eve' })
    .setProtectedHeader({ alg: 'ES256', kid: 'first' })
    .setIssuer(issuer)
    .setAudience('ecs-api')
    .setExpirationTime('1h')
    .sign(stranger.privateKey)
  const symmetric = await new SignJWT({ groups, email: 'eve' })
    .setProtectedHeader({ alg: 'HS256', kid: 'first' })
    .setIssuer(issuer)
    .setAudience('ecs-api')
    .setExpirationTime('1h')
    .sign(Buffer.from(JSON.stringify(await exportJWK(published[0]!.keys.publicKey))))
  const bad = [
    await newJwt({ groups }, { audience: 'another' }),
    await newJwt({ groups }, { iss: 'https://elsewhere.example' }),
    await newJwt({ groups }, { expires: '-1h' }),
    await newJwt({ groups, email: undefined }),
    new UnsecuredJWT({ groups, email: 'eve' })
      .setIssuer(issuer)
      .setAudience('ecs-api')
      .setExpirationTime('1h')
      .encode(),
    forged,
    symmetric,
    good.slice(0, -4),
    'a.b.c',
  ]
  for (const token of bad) assert.equal((await api.get('/accounts', bearer(token))).status, 401, token)
  assert.equal((await api.get('/accounts', bearer(good))).status, 200)
})

test('the issuer’s keys are fetched once', async () => {
  const before = fetches
  for (let i = 0; i < 20; i++)
    assert.equal((await api.get('/accounts', bearer(await newJwt({ groups: ['platform'], i })))).status, 200)
  assert.equal(fetches, before)
})

test('after a key rotation the new key works at once, and the old key until the cached keys expire', async (t) => {
  const rotated = await startTestProgram({ oidc: settings })
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const statusOf = async (kid: string) =>
    (await rotated.api.get('/accounts', bearer(await newJwt({ groups: ['platform'], at: Date.now() }, { kid })))).status
  assert.equal(await statusOf('first'), 200)
  await publish('second')
  t.mock.timers.tick(1_500)
  assert.equal(await statusOf('second'), 200)
  const [first] = published.splice(0, 1)
  t.after(() => published.unshift(first!))
  const token = signToken(first!, { groups: ['platform'] })
  t.mock.timers.tick(11 * 60_000)
  assert.deepEqual(
    [(await rotated.api.get('/accounts', bearer(await token))).status, await statusOf('second')],
    [401, 200],
  )
})

test('while the issuer is unreachable, JWTs signed with a cached key keep working', async (t) => {
  const kept = await startTestProgram({ oidc: settings })
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const statusOf = async (token: string) => (await kept.api.get('/accounts', bearer(token))).status
  assert.equal(await statusOf(await newJwt({ groups: ['platform'] })), 200)
  t.after(() => {
    isDown = false
  })
  isDown = true
  t.mock.timers.tick(31_000)
  // Any client can create such a JWT.
  const stranger = { kid: 'unknown', keys: await generateKeyPair('ES256') }
  assert.equal(await statusOf(await signToken(stranger, { groups: ['platform'] })), 503)
  assert.equal(await statusOf(await newJwt({ groups: ['platform'], at: Date.now() })), 200)
})

test('an unreachable issuer gives a 503 to requests with a JWT only', async () => {
  isDown = true
  const alone = await startTestProgram({ oidc: settings })
  const rejected = await alone.api.get('/accounts', bearer(await newJwt({ groups: ['platform'] })))
  assert.deepEqual(
    [rejected.status, rejected.body.code, rejected.headers['retry-after']],
    [503, 'IdentityProviderUnreachable', '5'],
  )
  assert.equal((await alone.api.get('/accounts')).status, 200)
  isDown = false
  assert.equal((await alone.api.get('/accounts', bearer(await newJwt({ groups: ['platform'] })))).status, 200)
})
