// Hostile text outside of the pages' own resources: the caller, the accounts, the version, events of streams, lines of
// a followed log; and in what opens over a page: dialogs, the palette, messages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import {
  createExampleServices,
  fetchWithoutEtag,
  newBrowserProfile,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'
import { assertHarmless, changeTexts, countScriptHits, hostile, visible } from './hostile.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const wwwPage = '/console/local/clusters/prod/services/www'

const openMenuOf = (page: Page, name: RegExp | string) =>
  page.getByRole('banner').locator('.menu > summary').filter({ hasText: name }).click()

test('hostile texts of the caller, the accounts and the version are text', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/status of 404/] })
  await countScriptHits(profile)
  await profile.route(/\/session$|\/v1\/ecs\/(me|version|accounts)(\?|$)/, async (route) => {
    const response = await fetchWithoutEtag(route)
    const json = changeTexts(await response.json(), (text, name) =>
      /^(csrfToken|permissions|mode)$/.test(name) ? text : `${text}${hostile}`,
    ) as { items?: object[] }
    // The account of the pages keeps its name; another one cannot be reached.
    if (json.items) {
      const [account] = json.items
      json.items = [
        { ...account, name: 'local' },
        { ...account, name: hostile, reachable: false, reason: hostile },
      ]
    }
    await route.fulfill({ response, json })
  })
  const page = await signedInPage(profile, url, token)
  await waitForText(page, /The account <img src=x onerror="hit\(\)">.* does not respond\./)
  await openMenuOf(page, visible)
  await page.getByText('Role').waitFor()
  await assertHarmless(page, 'overview')
  await page.goto(url + wwwPage)
  await waitForText(page, /3 running/)
  await page.getByRole('contentinfo').filter({ hasText: visible }).waitFor()
  await assertHarmless(page, 'service')
  await page.goto(`${url}/console/${encodeURIComponent(hostile)}/services`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await assertHarmless(page, 'services of the hostile account')
})

const eventStream = (events: (readonly [type: string, data: unknown])[]) => ({
  contentType: 'text/event-stream',
  body: events.map(([type, data], i) => `id: e-${i}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
})

test('hostile events of the streams, and lines of a followed log, are text', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, writeLog } = program!
  // At the end of the test, a stream can resume at the gateway after the id of an event that the test made.
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/400 \(Bad Request\).*(changes|follow=true)/] })
  await countScriptHits(profile)
  const named = { kind: 'service', cluster: hostile, name: hostile, id: hostile, resource: { name: hostile } }
  await profile.route(/\/changes\?/, (route) =>
    route.fulfill(
      eventStream([
        ['state', { items: [named], remaining: 0 }],
        ...['service', 'task', 'cluster', hostile].map((kind) => ['change', { ...named, kind }] as const),
        ['deleted', named],
        ['problem', { code: hostile, detail: hostile }],
        [hostile.replaceAll(/[\n\r]/g, ''), named],
      ]),
    ),
  )
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}${wwwPage}/logs`)
  await page.locator('.log .line').filter({ hasText: 'last line' }).waitFor()
  await writeLog(exampleIds!.runningTask, [`followed ${hostile}`])
  await page.locator('.log .line').filter({ hasText: 'followed' }).filter({ hasText: visible }).waitFor()
  await assertHarmless(page, 'a followed line')

  const line = { time: new Date().toISOString(), task: hostile, container: hostile, message: hostile, id: '1' }
  await profile.route(/follow=true/, (route) =>
    route.fulfill(
      eventStream([
        [
          'lines',
          {
            items: [line, { ...line, container: 'web', id: hostile }],
            lagSeconds: 1,
            incomplete: true,
            elsewhere: [
              { container: hostile, driver: hostile, options: {}, detail: hostile, taskDefinitions: [hostile] },
            ],
            unavailable: [{ part: hostile, action: hostile, reason: hostile }],
          },
        ],
        ['problem', { code: hostile, detail: hostile }],
      ]),
    ),
  )
  await page.goto(`${url}${wwwPage}/logs`)
  await page.locator('.log .line').filter({ hasText: visible }).first().waitFor()
  await page.getByLabel('Container').waitFor()
  await assertHarmless(page, 'a log whose every text is hostile')
})

/** Members of responses that get hostile text; states and addresses keep theirs. */
const changedMembers =
  /^(name|cluster|service|family|image|taskDefinition|reason|detail|summary|effects|warnings|text|message|title|tags|team|by)$/

/** Sends requests for a hostile name to the resource that it stands for. */
async function nameHostile(profile: BrowserContext): Promise<void> {
  await profile.route(/\/v1\/ecs\/(?!me$|version$|accounts|local\/changes)/, async (route) => {
    const request = route.request()
    if (/follow=true/.test(request.url())) return route.continue()
    const address = request.url().replaceAll(encodeURIComponent(hostile), '')
    if (request.method() === 'PATCH' && !address.includes('dryRun')) return route.fulfill({ json: {} })
    const headers = { ...request.headers(), 'if-none-match': '' }
    const response = await route.fetch({ url: address, headers })
    const json = changeTexts(await response.json(), (text, name) =>
      changedMembers.test(name) ? `${text}${hostile}` : text,
    )
    await route.fulfill({ response, json })
  })
}

test('dialogs, the palette and a message with hostile texts show them as text', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/status of 4\d\d/] })
  await countScriptHits(profile)
  await nameHostile(profile)
  const page = await signedInPage(profile, url, token)
  const dialog = page.getByRole('dialog')
  const inMenu = new Set(['Tags…', 'Change settings…', 'Delete…'])
  for (const name of ['Deploy…', 'Scale…', 'Roll back…', 'Restart…', 'Tags…', 'Change settings…', 'Delete…'])
    await t.test(name, async () => {
      await page.goto(url + wwwPage)
      await waitForText(page, /3 running/)
      if (inMenu.has(name)) await openServiceMenu(page)
      await page.getByRole('main').getByRole('button', { name, exact: true }).click()
      await dialog.filter({ hasText: visible }).waitFor()
      await dialog.getByText('Loading the plan.').waitFor({ state: 'detached' })
      await assertHarmless(page, name)
    })
  await t.test('the message after a change', async () => {
    await page.goto(url + wwwPage)
    await waitForText(page, /3 running/)
    await page.getByRole('button', { name: 'Scale…' }).click()
    await dialog.getByLabel('Desired count').fill('2')
    await dialog.getByRole('button', { name: 'Scale to 2' }).and(page.locator('[aria-disabled="false"]')).click()
    await page.locator('.toast').filter({ hasText: visible }).waitFor()
    await assertHarmless(page, 'the message')
  })
  await t.test('tokens', async () => {
    for (const name of [/^Rotate…/, /^Revoke…/]) {
      await page.goto(`${url}/console/admin/tokens`)
      await page.getByRole('button', { name }).first().click()
      await dialog.filter({ hasText: visible }).waitFor()
      await assertHarmless(page, String(name))
    }
  })
  await t.test('the palette', async () => {
    await page.goto(url + wwwPage)
    await waitForText(page, /3 running/)
    await page.keyboard.press('Control+k')
    await dialog.getByRole('option').filter({ hasText: visible }).first().waitFor()
    await assertHarmless(page, 'the palette')
    await page.keyboard.press('ArrowDown')
    await dialog.getByRole('combobox').fill('www')
    const found = dialog.getByRole('option').filter({ hasText: visible })
    await found.first().click()
    await page.getByRole('heading', { level: 1 }).filter({ hasText: visible }).waitFor()
    // The address has the name, and so have the last five of the palette.
    await page.keyboard.press('Control+k')
    await dialog.getByRole('option').filter({ hasText: visible }).first().waitFor()
    await assertHarmless(page, 'the page that the palette opened')
    assert.equal(await page.evaluate('window.hits'), 0)
  })
})
