// The session of a browser: what signs in, what a cookie alone opens, who may show the console in a frame.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import {
  createExampleServices,
  newBrowserProfile,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))

test('the one-time code leaves the address and the history, and counts once', { skip }, async (t) => {
  const { url, api } = program!
  const { path, oneTimeCode } = (await api.post('/session/codes')).body
  const page = await (await newBrowserProfile(t, url)).newPage()
  await page.goto(url + path)
  await waitForText(page, /of 2 services/)
  const entries = (await (await page.context().newCDPSession(page)).send('Page.getNavigationHistory')).entries
  assert.deepEqual(
    [page.url(), ...entries.map((entry) => entry.url)].filter((address) => address.includes(oneTimeCode)),
    [],
  )
  assert.doesNotMatch(String(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')), /code/i)
  const again = await (await newBrowserProfile(t, url, { expectedErrors: [/401 \(Unauthorized\)/] })).newPage()
  await again.goto(url + path)
  await again.getByText(/This code is not known here, was used.* Make a new one with npx ecs-api open, or/).waitFor()
  await again.getByLabel('Token').fill('wrong')
  await again.getByRole('button', { name: 'Sign in', exact: true }).click()
  await again.getByText(/This token is not known here\. Copy it completely: it begins with ecsapi_\./).waitFor()
})

test('a cookie alone is 401, also for a page of the gateway itself', { skip }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/401 \(Unauthorized\)/] })
  const page = await signedInPage(profile, url, token)
  const [cookie] = await profile.cookies()
  assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict'])
  const sent = { cookie: `${cookie!.name}=${cookie!.value}` }
  const csrf = String(await page.evaluate('localStorage.getItem("ecs-api.csrf")'))
  const statusOf = async (headers: Record<string, string>) => (await fetch(`${url}/v1/ecs/me`, { headers })).status
  assert.deepEqual(
    [await statusOf(sent), await statusOf({ 'x-csrf-token': csrf }), await statusOf({ ...sent, 'x-csrf-token': csrf })],
    [401, 401, 200],
  )
  assert.equal(await page.evaluate('fetch("/v1/ecs/me").then(({ status }) => status)'), 401)
  assert.equal(await page.evaluate('document.cookie'), '')
})

test('a page of another origin cannot show the console in a frame', { skip }, async (t) => {
  const { url, token } = program!
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><iframe src="${url}/"></iframe><iframe src="${url}/console/terminal"></iframe>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [
      new RegExp(`^request: http://127\\.0\\.0\\.1:${port}/`),
      /frame-ancestors|X-Frame-Options/,
      /favicon/,
    ],
  })
  const signedIn = await signedInPage(profile, url, token)
  await waitForText(signedIn, /of 2 services/)
  const refused: string[] = []
  const page = await profile.newPage()
  page.on('console', (message) => {
    if (/frame-ancestors|X-Frame-Options/.test(message.text())) refused.push(message.text())
  })
  await page.goto(`http://127.0.0.1:${port}/`)
  assert.equal(page.frames().length, 3)
  assert.ok(refused.length > 0)
  for (const frame of page.frames().slice(1)) assert.doesNotMatch(await frame.content(), /id="root"|id="terminal"/)
})

test('a viewer’s buttons are disabled, with the reason', { skip }, async (t) => {
  const { url, newToken, api } = program!
  const token = await newToken({ name: 'reader', role: 'viewer' })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const www = '/console/local/clusters/prod/services/www'
  const pages: [path: string, text: RegExp, names: string[]][] = [
    [www, /3 running/, ['Deploy…', 'Scale…', 'Roll back…', 'Restart…', 'Delete…']],
    ['/console/local/services', /prod\/www/, ['Create a service…']],
    ['/console/local/clusters', /prod/, ['Create a cluster…']],
    ['/console/local/clusters/prod', /steady state/, ['Delete…']],
    ['/console/local/taskdefs', /web/, ['Register a task definition…']],
    [
      '/console/local/taskdefs/web:1',
      /Execution role/,
      ['Edit as a new revision…', 'Deregister web:1…', 'Create a service…'],
    ],
    [`/console/local/clusters/prod/tasks/${exampleIds!.runningTask}`, /last line/, ['Stop…', 'Terminal']],
  ]
  const before = (await api.get('/audit?limit=1')).body.items[0].id
  for (const [path, text, names] of pages) {
    await page.goto(url + path)
    await waitForText(page, text)
    for (const name of names) {
      // The menu closes when another button gets the focus.
      if (path === www && name === 'Delete…') await openServiceMenu(page)
      const button = page.getByRole('main').getByRole('button', { name, exact: true })
      await page.getByRole('main').getByRole('button', { name, exact: true, disabled: true }).waitFor()
      const id = await button.getAttribute('aria-describedby')
      const permission = name === 'Terminal' ? 'exec' : 'change'
      assert.equal(
        await page.locator(`[id="${id}"]`).textContent(),
        `The token reader does not have the permission ${permission}.`,
      )
      await button.click({ force: true })
      assert.equal(await page.getByRole('dialog').count(), 0)
    }
  }
  assert.equal((await api.get('/audit?limit=1')).body.items[0].id, before)
  assert.equal(
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByText(/Tokens|Audit/)
      .count(),
    0,
  )
})
