import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrowserSessions, maxIdleMs } from '../access/browser-sessions.ts'
import { Tokens } from '../access/tokens.ts'
import { openStore } from '../store/store.ts'
import { createTestBrowser } from '../testing/browser.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { startTestProgram } from '../testing/program.ts'
import { unlimitedHttp } from '../testing/test-server.ts'

const program = await startTestProgram()
const { api, newToken, token, listen } = program
const { url } = await listen()
const base = new URL(url).origin
const port = new URL(url).port
const me = '/v1/ecs/me'

async function signInAs(name: string, role: 'viewer' | 'operator' | 'admin' = 'operator') {
  const value = await newToken({ name, role })
  const browser = createTestBrowser(base)
  assert.equal(await browser.signIn({ token: value }), 201)
  return { browser, value }
}

test('a token opens a session: the cookie and the CSRF token together authenticate its caller', async () => {
  const { browser } = await signInAs('with-token')
  assert.match(
    browser.setCookies[0]!,
    new RegExp(`^ecs-api-session-${port}=[\\w-]{43}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Strict$`),
  )
  const { status, body, headers } = await browser.fetch('GET', me)
  assert.deepEqual([status, body.name, body.role], [200, 'with-token', 'operator'])
  assert.equal(headers.get('vary'), 'Authorization, Cookie')
  assert.equal(headers.get('cache-control'), 'private, no-cache')
  assert.equal((await browser.fetch('PUT', '/v1/ecs/local/clusters/by-session', { body: {} })).status, 201)
})

test('a cookie without its CSRF token is rejected, and so is a CSRF token without its cookie', async () => {
  const { browser } = await signInAs('stolen')
  const other = await signInAs('other-session')
  const { csrfToken } = browser
  browser.csrfToken = undefined
  for (const path of [me, '/v1/ecs/accounts', '/v1/ecs/local/clusters']) {
    const { status, body } = await browser.fetch('GET', path)
    assert.deepEqual([status, body.code], [401, 'Unauthorized'])
    assert.match(body.detail, /X-CSRF-Token/)
  }
  browser.csrfToken = other.browser.csrfToken
  assert.equal((await browser.fetch('GET', me)).status, 401)
  const withoutCookie = createTestBrowser(base)
  withoutCookie.csrfToken = csrfToken
  assert.equal((await withoutCookie.fetch('GET', me)).status, 401)
  const headers = { 'x-csrf-token': csrfToken! }
  assert.equal((await createTestBrowser(base).fetch('GET', me, { headers })).status, 401)
})

test('of a request with Authorization and a cookie, only Authorization counts', async () => {
  const { browser } = await signInAs('in-cookie')
  const headers = { authorization: `Bearer ${token}` }
  assert.equal((await browser.fetch('GET', me, { headers })).body.name, 'admin')
  assert.equal((await browser.fetch('GET', me, { headers: { authorization: 'Bearer wrong' } })).status, 401)
})

test('a cookie that another program of the host has set does not hide the session', async () => {
  const { browser } = await signInAs('two-cookies')
  const name = `ecs-api-session-${port}`
  const cookie = `${name}=${'x'.repeat(43)}; ${name}=${browser.cookies.get(name)}`
  assert.equal((await browser.fetch('GET', me, { headers: { cookie } })).status, 200)
})

test('only a page of the gateway can sign in', async () => {
  const evil = createTestBrowser(base, 'https://evil.example.org')
  const { status, body } = await evil.fetch('POST', '/session', { body: { token } })
  assert.deepEqual([status, body.code], [403, 'OriginNotAllowed'])
  assert.deepEqual(evil.setCookies, [])
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
    { origin: base.replace(/\d+$/, '1') },
  ] as Record<string, string>[]) {
    const sent = { origin: 'https://evil.example.org', ...headers }
    assert.equal((await evil.fetch('POST', '/session', { body: { token }, headers: sent })).status, 403)
  }
  const own = createTestBrowser(base, 'https://name-that-a-proxy-hides.example.org')
  assert.equal(
    (await own.fetch('POST', '/session', { body: { token }, headers: { 'sec-fetch-site': 'same-origin' } })).status,
    201,
  )
})

test('a body without a valid credential gets one clear error, and no cookie', async () => {
  const browser = createTestBrowser(base)
  for (const [body, status, code] of [
    [{ token: 'unknown' }, 401, 'SignInRejected'],
    [{ oneTimeCode: 'unknown' }, 401, 'SignInRejected'],
    [{ oidc: { key: 'k'.repeat(43), code: 'a', state: 'b' } }, 404, 'NoIdentityProvider'],
    [{}, 400, 'InvalidBody'],
    [{ token, oneTimeCode: 'both' }, 400, 'InvalidBody'],
    [{ token: 17 }, 400, 'InvalidBody'],
    [{ password: 'x' }, 400, 'InvalidBody'],
  ] as const) {
    const response = await browser.fetch('POST', '/session', { body })
    assert.deepEqual([response.status, response.body.code], [status, code], JSON.stringify(body))
  }
  assert.deepEqual(browser.setCookies, [])
})

test('a one-time code signs in as the token that made it, once, also when two browsers try at once', async () => {
  const value = await newToken({ name: 'maker', role: 'viewer' })
  const response = await fetch(`${base}/session/codes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${value}` },
  })
  assert.equal(response.status, 201)
  const { oneTimeCode, path, expiresAt } = (await response.json()) as Record<string, string>
  assert.equal(path, `/#code=${oneTimeCode}`)
  assert.ok(Date.parse(expiresAt!) - Date.now() <= 600_000)
  // Only the caller that made the code sees it as its own. The question does not use it up.
  const isCodeOf = async (token: string) => {
    const response = await fetch(`${base}/session/codes/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ oneTimeCode }),
    })
    return ((await response.json()) as { isOfCaller: boolean }).isOfCaller
  }
  assert.equal(await isCodeOf(await newToken({ name: 'not-the-maker', role: 'admin' })), false)
  assert.equal(await isCodeOf(value), true)
  const browsers = [createTestBrowser(base), createTestBrowser(base)]
  const statuses = await Promise.all(browsers.map((browser) => browser.signIn({ oneTimeCode })))
  assert.deepEqual(statuses.sort(), [201, 401])
  const winner = browsers.find((browser) => browser.csrfToken !== undefined)!
  assert.equal((await winner.fetch('GET', me)).body.name, 'maker')
  assert.equal(await createTestBrowser(base).signIn({ oneTimeCode }), 401)
  assert.equal(await isCodeOf(value), false)

  // A code that a session makes signs in as the session's token.
  const second = await winner.fetch('POST', '/session/codes')
  const third = createTestBrowser(base)
  assert.equal(await third.signIn({ oneTimeCode: second.body.oneTimeCode }), 201)
  assert.equal((await third.fetch('GET', me)).body.name, 'maker')
  await api.delete('/tokens/maker')
  assert.equal((await third.fetch('GET', me)).status, 401)
})

test('a token has at most 20 codes that nobody has used', async () => {
  const value = await newToken({ name: 'many-codes', role: 'viewer' })
  const make = () => fetch(`${base}/session/codes`, { method: 'POST', headers: { authorization: `Bearer ${value}` } })
  for (let i = 0; i < 20; i++) assert.equal((await make()).status, 201)
  assert.equal((await make()).status, 429)
})

for (const [participle, change] of [
  ['revoked', () => api.delete('/tokens/gone')],
  ['rotated', () => api.post('/tokens/gone/rotate')],
] as const)
  test(`a session and its stream end when their token is ${participle}`, async () => {
    await api.delete('/tokens/gone')
    const { browser } = await signInAs('gone')
    await browser.fetch('PUT', '/v1/ecs/local/clusters/streamed', { body: {} })
    const stream = await openEventReader(`${base}/v1/ecs/local/clusters/streamed`, browser.headers())
    assert.equal(stream.status, 200)
    await change()
    const end = await stream.waitForEvent(({ event }) => event === 'end')
    assert.equal(end.data.code, 'Unauthorized')
    assert.equal((await browser.fetch('GET', me)).status, 401)
  })

test('signing out ends the session and its stream, and no other session of the token', async () => {
  const { browser, value } = await signInAs('two-sessions')
  const other = createTestBrowser(base)
  await other.signIn({ token: value })
  await browser.fetch('PUT', '/v1/ecs/local/clusters/watched', { body: {} })
  const stream = await openEventReader(`${base}/v1/ecs/local/clusters/watched`, browser.headers())
  const ended = await browser.fetch('DELETE', '/session')
  assert.deepEqual([ended.status, ended.body.me.name], [200, 'two-sessions'])
  assert.match(browser.setCookies.at(-1)!, /=; Path=\/; Max-Age=0;/)
  assert.equal((await stream.waitForEvent(({ event }) => event === 'end')).data.code, 'Unauthorized')
  assert.equal((await browser.fetch('GET', me)).status, 401)
  assert.equal((await other.fetch('GET', me)).status, 200)
})

test('a DELETE of the session by a request with a token gets a 404', async () => {
  const response = await fetch(`${base}/session`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  assert.equal(response.status, 404)
  assert.equal(((await response.json()) as { code: string }).code, 'SessionNotFound')
})

test('a session has the role and the fence of its token', async () => {
  const value = await newToken({ name: 'fenced', role: 'viewer', clusters: ['web-*'] })
  const browser = createTestBrowser(base)
  await browser.signIn({ token: value })
  assert.equal((await browser.fetch('PUT', '/v1/ecs/local/clusters/web-1', { body: {} })).status, 403)
  assert.equal((await browser.fetch('GET', '/v1/ecs/local/clusters/other')).status, 403)
})

test('the audit log has each sign-in with its caller, and no secret; a failed one is not in it', async () => {
  const before = program.auditEntries.length
  const { value } = await signInAs('audited')
  await createTestBrowser(base).signIn({ token: 'unknown' })
  const entries = program.auditEntries.slice(before) as { action: string; caller: string; status: number }[]
  const signIns = entries.filter(({ action }) => action === 'POST /session')
  assert.deepEqual(
    signIns.map(({ caller, status }) => [caller, status]),
    [['audited', 201]],
  )
  assert.ok(!JSON.stringify([entries, program.requestLines]).includes(value))
})

test('nobody without a token can send a large body', async () => {
  const body = { token: 'x'.repeat(40_000) }
  assert.equal((await createTestBrowser(base).fetch('POST', '/session', { body })).status, 413)
})

test('the failed sign-ins of an address are limited', async () => {
  const limited = await startTestProgram({
    http: { ...unlimitedHttp, limits: { ...unlimitedHttp.limits, failedLogins: 5 } },
  })
  const other = new URL((await limited.listen()).url).origin
  const statuses: number[] = []
  for (let i = 0; i < 7; i++) statuses.push(await createTestBrowser(other).signIn({ token: `guess-${i}` }))
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
})

test('a session ends after 12 hours without a request, and after 30 days; a code after 10 minutes', async () => {
  const store = await openStore(
    { url: undefined, key: undefined, data: ':memory:' },
    { onNotice: () => {}, onQuery: () => {} },
  )
  let time = Date.now()
  const onUnexpectedError = (error: unknown) => assert.fail(String(error))
  const tokensDeps = { store, adminToken: 'the-token-of-the-first-admin', now: () => time, onUnexpectedError }
  const tokens = new Tokens({ ...tokensDeps, broadcast: () => {} })
  const sessionsDeps = { store, oidcSettingsHash: undefined, now: () => time, broadcast: () => {}, onUnexpectedError }
  const sessions = new BrowserSessions({ ...sessionsDeps, tokens })
  const isOpen = async ({ cookie, csrfToken }: { cookie: string; csrfToken: string }) =>
    (await sessions.authenticate([cookie], csrfToken)) !== undefined
  const idle = await sessions.open(tokens.admin)
  time += maxIdleMs - 1
  assert.equal(await isOpen(idle), true)
  time += maxIdleMs - 1
  assert.equal(await isOpen(idle), true)
  time += maxIdleMs + 1
  assert.equal(await isOpen(idle), false)

  const used = await sessions.open(tokens.admin)
  const openedAt = time
  for (; time < openedAt + 30 * 86_400_000; time += maxIdleMs - 1) assert.equal(await isOpen(used), true)
  assert.equal(await isOpen(used), false)

  const { code } = await sessions.createCode(tokens.admin)
  time += 600_001
  assert.equal(await sessions.redeem(code), undefined)

  // The token of the first admin comes from the configuration. Its sessions end when the configuration has another one.
  const withOldToken = await sessions.open(tokens.admin)
  const next = new Tokens({ ...tokensDeps, adminToken: 'another-token-of-the-admin', broadcast: () => {} })
  const after = new BrowserSessions({ ...sessionsDeps, tokens: next })
  assert.equal(await after.authenticate([withOldToken.cookie], withOldToken.csrfToken), undefined)

  // A further session beyond 100 removes the oldest one.
  const first = await sessions.open(tokens.admin)
  for (let i = 0; i < 100; i++) {
    time += 10
    await sessions.open(tokens.admin)
  }
  assert.equal(await isOpen(first), false)
  await store.close()
})
