// Every page of the console in both themes and widths: accessible, and not wider than a phone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { axeViolationsIn, faultsOfAppearance } from './appearance.ts'
import {
  allPages,
  createExampleServices,
  newBrowserProfile,
  openAllDetails,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason

const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))

test('every page is accessible in both themes and widths', { skip, timeout: 600_000 }, async (t) => {
  const { url, token } = program!
  // Simulated containers run no commands: the page of the terminal says so.
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/409 \(Conflict\).*\/exec\)$/] })
  const first = await profile.newPage()
  await first.goto(url)
  await first.getByLabel('Token').waitFor()
  assert.deepEqual(await faultsOfAppearance(first, 'sign-in'), [])
  await first.close()
  const page = await signedInPage(profile, url, token)
  for (const [name, [path, text]] of Object.entries(allPages(exampleIds!)))
    await t.test(name, async () => {
      await page.goto(url + path)
      await waitForText(page, text)
      assert.deepEqual(await faultsOfAppearance(page, name), [])
    })
})

test('the form of a service without its cluster is accessible', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('Cluster', { exact: true }).fill('nowhere')
  await page.getByRole('button', { name: 'Create the cluster nowhere' }).waitFor()
  await openAllDetails(page)
  assert.deepEqual(await faultsOfAppearance(page, 'missing-cluster'), [])
})

const metrics = {
  period: 60,
  since: '2026-11-29T07:00:00.000Z',
  until: '2026-11-29T10:00:00.000Z',
  series: (
    [
      ['cpu', 'percent', ['average', 'maximum']],
      ['memory', 'percent', ['average', 'maximum']],
      ['runningTasks', 'count', ['average']],
    ] as const
  ).flatMap(([name, unit, statistics]) =>
    statistics.map((statistic, i) => ({
      ...{ name, unit, statistic },
      points: Array.from({ length: 60 }, (_, minute) => [
        new Date(Date.parse('2026-11-29T09:00:00.000Z') + minute * 60_000).toISOString(),
        10 * (i + 1) + (minute % 17),
      ]),
    })),
  ),
}

test('charts are accessible in both themes and widths', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  // The engine has its first values minutes after the first task.
  await page.route(/\/v1\/.*\/metrics(\?|$)/, (route) => route.fulfill({ json: metrics }))
  await page.goto(`${url}/console/local/clusters/prod/services/www/metrics`)
  await page.getByRole('region', { name: 'Running tasks' }).locator('canvas').waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'charts'), [])
  const legend = page.getByRole('region', { name: 'Running tasks' }).locator('.u-legend')
  assert.doesNotMatch(await legend.innerText(), /--/)
})

const wwwPage = '/console/local/clusters/prod/services/www'
/** Every dialog by the page that has it and the buttons that open it. */
const dialogs: [name: string, path: string, open: (page: Page) => Promise<void>][] = [
  ...['Deploy…', 'Scale…', 'Roll back…', 'Restart…'].map((button): (typeof dialogs)[number] => [
    button.replace('…', '').toLowerCase(),
    wwwPage,
    (page) => page.getByRole('button', { name: button }).click(),
  ]),
  ...['Tags…', 'Change settings…', 'Delete…'].map((button): (typeof dialogs)[number] => [
    button.replace('…', '').toLowerCase(),
    wwwPage,
    async (page) => {
      await openServiceMenu(page)
      await page.getByRole('button', { name: button }).click()
    },
  ]),
  [
    'stop deployment',
    wwwPage.replace('www', 'api'),
    (page) => page.getByRole('button', { name: 'Stop deployment…' }).click(),
  ],
  [
    'create cluster',
    '/console/local/clusters',
    (page) => page.getByRole('button', { name: 'Create a cluster…' }).click(),
  ],
  ['delete cluster', '/console/local/clusters/prod', (page) => page.getByRole('button', { name: 'Delete…' }).click()],
  [
    'deregister',
    '/console/local/taskdefs/web:1',
    (page) => page.getByRole('button', { name: 'Deregister web:1…' }).click(),
  ],
  [
    'deregister several',
    '/console/local/taskdefs/web:1',
    async (page) => {
      await page.getByLabel('Select web:1').check()
      await page
        .getByRole('region', { name: 'Selected revisions' })
        .getByRole('button', { name: 'Deregister…' })
        .click()
    },
  ],
  ['create token', '/console/admin/tokens', (page) => page.getByRole('button', { name: 'Create a token…' }).click()],
  ['rotate token', '/console/admin/tokens', (page) => page.getByRole('button', { name: 'Rotate… portal' }).click()],
  ['revoke token', '/console/admin/tokens', (page) => page.getByRole('button', { name: 'Revoke… portal' }).click()],
  ['palette', wwwPage, (page) => page.keyboard.press('Control+k')],
  ['keys', wwwPage, (page) => page.keyboard.press('?')],
]

/** Selects all rows of the list, and presses a button of the bar. */
async function openDialogOfAllRows(page: Page, button: string): Promise<void> {
  await page.getByRole('checkbox', { name: 'Select all' }).check()
  await page
    .getByRole('region', { name: /^Selected/ })
    .getByRole('button', { name: button })
    .click()
}

test('selected rows and the dialogs of their changes are accessible in both themes and widths', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/500 \(Internal Server Error\)/] })
  const page = await signedInPage(profile, url, token)
  const dialog = page.getByRole('dialog')
  const listPath = `${url}/console/local/services`
  await t.test('the bar', async () => {
    await page.goto(listPath)
    await page.getByRole('checkbox', { name: 'Select prod/www' }).check()
    await page.getByRole('region', { name: 'Selected services' }).waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'selection'), [])
  })
  for (const button of ['Restart…', 'Stop deployment…', 'Tags…'])
    await t.test(button, async () => {
      await page.goto(listPath)
      await openDialogOfAllRows(page, button)
      if (button === 'Tags…') await dialog.getByLabel('Set tags').fill('owner=me')
      await dialog
        .getByRole('button', { name: / [12] (service|deployment)s?$/ })
        .and(page.locator('[aria-disabled="false"]'))
        .waitFor()
      const name = `dialog-selection-${button.replace('…', '').replace(' ', '-').toLowerCase()}`
      assert.deepEqual(await faultsOfAppearance(page, name), [])
    })
  await t.test('the tasks to stop', async () => {
    await page.goto(`${url}/console/local/tasks?status=ALL`)
    await openDialogOfAllRows(page, 'Stop…')
    await dialog
      .getByText(/The task has stopped\.|They have stopped\./)
      .first()
      .waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'dialog-selection-tasks'), [])
  })
  await t.test('the results', async () => {
    await page.goto(listPath)
    // Nothing is restarted, because the tests below need the running task.
    await page.route(/\/www\/restart$/, (route) => route.fulfill({ json: {} }))
    const failure = {
      title: 'AWS failed',
      status: 500,
      code: 'AwsError',
      detail: 'AWS did not take it.',
      requestId: 'r',
    }
    await page.route(/\/api\/restart$/, (route) => route.fulfill({ status: 500, json: failure }))
    await openDialogOfAllRows(page, 'Restart…')
    await dialog.getByRole('button', { name: 'Restart 2 services', disabled: false }).click()
    await dialog.getByRole('button', { name: 'Retry the failed one' }).waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'dialog-selection-results'), [])
    await dialog.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Show results' }).waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'selection-results'), [])
  })
})

test('every dialog is accessible in both themes and widths', { skip, timeout: 600_000 }, async (t) => {
  const { url, token } = program!
  // The session is ended below. A plan may be impossible: the dialog of the cluster shows why.
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/401 \(Unauthorized\)/, /409 \(Conflict\).*dryRun/],
  })
  const page = await signedInPage(profile, url, token)
  const stop: (typeof dialogs)[number] = [
    'stop task',
    `/console/local/clusters/prod/tasks/${exampleIds!.runningTask}`,
    (page) => page.getByRole('button', { name: 'Stop…' }).click(),
  ]
  const dialog = page.getByRole('dialog')
  for (const [name, path, open] of [...dialogs, stop])
    await t.test(name, async () => {
      await page.goto(url + path)
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
      await open(page)
      await dialog.waitFor()
      await dialog.getByText('Loading the plan.').waitFor({ state: 'detached' })
      assert.deepEqual(await faultsOfAppearance(page, `dialog-${name.replace(' ', '-')}`), [])
    })
  await t.test('the value of a new token', async () => {
    await page.goto(`${url}/console/admin/tokens`)
    await page.getByRole('button', { name: 'Create a token…' }).click()
    await dialog.getByLabel('Name', { exact: true }).fill('robot')
    await dialog.getByRole('button', { name: 'Create the token' }).click()
    await dialog.getByText('Copy the value now: it is not shown again.').waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'dialog-token-value'), [])
  })
  await t.test('the sign-in over the page', async () => {
    await page.goto(url + wwwPage)
    await waitForText(page, /3 running/)
    await profile.clearCookies()
    // The next request is rejected.
    await page.getByRole('link', { name: 'Events' }).click()
    await page.getByRole('dialog', { name: 'Sign in to go on' }).waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'dialog-sign-in'), [])
  })
})

test('the documentation follows the colours of the system, and leads back to the console', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.getByRole('link', { name: 'Documentation' }).click()
  await page.getByRole('heading', { name: 'Documentation', level: 1 }).waitFor()
  const background = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
  await page.emulateMedia({ colorScheme: 'light' })
  assert.equal(await background(), 'rgb(251, 251, 252)')
  await page.emulateMedia({ colorScheme: 'dark' })
  assert.match(await background(), /^rgb\((\d|[1-4]\d), /)
  for (const name of ['The console', 'Simulated containers, and how to make one fail'])
    await page.getByRole('navigation').getByRole('link', { name }).waitFor()
  assert.deepEqual(await axeViolationsIn(page.mainFrame()), [])
  await page.getByRole('link', { name: '← Console' }).click()
  await waitForText(page, /of 2 services/)
})

test('every page of the documentation is accessible', { skip, timeout: 300_000 }, async (t) => {
  const { url } = program!
  const page = await (await newBrowserProfile(t, url)).newPage()
  const linksIn = async (path: string, selector: string): Promise<string[]> => {
    await page.goto(url + path)
    const addresses = await page
      .locator(selector)
      .evaluateAll((links: { pathname: string }[]) => links.map((link) => link.pathname))
    return addresses.filter((address) => address.startsWith('/docs/'))
  }
  const otherPaths = new Set(await linksIn('/docs', 'main li a'))
  const [problem, cause] = [await linksIn('/docs/problems', 'td a'), await linksIn('/docs/causes', 'td a')]
  // All pages have one layout, so one of each kind is enough for the themes and widths.
  const oneOfEachKind = ['/docs', '/docs/guides/first-service', '/docs/problems', problem[0]!, cause[0]!]
  const faults: string[] = []
  for (const path of oneOfEachKind) {
    otherPaths.delete(path)
    await page.goto(url + path)
    faults.push(...(await faultsOfAppearance(page, path.slice(1).replaceAll('/', '-'))))
  }
  assert.ok(otherPaths.size > 20, `${otherPaths.size} pages`)
  for (const path of otherPaths) {
    await page.goto(url + path)
    for (const violation of await axeViolationsIn(page.mainFrame())) faults.push(`${path}: ${violation}`)
  }
  assert.deepEqual(faults, [])
})

test('a table breaks no word to make room', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(`${url}/console/local/clusters/prod/services/api`)
  await waitForText(page, /Stopped before it started/)
  const row = page.locator('tr[data-row]').first()
  assert.ok(((await row.boundingBox())?.height ?? 0) < 32, 'a row of tasks has one line')
  await page.goto(`${url}/console/admin/audit`)
  await waitForText(page, /created the token portal/)
  const who = page.locator('td[data-title="Who"]').first()
  assert.ok(((await who.boundingBox())?.height ?? 0) < 32, 'a name has one line')
})

test('the tabs of a service are one row of one width, which a phone scrolls to the current tab', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const tabs = page.getByRole('navigation', { name: 'Parts of the service' })
  const boxOf = async (part: Locator) => (await part.boundingBox())!
  const tabBoxes = async () => {
    const current = tabs.locator('[aria-current="page"]')
    await current.waitFor()
    return { row: await boxOf(tabs), current: await boxOf(current) }
  }
  const widths = new Set<number>()
  for (const tab of ['', '/logs', '/deployments', '/configuration']) {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(url + wwwPage + tab)
    widths.add((await tabBoxes()).row.width)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    const { row, current } = await tabBoxes()
    assert.ok(row.height < 40, `the row has ${row.height} px`)
    assert.ok(current.x >= 0 && current.x + current.width <= 391, `${tab}: ${JSON.stringify(current)}`)
  }
  assert.equal(widths.size, 1, `widths of the tabs: ${[...widths]}`)
})
