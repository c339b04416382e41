// The frame of the pages: titles of tabs, the link that skips the navigation, the stored theme, the last five of the
// palette.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../../packages/local-aws/src/testing/exec-processes.ts'
import {
  allPages,
  createExampleServices,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'
import { isFocused } from './input.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const wwwPage = '/console/local/clusters/prod/services/www'

test('the title of the tab names the page, and the state of a failing service', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/401 \(Unauthorized\)/, /409 \(Conflict\).*\/exec\)$/],
  })
  const page = await signedInPage(profile, url, token)
  const ids = exampleIds!
  const titles: Record<string, string> = {
    overview: 'Overview',
    services: 'Services',
    service: 'www, prod',
    logs: 'www, prod',
    failing: 'api, prod: failing',
    deployment: `Deployment ${ids.deploymentId.slice(0, 8)}`,
    diff: 'Release 1 compared with 2',
    tasks: 'Tasks',
    task: `Task ${ids.runningTask.slice(0, 8)}`,
    terminal: 'Terminal in www',
    taskdefs: 'Task definitions',
    taskdef: 'web:1',
    newtaskdef: 'A new revision of web, from web:1',
    newservice: 'Create a service',
    clusters: 'Clusters',
    cluster: 'prod',
    audit: 'Audit',
    tokens: 'Tokens',
    missing: 'There is no such page',
  }
  const pages = allPages(ids)
  const found: Record<string, string> = {}
  for (const name of Object.keys(titles)) {
    await page.goto(url + pages[name]![0])
    await waitForText(page, pages[name]![1])
    found[name] = await page.title()
  }
  assert.deepEqual(
    found,
    Object.fromEntries(Object.entries(titles).map(([name, title]) => [name, `${title}, ecs-api`])),
  )
  // The page below the dialog of a sign-in gets its title back.
  await page.goto(url + wwwPage)
  await waitForText(page, /3 running/)
  await profile.clearCookies()
  await page.getByRole('link', { name: 'Events' }).click()
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' })
  await dialog.getByLabel('Token').fill(token)
  assert.equal(await page.title(), 'Sign in, ecs-api')
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await waitUntil(async () => (await page.title()) === 'www, prod, ecs-api')
})

test('the first Tab leads to the link that skips the navigation', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + wwwPage)
  await waitForText(page, /3 running/)
  await page.keyboard.press('Tab')
  const link = page.getByRole('link', { name: 'Skip to the page' })
  assert.ok(await link.evaluate(isFocused))
  const box = await link.boundingBox()
  assert.ok(box && box.x >= 0 && box.y >= 0, JSON.stringify(box))
  await page.keyboard.press('Enter')
  await waitUntil(() => page.getByRole('main').evaluate(isFocused))
  // The next Tab stays in the page, which is the same one.
  await page.keyboard.press('Tab')
  assert.equal(await page.getByRole('main').locator(':focus').count(), 1)
  assert.equal(new URL(page.url()).pathname, wwwPage)
  await waitForText(page, /3 running/)
})

test('a chosen theme is kept, and wins over the theme of the system', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { colorScheme: 'dark' }), url, token)
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
  const [dark, light] = ['rgb(14, 17, 22)', 'rgb(251, 251, 252)']
  assert.equal(await background(), dark)
  await page.getByText('Display', { exact: true }).click()
  const theme = page.getByLabel('Theme')
  await theme.selectOption('light')
  await waitUntil(async () => (await background()) === light)
  await page.reload()
  await waitForText(page, /of 2 services/)
  assert.equal(await background(), light)
  await page.getByText('Display', { exact: true }).click()
  await theme.selectOption('dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await waitUntil(async () => (await background()) === dark)
  await theme.selectOption('system')
  await waitUntil(async () => (await background()) === light)
})

test('the palette begins with the five entries that were opened last', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const palette = page.getByRole('dialog', { name: 'Search or act' })
  const opened = ['local: tasks', 'local/prod/www', 'Audit', 'local/prod/api', 'Tokens', 'local: clusters']
  for (const text of [...opened, 'local/prod/www']) {
    await page.keyboard.press('Control+k')
    await palette.getByRole('combobox').fill(text)
    await palette.getByRole('option').filter({ hasText: text }).first().click()
    await palette.waitFor({ state: 'detached' })
  }
  await page.reload()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  await page.keyboard.press('Control+k')
  await palette.getByRole('option').filter({ hasText: 'local/prod/api' }).waitFor()
  const texts = await palette.getByRole('option').allInnerTexts()
  assert.deepEqual(
    texts.slice(0, 6).map((text) => text.split('\n')[0]),
    ['local/prod/www', 'local: clusters', 'Tokens', 'local/prod/api', 'Audit', 'Overview'],
  )
})
