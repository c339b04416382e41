// The list of services in the console: its filter is in the address, and a column is sorted by the shown values.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason

const program = skip ? undefined : await startConsoleGateway()

/** Creates `zebra` before `small`. Its tasks start later, so its deployment is the older one, but updated later. */
before(async () => {
  if (!program) return
  const { api } = program
  const services = '/local/clusters/prod/services'
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', webDefinition('web'))
  const dockerLabels = { 'ecs-api.simulated.pull-delay': '2' }
  await api.post('/local/taskdefs', webDefinition('slow', { dockerLabels }))
  const create = (body: object, wait = '') => api.post(`${services}${wait}`, { count: 1, ...body })
  assert.equal((await create({ name: 'zebra', taskDefinition: 'slow' })).status, 201)
  assert.equal((await create({ name: 'small', taskDefinition: 'web' }, '?wait=STABLE')).status, 201)
  assert.equal((await api.patch(`${services}/zebra?wait=STABLE`, { count: 2 })).status, 200)
})

/** The serviceNames of the services that the page shows, in their order. */
const serviceNames = (page: Page) => page.locator('tr[data-row] td[data-title="Service"]').allInnerTexts()

async function waitForServices(page: Page, ...expected: string[]): Promise<void> {
  const rows = page.locator('tr[data-row]')
  await rows.nth(expected.length - 1).waitFor()
  await rows.nth(expected.length).waitFor({ state: 'detached' })
  assert.deepEqual(await serviceNames(page), expected)
}

test('the filter is kept in the address', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const filter = page.getByLabel('Filter by name')
  await page.goto(`${url}/console/local/services?filter=zebra`)
  await waitForServices(page, 'prod/zebra')
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Services' }).click()
  await waitForServices(page, 'prod/small', 'prod/zebra')
  assert.equal(await filter.inputValue(), '')

  await filter.pressSequentially('all')
  await waitForServices(page, 'prod/small')
  await page.reload()
  await waitForServices(page, 'prod/small')
  assert.equal(await filter.inputValue(), 'all')

  await page.getByRole('button', { name: /^Failing/ }).click()
  await waitForText(page, /No service matches/)
  assert.equal(new URL(page.url()).search, '?filter=all&is=bad')
  await page.getByRole('button', { name: 'Show all' }).click()
  await waitForServices(page, 'prod/small', 'prod/zebra')
  assert.equal(new URL(page.url()).search, '')
})

test('the column Changed sorts by the time that it shows', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/services`)
  await waitForServices(page, 'prod/small', 'prod/zebra')
  const changed = page.getByRole('columnheader', { name: /^Changed/ })
  await changed.getByRole('button').click()
  await waitForServices(page, 'prod/zebra', 'prod/small')
  await changed.getByRole('button').click()
  await waitForServices(page, 'prod/small', 'prod/zebra')
})

test('a page of an account that does not exist says so, and the account can be changed', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors: [/404.*nosuch/] }), url, token)
  for (const path of ['new/taskdef', 'new/service', 'services', 'clusters/prod/services/zebra']) {
    await page.goto(`${url}/console/nosuch/${path}`)
    await page.getByRole('heading', { name: 'There is no account “nosuch”', level: 1 }).waitFor()
  }
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Services' }).click()
  await waitForServices(page, 'prod/small', 'prod/zebra')
})
