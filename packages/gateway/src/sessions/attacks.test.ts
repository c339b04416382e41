/** Attacks on sessions: by somebody who has stolen one, and by another program on the same host. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestBrowser, type TestBrowser } from '../testing/browser.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { newFolder, startGatewayProcess } from '../testing/process.ts'
import { startTestProgram } from '../testing/program.ts'

const { newToken, listen } = await startTestProgram()
const { url } = await listen()
const base = new URL(url).origin
const me = '/v1/ecs/me'

async function signInAs(name: string): Promise<TestBrowser> {
  const browser = createTestBrowser(base)
  assert.equal(await browser.signIn({ token: await newToken({ name, role: 'operator' }) }), 201)
  return browser
}

async function newCode(browser: TestBrowser): Promise<string> {
  const { status, body } = await browser.fetch('POST', '/session/codes')
  assert.equal(status, 201)
  return body.oneTimeCode
}

test('a code that a session made signs nobody in after that session has ended', async () => {
  const browser = await signInAs('signs-out')
  const [used, unused] = [await newCode(browser), await newCode(browser)]
  const other = createTestBrowser(base)
  assert.equal(await other.signIn({ oneTimeCode: used }), 201)
  assert.equal((await browser.fetch('DELETE', '/session')).status, 200)
  assert.equal(await createTestBrowser(base).signIn({ oneTimeCode: unused }), 401)
  assert.equal((await other.fetch('GET', me)).status, 200)
})

test('a session that was opened by a code ends no later than the session that made the code', async () => {
  const first = createTestBrowser(base)
  const token = await newToken({ name: 'chained', role: 'viewer' })
  const { body } = await first.fetch('POST', '/session', { body: { token } })
  first.csrfToken = body.csrfToken
  let before = first
  for (let link = 0; link < 3; link++) {
    const next = createTestBrowser(base)
    const opened = await next.fetch('POST', '/session', { body: { oneTimeCode: await newCode(before) } })
    next.csrfToken = opened.body.csrfToken
    assert.ok(opened.body.expiresAt <= body.expiresAt, `${opened.body.expiresAt} is after ${body.expiresAt}`)
    assert.equal(opened.body.me.expiresAt, null)
    before = next
  }
})

test('simultaneous requests make no more codes than the limit', async (t) => {
  // The gateway runs in another process, so that all requests wait there together.
  const { folder, remove } = await newFolder()
  t.after(remove)
  const service = await startGatewayProcess({ folder })
  t.after(async () => {
    service.child.kill('SIGKILL')
    await service.exit
  })
  const { origin } = new URL(service.url)
  const headers = { authorization: `Bearer ${service.token}` }
  const atOnce = (path: string, method: string) =>
    Promise.all(Array.from({ length: 60 }, async () => (await fetch(origin + path, { method, headers })).status))
  // These requests open the connections and warm up the code. The ones that count then overlap from the first on.
  for (let i = 0; i < 3; i++) await atOnce(me, 'GET')
  const statuses = await atOnce('/session/codes', 'POST')
  assert.deepEqual([...new Set(statuses)].sort(), [201, 429])
  assert.equal(statuses.filter((status) => status === 201).length, 20)
})

test('cookies that another program has set for many paths do not hide the session', async () => {
  const browser = await signInAs('many-paths')
  const [[name, value] = []] = browser.cookies
  // A browser sends the cookies with longer paths first.
  const otherCookies = Array.from({ length: 150 }, (_, i) => `${name}=${String(i).padStart(43, 'x')}`)
  const headers = { cookie: [...otherCookies, `${name}=${value}`].join('; ') }
  assert.equal((await browser.fetch('GET', me, { headers })).status, 200)
})

test('signing in again ends the previous session of the browser, with its stream', async () => {
  const browser = await signInAs('before')
  assert.equal((await browser.fetch('PUT', '/v1/ecs/local/clusters/of-the-first', { body: {} })).status, 201)
  const headers = browser.headers()
  const stream = await openEventReader(`${base}/v1/ecs/local/clusters/of-the-first`, headers)
  const token = await newToken({ name: 'after', role: 'viewer' })
  // Neither a failed sign-in nor one with a cookie but without its CSRF token ends the session.
  assert.equal(await browser.signIn({ token: 'unknown' }), 401)
  const { cookie } = headers
  const withCookie = createTestBrowser(base)
  await withCookie.fetch('POST', '/session', { body: { token }, headers: { cookie: cookie! } })
  assert.equal((await fetch(base + me, { headers })).status, 200)
  assert.equal(await browser.signIn({ token }), 201)
  assert.equal((await stream.waitForEvent(({ event }) => event === 'end')).data.code, 'Unauthorized')
  assert.equal((await fetch(base + me, { headers })).status, 401)
  assert.equal((await browser.fetch('GET', me)).body.name, 'after')
})
