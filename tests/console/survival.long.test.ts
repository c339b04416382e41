// The console while its gateway is killed, its token is revoked, its session ends, and in many tabs on a slow network.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { newFolder, startGatewayProcess } from '../../packages/gateway/src/testing/process.ts'
import {
  createExampleServices,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
if (program) await createExampleServices(program)
const wwwPage = '/console/local/clusters/prod/services/www'
const signInDialog = (page: Page) => page.getByRole('dialog', { name: 'Sign in to go on' })

async function scale(url: string, token: string, count: number): Promise<void> {
  const response = await fetch(`${url}/v1/ecs/local/clusters/prod/services/www`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ count }),
  })
  assert.equal(response.status, 200, await response.text())
}

test('the gateway is killed and comes back: the page keeps its data and goes on', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const first = await startGatewayProcess({ folder })
  const { token } = first
  const url = new URL(first.url).origin
  const post = async (path: string, body: object) => {
    const response = await fetch(`${url}/v1/ecs/local${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.equal(response.status, 201, await response.text())
  }
  await post('/clusters', { name: 'prod' })
  await post('/taskdefs', webDefinition('web'))
  await post('/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 3 })
  // The events before its death are gone (410).
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [
      /net::ERR_(CONNECTION|INCOMPLETE|EMPTY)/,
      /410 \(Gone\).*\/changes\?state=none\)$/,
      /404 .*services\/www/,
    ],
  })
  const page = await signedInPage(profile, url, token)
  await page.goto(url + wwwPage)
  await waitForText(page, /3 running/)
  const strip = page.getByText(/Disconnected since \d\d:\d\d:\d\d\. Showing the state of that time\./)
  const scaleButton = page.getByRole('button', { name: 'Scale…' })
  first.child.kill('SIGKILL')
  await first.exit
  await strip.waitFor()
  await waitForText(page, /3 running/)
  await page.getByRole('button', { name: 'Scale…', disabled: true }).waitFor()
  assert.equal(await scaleButton.getAttribute('title'), 'The gateway does not respond.')
  const second = await startGatewayProcess({ folder, env: { ECS_API_LISTEN: new URL(url).host } })
  t.after(async () => {
    second.child.kill('SIGKILL')
    await second.exit
  })
  await strip.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Scale…', disabled: false }).waitFor()
  await scale(url, token, 4)
  await waitForText(page, /4 running/)

  // The newest answer counts, also when later requests fail: the service is deleted.
  const deletion = await fetch(`${url}/v1/ecs/local/clusters/prod/services/www?force=true&wait=INACTIVE`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(deletion.status, 200)
  await waitForText(page, /The service prod\/www no longer exists\./)
  second.child.kill('SIGKILL')
  await second.exit
  await strip.waitFor()
  // The page asks again and again. Each time the client tries several times before it gives up.
  for (let tries = 0; tries < 10; tries++)
    await page.waitForEvent('requestfailed', (request) => request.url().includes('/v1/ecs/local/'))
  assert.match(await page.getByRole('main').innerText(), /The service prod\/www no longer exists\./)
})

test('a page whose file cannot be loaded says so, and is loaded as soon as the gateway responds', {
  skip,
}, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/net::ERR_/, /dynamically imported module/] })
  const page = await signedInPage(profile, url, token)
  await profile.setOffline(true)
  await page.getByRole('link', { name: 'Task definitions' }).click()
  await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor()
  assert.equal(await page.title(), 'This page could not be loaded, ecs-api')
  await waitForText(page, /The page is loaded as soon as the gateway responds\./)
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Task definitions' }).click()
  await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor()
  await profile.setOffline(false)
  await page.getByRole('heading', { name: 'Task definitions' }).waitFor()
})

test('after an update of the gateway, a page of the new version is loaded; a missing file is not asked for without end', {
  skip,
}, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/404 \(/, /dynamically imported module/] })
  const page = await signedInPage(profile, url, token)
  let missing = 0
  await page.route('**/console/assets/task-definitions-*.js', (route) => {
    missing++
    return route.fulfill({ status: 404 })
  })
  const reloaded = page.waitForEvent('load')
  await page.getByRole('link', { name: 'Task definitions' }).click()
  await reloaded
  await waitForText(page, /The gateway lacks a file of the console\./)
  const missingBefore = missing
  await page.unrouteAll()
  await page.getByRole('button', { name: 'Load again' }).click()
  await page.getByRole('heading', { name: 'Task definitions' }).waitFor()
  assert.equal(missing, missingBefore)
})

test('a browser whose storage is full: settings, palette and forms work', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.evaluate(
    'void (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") })',
  )
  await page.getByText('Display', { exact: true }).click()
  await page.getByLabel('Theme').selectOption('dark')
  assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /^Service, task id/ }).fill('local: create a service')
  await page.keyboard.press('Enter')
  await page.getByLabel('An image').check()
  const image = page.getByLabel('Image', { exact: true })
  await image.fill('nginx:1.29')
  await page.getByLabel('Name', { exact: true }).and(page.locator('[value="nginx"]')).waitFor()
  assert.equal(await image.inputValue(), 'nginx:1.29')
})

test('a page with a fault says it, and the other pages work', { skip }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/planted/] })
  const page = await signedInPage(profile, url, token)
  await page.route('**/console/assets/task-definitions-*.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: 'export default () => { throw new Error("planted fault") }',
    }),
  )
  await page.getByRole('link', { name: 'Task definitions' }).click()
  await page.getByRole('heading', { name: 'This page failed' }).waitFor()
  await waitForText(page, /Report this text: Error: planted fault/)
  await page.getByRole('link', { name: 'Clusters' }).click()
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
})

test('a revoked token: the sign-in lies over the page, and a typed field keeps its text', { skip }, async (t) => {
  const { url, api, newToken } = program!
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/401 \(Unauthorized\)/, /net::ERR_(INCOMPLETE|ABORTED)/],
  })
  const leaver = { name: 'leaver', role: 'operator' as const }
  const page = await signedInPage(profile, url, await newToken(leaver))
  await page.getByRole('link', { name: 'Services', exact: true }).click()
  await page.getByRole('button', { name: 'Create a service…' }).click()
  await page.getByLabel('Name', { exact: true }).fill('half-typed')
  assert.equal((await api.delete('/tokens/leaver')).status, 200)
  await signInDialog(page).waitFor()
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url()))
  // A window that becomes visible again refetches every query.
  await page.evaluate(`dispatchEvent(new Event('visibilitychange'))`)
  await signInDialog(page).getByLabel('Token').fill('ecsapi_not-a-token')
  await signInDialog(page).getByRole('button', { name: 'Sign in' }).click()
  await signInDialog(page).getByText('This token is not known here.').waitFor()
  const asking = sent.filter((address) => address.includes('/v1/ecs/'))
  assert.deepEqual(asking, [], 'each would count as a failed sign-in of this address')
  // Escape must not uncover the page.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await signInDialog(page).waitFor()
  await signInDialog(page)
    .getByLabel('Token')
    .fill(await newToken(leaver))
  await signInDialog(page).getByRole('button', { name: 'Sign in' }).click()
  await signInDialog(page).waitFor({ state: 'detached' })
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'half-typed')
})

test('signing out in one tab signs out the other', { skip }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/401 \(Unauthorized\)/] })
  const one = await signedInPage(profile, url, token)
  const other = await profile.newPage()
  await other.goto(url + wwwPage)
  await waitForText(other, /3 running/)
  await one.locator('summary', { hasText: 'admin' }).click()
  await one.getByRole('button', { name: 'Sign out' }).click()
  for (const tab of [one, other]) await tab.getByRole('heading', { name: 'Sign in to ecs-api' }).waitFor()
})

test('ten tabs load and stay live over one stream', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url)
  let streams = 0
  profile.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/changes')) streams++
  })
  const first = await signedInPage(profile, url, token)
  await first.goto(url + wwwPage)
  await waitForText(first, /3 running/)
  const before = streams
  const pages = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const page = await profile.newPage()
      await page.goto(url + wwwPage)
      await waitForText(page, /3 running/)
      return page
    }),
  )
  assert.equal(streams, before, 'a further tab opened a stream of its own')
  await scale(url, token, 5)
  await Promise.all(pages.map((page) => waitForText(page, /5 running/)))
  // The next tab takes the stream over.
  await first.close()
  await scale(url, token, 3)
  await Promise.all(pages.map((page) => waitForText(page, /3 running/)))
})

test('a slow network: the page loads and changes something', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  const devtools = await profile.newCDPSession(page)
  await devtools.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 400, downloadThroughput: 40_000, uploadThroughput: 20_000 },
  })
  await page.goto(url + wwwPage)
  await waitForText(page, /3 running/)
  await page.getByRole('button', { name: 'Scale…' }).click()
  await page.getByRole('dialog').getByLabel('Desired count').fill('4')
  await page.getByRole('region', { name: 'Plan' }).getByText('4').first().waitFor()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Scale to/ })
    .click()
  await waitForText(page, /4 running/)
  await scale(url, token, 3)
  await waitForText(page, /3 running/)
})

test('10,000 changes: the pages follow to the last one, and answer meanwhile', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const { url, token, api } = program!
  const created = await api.post('/local/clusters', { name: 'busy' })
  assert.equal(created.status, 201, created.text)
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/tasks`)
  // The changes are counted by another tab: the first one's stream forwards them.
  const counter = await signedInPage(profile, url, token)
  await counter.evaluate(`globalThis.changes = 0
    new BroadcastChannel('ecs-api.changes.local').onmessage = ({ data }) => { if (data.kind) changes++ }`)
  await page.bringToFront()
  const tasks = '/local/clusters/busy/tasks'
  const isDone = async () => Number(await counter.evaluate('changes')) >= 10_000
  while (!(await isDone())) {
    const ran = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'web', count: 500 })
    assert.equal(ran.status, 201, ran.text)
    await Promise.all(ran.body.items.map(({ id }: { id: string }) => api.delete(`${tasks}/${id}`)))
    // A key opens the list of keys while the changes arrive, and Escape closes it.
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
  }
  const last = await api.post(tasks, { taskDefinition: 'web', count: 1 })
  await waitForText(page, new RegExp(last.body.items[0].id.slice(0, 8)))
})

test('a clock that is wrong changes no age, and is named', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  for (const [difference, words] of [
    [2 * 3_600_000, /is 2 h ahead of the gateway’s clock/],
    [-3 * 86_400_000, /is 3 days behind the gateway’s clock/],
  ] as const) {
    const profile = await newBrowserProfile(t, url)
    await profile.addInitScript(`{
      const RealDate = Date
      Date = class extends RealDate {
        constructor(...values) { values.length === 0 ? super(Date.now()) : super(...values) }
        static now() { return RealDate.now() + ${difference} }
      }
    }`)
    const page = await signedInPage(profile, url, token)
    await page.goto(url + wwwPage)
    await page.getByText(words).waitFor()
    await waitForText(page, /steady for \d+ (s|min)\./)
  }
})

test('another state is announced to screen readers, and each second of it is not', { skip }, async (t) => {
  const { url, token, api } = program!
  // A new service: its sentence counts seconds.
  const fresh = '/local/clusters/prod/services'
  await api.post(`${fresh}?wait=STABLE`, { name: 'fresh', taskDefinition: 'web', count: 3 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console${fresh}/fresh`)
  const sentence = page.locator('.sentence')
  await sentence.filter({ hasText: /3 of 3 tasks running/ }).waitFor()
  await page.evaluate(`window.announced = []
    new MutationObserver(() => announced.push(document.querySelector('main [role=status]').textContent))
      .observe(document.querySelector('main [role=status]'), { subtree: true, childList: true, characterData: true })`)
  // The visible sentence still counts seconds.
  for (let moves = 0; moves < 2; moves++) {
    const before = await sentence.textContent()
    await sentence.filter({ hasNotText: before! }).waitFor()
  }
  assert.deepEqual(await page.evaluate('announced'), [])
  assert.equal((await api.patch(`${fresh}/fresh`, { count: 4 })).status, 200)
  await page
    .getByRole('status')
    .filter({ hasText: /^4 of 4 tasks running/ })
    .waitFor({ state: 'attached' })
})
