// The states of the console that no page has when it opens, in both themes and widths: open menus, the results of the
// palette, the question of a link, the page of a deleted service, addresses of resources that do not exist.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOfAppearance } from './appearance.ts'
import {
  createExampleServices,
  newBrowserProfile,
  openServiceMenu,
  requireSuccess,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
if (program) await createExampleServices(program)
const prodPage = '/console/local/clusters/prod'

test('open menus, the navigation and the results of the palette are accessible', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const summaries = page.getByRole('banner').locator('.menu > summary')
  const states: [name: string, open: () => Promise<void>][] = [
    ['menu-service', () => openServiceMenu(page)],
    ['menu-display', () => summaries.filter({ hasText: 'Display' }).click()],
    ['menu-user', () => summaries.filter({ hasText: 'admin' }).click()],
    [
      'navigation',
      async () => {
        await page.setViewportSize({ width: 390, height: 844 })
        await page.getByRole('button', { name: 'Menu' }).click()
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Task definitions' }).waitFor()
      },
    ],
    [
      'palette-results',
      async () => {
        await page.keyboard.press('Control+k')
        await page.getByRole('combobox', { name: /^Service, task id/ }).fill('www')
        await page
          .getByRole('option', { name: /www: logs|prod\/www/ })
          .first()
          .waitFor()
      },
    ],
    [
      'palette-nothing',
      async () => {
        await page.keyboard.press('Control+k')
        await page.getByRole('combobox', { name: /^Service, task id/ }).fill('NoSuchThing')
        await page.getByText('Nothing has this name.').waitFor()
      },
    ],
  ]
  for (const [name, open] of states)
    await t.test(name, async () => {
      await page.goto(`${url}${prodPage}/services/www`)
      await waitForText(page, /3 running/)
      await open()
      assert.deepEqual(await faultsOfAppearance(page, name), [])
      // The state was still open at the end.
      if (name.startsWith('menu')) assert.equal(await page.locator('.menu[open]').count(), 1)
      if (name.startsWith('palette')) assert.equal(await page.getByRole('dialog').count(), 1)
      if (name === 'navigation') assert.equal(await page.locator('.side[data-open="true"]').count(), 1)
    })
})

test('the question of a link and the button of the identity provider are accessible', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const { url, token, newToken } = program!
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  const openCodeOf = async (maker: string) => {
    const headers = { authorization: `Bearer ${maker}` }
    const response = await fetch(`${url}/session/codes`, { method: 'POST', headers })
    await page.goto('about:blank')
    await page.goto(url + ((await response.json()) as { path: string }).path)
  }
  // A link of the same person asks nothing, and the session goes on.
  const sessionBefore = await page.evaluate(`localStorage.getItem('ecs-api.csrf')`)
  const checked = page.waitForResponse(`${url}/session/codes/check`)
  await openCodeOf(token)
  await (await checked).finished()
  await page.locator('summary').filter({ hasText: 'admin' }).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  assert.equal(await page.evaluate(`localStorage.getItem('ecs-api.csrf')`), sessionBefore)
  await openCodeOf(await newToken({ name: 'somebody', role: 'viewer' }))
  await page.getByRole('dialog', { name: 'Sign in' }).getByText('You are signed in as admin already').waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'sign-in-question'), [])
  await page.getByRole('button', { name: 'Go on as admin' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.locator('summary').filter({ hasText: 'admin' }).waitFor()

  const other = await (await newBrowserProfile(t, url)).newPage()
  await other.route('**/session', async (route) => {
    const response = await route.fetch()
    await route.fulfill({
      response,
      json: { ...(await response.json()), oidc: { issuer: 'https://identity.example/realm' } },
    })
  })
  await other.goto(url)
  await other.getByRole('button', { name: 'Sign in at identity.example' }).waitFor()
  assert.deepEqual(await faultsOfAppearance(other, 'sign-in-oidc'), [])
  // The provider rejects the sign-in that this browser has begun; a link with an error shows nothing of itself.
  await other.evaluate(`localStorage.setItem('ecs-api.oidc-key', 'k')`)
  await other.goto(`${url}/console/sign-in?error=access_denied&error_description=pay%20here&state=s`)
  await other.getByText('The identity provider did not sign you in (access_denied).').waitFor()
  await other.goto('about:blank')
  await other.goto(`${url}/console/sign-in?error=pay+here&state=s`)
  await other.getByText('This sign-in was not begun in this browser. Sign in again.').waitFor()
  assert.equal(await other.getByText('pay here').count(), 0)
})

test('the page of a deleted service is accessible', { skip, timeout: 600_000 }, async (t) => {
  const { url, token, api } = program!
  await requireSuccess(
    api.post('/local/clusters/prod/services?wait=STABLE', { name: 'gone', taskDefinition: 'web', count: 1 }),
  )
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}${prodPage}/services/gone`)
  await waitForText(page, /1 running/)
  await requireSuccess(api.delete('/local/clusters/prod/services/gone?force=true&wait=INACTIVE'))
  await waitForText(page, /prod\/gone no longer exists/)
  assert.deepEqual(await faultsOfAppearance(page, 'deleted-service'), [])
})

test('addresses of resources that do not exist are accessible', { skip, timeout: 600_000 }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/40[04] \((Not Found|Bad Request)\)/] })
  const page = await signedInPage(profile, url, token)
  const noTask = '0'.repeat(32)
  for (const [name, path, text] of [
    ['account', '/console/nowhere/services', /There is no account “nowhere”/],
    ['cluster', '/console/local/clusters/none', /no cluster "none"\. All clusters/],
    ['service', `${prodPage}/services/none`, /no service "none"\. All services/],
    ['deployment', `${prodPage}/services/www/deployments/none`, /no deployment "none"\. All deployments/],
    ['diff', `${prodPage}/services/www/releases/8/diff/9`, /no release|not found/i],
    ['task', `${prodPage}/tasks/${noTask}`, /ECS forgets a stopped task after about an hour\. All tasks/],
    ['terminal', `${prodPage}/tasks/${noTask}/terminal`, /All tasks/],
    ['taskdef', '/console/local/taskdefs/none:1', /no task definition "none:1"\. All task definitions/],
  ] as const)
    await t.test(name, async () => {
      await page.goto(url + path)
      await waitForText(page, text)
      await page
        .getByText(/^Loading/)
        .first()
        .waitFor({ state: 'detached' })
      // The page of two releases has the actions of its service, which exists.
      if (name !== 'diff')
        assert.equal(await page.locator('main').getByRole('button', { name: /…$/ }).count(), 0, 'no actions')
      assert.deepEqual(await faultsOfAppearance(page, `unknown-${name}`), [])
    })
})
