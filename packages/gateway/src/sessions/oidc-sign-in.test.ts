import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type TestBrowser, testBrowser } from '../testing/browser.ts'
import { identityProvider } from '../testing/identity-provider.ts'
import { testProgram } from '../testing/program.ts'

const client = { id: 'ecs-api-console', secret: 'the-secret-of-the-client' }
const provider = await identityProvider(client)
after(() => provider.close())
const oidc = {
  issuer: provider.issuer,
  audience: 'ecs-api',
  clientId: client.id,
  clientSecret: client.secret,
  nameClaim: 'email',
  rules: [{ claim: 'groups', value: 'team-*', role: 'operator' as const }],
}
const program = await testProgram({}, [], undefined, { oidc })
const base = new URL((await program.listen()).url).origin
const claims = { email: 'ada@example.org', groups: ['team-web'] }

/** Begins a sign-in. @returns where the browser was sent */
async function begin(browser: TestBrowser): Promise<string> {
  const { status, headers } = await browser.fetch('GET', '/session/oidc')
  assert.equal(status, 302)
  return headers.get('location')!
}

test('a person signs in at the identity provider', async () => {
  const browser = testBrowser(base)
  assert.deepEqual((await browser.fetch('GET', '/session')).body, {
    oidc: { issuer: provider.issuer, clientId: client.id },
  })
  const url = await begin(browser)
  assert.match(browser.setCookies[0]!, /^ecs-api-oidc-\d+=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Strict$/)
  const { redirectUri, ...response } = provider.authorize(url, claims)
  assert.equal(redirectUri, `${base}/console/sign-in`)
  assert.equal(await browser.signIn({ oidc: response }), 201)
  const { body } = await browser.fetch('GET', '/v1/ecs/me')
  assert.deepEqual([body.name, body.role], ['oidc:ada@example.org', 'operator'])
  assert.ok(Date.parse(body.expiresAt) - Date.now() < 3_600_000 + 5000)
  // The response counts once.
  assert.equal(await browser.signIn({ oidc: response }), 401)
})

test('the response of a sign-in that another browser began is rejected', async () => {
  const attacker = testBrowser(base)
  const { redirectUri, ...response } = provider.authorize(await begin(attacker), claims)
  const victim = testBrowser(base)
  assert.equal(await victim.signIn({ oidc: response }), 401)
  await begin(victim)
  assert.equal(await victim.signIn({ oidc: response }), 401)
  assert.equal(await victim.signIn({ oidc: { ...response, state: 'another' } }), 401)
})

for (const [what, change] of [
  ['nonce', { nonce: 'another' }],
  ['audience', { audience: 'another-client' }],
  ['signature', { key: 'other' }],
] as const)
  test(`an id token with another ${what} is rejected`, async () => {
    const browser = testBrowser(base)
    const { redirectUri, ...response } = provider.authorize(await begin(browser), claims)
    provider.forge(change)
    const { status, body } = await browser.fetch('POST', '/session', { body: { oidc: response } })
    assert.deepEqual([status, body.code], [401, 'SignInRejected'])
  })

test('a person to whom no rule gives a role is rejected with that reason', async () => {
  const browser = testBrowser(base)
  const { redirectUri, ...response } = provider.authorize(await begin(browser), { ...claims, groups: [] })
  const { status, body } = await browser.fetch('POST', '/session', { body: { oidc: response } })
  assert.deepEqual([status, body.detail], [401, 'No rule of this service gives this person a role. Sign in again.'])
})

test('an identity provider that does not respond is 503, and another try succeeds', async () => {
  const other = await testProgram({}, [], undefined, { oidc })
  const browser = testBrowser(new URL((await other.listen()).url).origin)
  provider.isDown = true
  const { status, body } = await browser.fetch('GET', '/session/oidc')
  assert.deepEqual([status, body.code], [503, 'IdentityProviderUnreachable'])
  provider.isDown = false
  const { redirectUri, ...response } = provider.authorize(await begin(browser), claims)
  assert.equal(await browser.signIn({ oidc: response }), 201)
})
