// Attacks on the console: from another port of its host, and by the next person who uses the browser.
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { after, type TestContext, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { createTestBrowser } from '../../packages/gateway/src/testing/browser.ts'
import { startIdentityProvider } from '../../packages/gateway/src/testing/identity-provider.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import {
  createExampleServices,
  hideSimulation,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const expectedErrors = [/^request: http:\/\/127\.0\.0\.1:\d+\/$/, /401 \(Unauthorized\)/, /403 \(Forbidden\)/]
const signInHeading = { name: 'Sign in to ecs-api' }
const client = { id: 'ecs-api-console', secret: 'the-secret-of-the-client' }

const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const provider = skip ? undefined : await startIdentityProvider(client)
after(() => provider?.close())
const rules = [{ claim: 'email', value: '*', role: 'operator' as const }]
const { issuer = '' } = provider ?? {}
const ofClient = { clientId: client.id, clientSecret: client.secret }
const oidc = { issuer, audience: 'ecs-api', ...ofClient, nameClaim: 'email', rules }
const withOidc = skip ? undefined : await startTestProgram({ oidc })

/** Starts another program on the host, which runs until the end of the test. @returns its address */
async function startOtherServer(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`
}

/** Signs another person in on the same browser: by an address with a code, and the dialog that asks about it. */
async function signInAsNextPerson(profile: BrowserContext, url: string, token: string): Promise<Page> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/session/codes`, { method: 'POST', headers })
  const { path } = (await response.json()) as { path: string }
  const page = await profile.newPage()
  await page.goto(url + path)
  const [me] = await Promise.all([
    page.waitForResponse((response) => response.url() === `${url}/session` && response.status() === 201),
    page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click(),
  ])
  assert.equal(me.status(), 201)
  return page
}

test('a page on another port cannot sign a person in as the attacker, and the person can still sign in', {
  skip,
}, async (t) => {
  const url = new URL((await withOidc!.listen()).url).origin

  const attacker = createTestBrowser(url)
  const begun = await attacker.fetch('GET', `/session/oidc?key=${'a'.repeat(43)}`)
  const { code, state } = provider!.authorize(begun.headers.get('location')!, { email: 'eve@example.org' })
  const evil = await startOtherServer(t, (_, response) => {
    response.setHeader('set-cookie', attacker.setCookies)
    response.writeHead(302, { location: `${url}/console/sign-in?code=${code}&state=${state}` }).end()
  })

  const profile = await newBrowserProfile(t, url, { expectedErrors: [...expectedErrors, /^request: http:/] })
  provider!.person = { email: 'ada@example.org' }
  const page = await profile.newPage()
  await page.goto(evil)
  await page.getByText('This sign-in was not begun in this browser. Sign in again.').waitFor()
  assert.deepEqual(
    (await profile.cookies(url)).filter(({ name }) => /session/.test(name)),
    [],
  )
  await page.getByRole('button', { name: /^Sign in at/ }).click()
  await page.getByRole('banner').getByText('oidc:ada@example.org').waitFor()
  await page.goto(evil)
  await page.getByRole('banner').getByText('oidc:ada@example.org').waitFor()
  assert.equal(await page.evaluate('localStorage.getItem("ecs-api.oidc-key")'), null)
})

test('a link on another site signs nobody in without a question', { skip }, async (t) => {
  const { url, token } = program!
  const response = await fetch(`${url}/session/codes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  const { path } = (await response.json()) as { path: string }
  const evil = await startOtherServer(t, (_, answer) => {
    answer
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><a rel="noreferrer" href="${url}${path}">A link</a>`)
  })
  const page = await (await newBrowserProfile(t, url, { expectedErrors })).newPage()
  const signIns: string[] = []
  page.on('request', (request) => {
    if (request.url() === `${url}/session`) signIns.push(request.method())
  })
  // Also when the browser has the document in its cache.
  await page.goto(url)
  await page.getByRole('heading', signInHeading).waitFor()
  await page.goto(evil)
  await page.getByRole('link', { name: 'A link' }).click()
  const question = page.getByRole('dialog', { name: 'Sign in' })
  await question.getByText(/with the link that you opened/).waitFor()
  assert.ok(!signIns.includes('POST'))
  await question.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
})

test('what one person has seen is gone from every tab when another one signs in', { skip }, async (t) => {
  const { url, newToken } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors })
  const page = await signedInPage(profile, url, await newToken({ name: 'first-person', role: 'admin' }))
  // The next person must not read this resource, and a failed query would keep its old data.
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  await waitForText(page, /3 running/)
  const stranger = { name: 'stranger', role: 'viewer' as const, clusters: ['other'] }
  const other = await signInAsNextPerson(profile, url, await newToken(stranger))
  await other.close()
  await page.getByRole('banner').getByText('stranger').waitFor()
  await page.getByText('3 running').waitFor({ state: 'detached' })
})

test('signing out in one tab leaves no data in another, nor in a page that the back button shows', {
  skip,
}, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors })
  const page = await signedInPage(profile, url, token)
  await page.keyboard.press('/')
  await page.getByRole('dialog').getByText('prod/www').first().click()
  await waitForText(page, /3 running/)
  assert.match(String(await page.evaluate('JSON.stringify(localStorage)')), /www/)
  const kept = await profile.newPage()
  await kept.goto(`${url}/console/local/services`)
  await waitForText(kept, /prod\/www/)
  // A page in the back-forward cache gets no events.
  await kept.evaluate(`addEventListener('storage', (event) => event.stopImmediatePropagation(), true)`)
  const leaving = await profile.newPage()
  await leaving.goto(url)
  await leaving.getByRole('banner').locator('summary', { hasText: 'admin' }).click()
  await leaving.getByRole('button', { name: 'Sign out' }).click()
  for (const each of [leaving, page]) {
    await each.getByRole('heading', signInHeading).waitFor()
    assert.doesNotMatch(await each.content(), /www/)
  }
  assert.doesNotMatch(String(await page.evaluate('JSON.stringify(localStorage)')), /www/)
  await kept.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`)
  await kept.getByRole('heading', signInHeading).waitFor()
  assert.doesNotMatch(await kept.content(), /www/)
})

test('a sign-out without a response says so', { skip }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/net::ERR_FAILED/] })
  const page = await signedInPage(profile, url, token)
  await profile.route('**/session', (route) => route.abort())
  await page.getByRole('banner').locator('summary', { hasText: 'admin' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', signInHeading).waitFor()
  await page.getByText(/The gateway did not respond, so it ends the session only after 12 hours/).waitFor()
})

test('a link on another site opens no shell: the person is asked first, also after a sign-out', { skip }, async (t) => {
  const { url, token } = program!
  const ofTask = `/console/local/clusters/prod/tasks/${exampleIds!.runningTask}/terminal`
  const alone = `/console/terminal?account=local&cluster=prod&task=${exampleIds!.runningTask}&container=web`
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [...expectedErrors, /status of 50\d/, /status of 409/],
  })
  await hideSimulation(profile)
  const shells: string[] = []
  profile.on('request', (request) => {
    if (request.url().endsWith('/exec')) shells.push(request.method())
  })
  const page = await signedInPage(profile, url, token)
  for (const path of [ofTask, alone]) {
    const evil = await startOtherServer(t, (_, response) => {
      response.setHeader('content-type', 'text/html').end(`<!doctype html><a href="${url}${path}">A link</a>`)
    })
    await page.goto(evil)
    // Playwright's questions count as a use of the page: none before the page has decided.
    const task = path === ofTask && page.waitForResponse((response) => response.url().endsWith(exampleIds!.runningTask))
    await page.getByRole('link', { name: 'A link' }).click()
    await task
    await page.getByRole('button', { name: 'Connect' }).waitFor()
    assert.deepEqual(shells, [])
    await Promise.all([
      page.waitForRequest((request) => request.url().endsWith('/exec')),
      page.getByRole('button', { name: 'Connect' }).click(),
    ])
    assert.deepEqual(shells.splice(0), ['POST'])
  }
  // The console's own link asks for it.
  const opener = await profile.newPage()
  await opener.goto(url + ofTask)
  const [opened] = await Promise.all([
    profile.waitForEvent('page'),
    opener.getByRole('link', { name: 'New window' }).click(),
  ])
  await opened.getByRole('button', { name: 'Connect again' }).waitFor()
  await Promise.all([
    opened.waitForRequest((request) => request.url().endsWith('/exec')),
    opened.getByRole('button', { name: 'Connect again' }).click(),
  ])
  await opened.getByRole('button', { name: 'Connect again' }).waitFor()
  await opener.goto(url)
  await opener.getByRole('banner').locator('summary', { hasText: 'admin' }).click()
  await opener.getByRole('button', { name: 'Sign out' }).click()
  await opened.getByRole('button', { name: 'Connect', exact: true }).waitFor()
})
