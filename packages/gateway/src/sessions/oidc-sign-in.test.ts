import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { createTestBrowser, type TestBrowser } from '../testing/browser.ts'
import { startIdentityProvider } from '../testing/identity-provider.ts'
import { newFolder } from '../testing/process.ts'
import { startTestProgram } from '../testing/program.ts'
import { unlimitedHttp } from '../testing/test-server.ts'

const client = { id: 'ecs-api-console', secret: 'the-secret-of-the-client' }
const provider = await startIdentityProvider(client)
after(() => provider.close())
const oidc = {
  issuer: provider.issuer,
  audience: 'ecs-api',
  clientId: client.id,
  clientSecret: client.secret,
  nameClaim: 'email',
  rules: [{ claim: 'groups', value: 'team-*', role: 'operator' as const }],
}
const program = await startTestProgram({ oidc })
const base = new URL((await program.listen()).url).origin
const claims = { email: 'ada@example.org', groups: ['team-web'] }

const newKey = () => randomBytes(32).toString('base64url')
const oidcPath = (key: string) => `/session/oidc?key=${key}`

/**
 * A person signs in at the identity provider.
 * @returns the `oidc` member that the page then sends to `POST /session`
 */
async function signInAtProvider(browser: TestBrowser, person: object = claims, key = newKey()) {
  const { status, headers } = await browser.fetch('GET', oidcPath(key))
  assert.equal(status, 302)
  const { redirectUri, ...response } = provider.authorize(headers.get('location')!, { ...person })
  assert.equal(redirectUri, `${new URL(browser.headers().origin!).origin}/console/sign-in`)
  return { ...response, key }
}

test('a person signs in at the identity provider', async () => {
  const browser = createTestBrowser(base)
  assert.deepEqual((await browser.fetch('GET', '/session')).body, {
    oidc: { issuer: provider.issuer, clientId: client.id },
  })
  const response = await signInAtProvider(browser)
  assert.match(browser.setCookies[0]!, /^ecs-api-oidc-\d+=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Strict$/)
  assert.equal(await browser.signIn({ oidc: response }), 201)
  const { body } = await browser.fetch('GET', '/v1/ecs/me')
  assert.deepEqual([body.name, body.role], ['oidc:ada@example.org', 'operator'])
  assert.ok(Date.parse(body.expiresAt) - Date.now() < 3_600_000 + 5000)
  // A response signs in only once.
  assert.equal(await browser.signIn({ oidc: response }), 401)
})

test('the response of a sign-in that another browser began is rejected', async () => {
  const attacker = createTestBrowser(base)
  const response = await signInAtProvider(attacker)
  const victim = createTestBrowser(base)
  assert.equal(await victim.signIn({ oidc: response }), 401)
  await signInAtProvider(victim)
  assert.equal(await victim.signIn({ oidc: response }), 401)
  assert.equal(await victim.signIn({ oidc: { ...response, state: 'another' } }), 401)
})

for (const [part, change] of [
  ['nonce', { nonce: 'another' }],
  ['audience', { audience: 'another-client' }],
  ['signature', { key: 'other' }],
] as const)
  test(`an id token with another ${part} is rejected`, async () => {
    const browser = createTestBrowser(base)
    const response = await signInAtProvider(browser)
    provider.forgeNextToken(change)
    const { status, body } = await browser.fetch('POST', '/session', { body: { oidc: response } })
    assert.deepEqual([status, body.code], [401, 'SignInRejected'])
  })

test('a person to whom no rule gives a role is rejected with that reason', async () => {
  const browser = createTestBrowser(base)
  const response = await signInAtProvider(browser, { ...claims, groups: [] })
  const { status, body } = await browser.fetch('POST', '/session', { body: { oidc: response } })
  assert.deepEqual([status, body.detail], [401, 'No rule of the gateway gives this person a role. Sign in again.'])
})

test('a sign-in gets a 503 while the identity provider does not respond, and succeeds later', async () => {
  const other = await startTestProgram({ oidc })
  const browser = createTestBrowser(new URL((await other.listen()).url).origin)
  provider.isDown = true
  const { status, body } = await browser.fetch('GET', oidcPath(newKey()))
  assert.deepEqual([status, body.code], [503, 'IdentityProviderUnreachable'])
  provider.isDown = false
  assert.equal(await browser.signIn({ oidc: await signInAtProvider(browser) }), 201)
})

test('an attacker who sets cookies from another port cannot sign a person in as himself', async () => {
  const attacker = createTestBrowser(base)
  const response = await signInAtProvider(attacker)
  const victim = createTestBrowser(base)
  // A page on another port of the host sets the attacker's cookie, then leads to /console/sign-in?code=…&state=….
  for (const [name, value] of attacker.cookies) victim.cookies.set(name, value)
  const { status, body } = await victim.fetch('POST', '/session', { body: { oidc: { ...response, key: newKey() } } })
  assert.deepEqual([status, body.code], [401, 'SignInRejected'])
  assert.deepEqual(victim.setCookies, [])
})

test('a sign-in needs the key of its page, and only a page of the gateway can begin one', async () => {
  const browser = createTestBrowser(base)
  for (const query of ['', '?key=', '?key=short', `?key=${newKey()}&key=${newKey()}`]) {
    const { status, body } = await browser.fetch('GET', `/session/oidc${query}`)
    assert.deepEqual([status, body.code], [400, 'InvalidQuery'], query)
  }
  for (const site of ['cross-site', 'same-site']) {
    const headers = { 'sec-fetch-site': site }
    const { status, body } = await browser.fetch('GET', oidcPath(newKey()), { headers })
    assert.deepEqual([status, body.code], [403, 'OriginNotAllowed'], site)
  }
  assert.deepEqual(browser.setCookies, [])
  const { key: _, ...withoutKey } = await signInAtProvider(browser)
  assert.equal((await browser.fetch('POST', '/session', { body: { oidc: withoutKey } })).status, 400)
})

test('the sign-ins that one address begins are limited', async () => {
  const http = { ...unlimitedHttp, limits: { ...unlimitedHttp.limits, failedLogins: 5 } }
  const limited = await startTestProgram({ oidc, http })
  const browser = createTestBrowser(new URL((await limited.listen()).url).origin)
  const statuses: number[] = []
  for (let i = 0; i < 7; i++) statuses.push((await browser.fetch('GET', oidcPath(newKey()))).status)
  assert.deepEqual(statuses, [302, 302, 302, 302, 302, 429, 429])
})

test('a session ends when the rules that gave the person a role have changed', async () => {
  const { folder, remove } = await newFolder()
  after(remove)
  /**
   * Starts a gateway with changed settings and sends a request.
   * @param changes to `oidc`; undefined for a gateway without it
   * @param browser with the session of the request; without it, a new person signs in first
   * @returns the status of the request, and the browser that sent it
   */
  const requestAfter = async (changes: Partial<typeof oidc> | undefined, browser?: TestBrowser) => {
    const settings = { data: folder, oidc: changes && { ...oidc, ...changes } }
    const { listen, close } = await startTestProgram(settings)
    const url = new URL((await listen()).url)
    const person = createTestBrowser(url.origin)
    if (browser) {
      const [value] = browser.cookies.values()
      person.cookies.set(`ecs-api-session-${url.port}`, value!)
      person.csrfToken = browser.csrfToken
    } else {
      assert.equal(await person.signIn({ oidc: await signInAtProvider(person) }), 201)
      person.cookies.delete(`ecs-api-oidc-${url.port}`)
    }
    const { status } = await person.fetch('GET', '/v1/ecs/me')
    await close()
    return { status, person }
  }
  const { person } = await requestAfter({})
  assert.equal((await requestAfter({}, person)).status, 200)
  const [rule] = oidc.rules
  assert.equal((await requestAfter({ rules: [{ ...rule!, value: 'team-api' }] }, person)).status, 401)
  assert.equal((await requestAfter({ issuer: 'https://another.example.org' }, person)).status, 401)
  assert.equal((await requestAfter(undefined, person)).status, 401)
})
