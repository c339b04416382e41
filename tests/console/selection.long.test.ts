// The selected rows of the console's lists: by pointer, by keyboard and on a phone.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import {
  fetchWithoutEtag,
  newBrowserProfile,
  requireSuccess,
  signedInPage,
  skipReason,
  startConsoleGateway,
} from './browser.ts'
import {
  bar,
  box,
  createFiveServices,
  createService,
  listPath,
  openList,
  select,
  servicesPath,
} from './selected-services.ts'

const skip = skipReason

const program = skip ? undefined : await startConsoleGateway()

before(async () => {
  if (program) await createFiveServices(program)
})

// biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
const isIndeterminate = (target: Locator): Promise<boolean> => target.evaluate((element: any) => element.indeterminate)
/** The names of the selected rows. */
const selectedRows = (page: Page) => page.locator('tr[data-selected="true"] td:nth-child(2)').allInnerTexts()

test('rows are selected one by one, in ranges and all at once', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await openList(page, url + listPath)
  const all = page.getByRole('checkbox', { name: 'Select all' })
  assert.equal(await bar(page).count(), 0)
  await box(page, 'prod/s2').check()
  await bar(page).getByText('1 service selected').waitFor()
  assert.equal(await isIndeterminate(all), true)
  await box(page, 'prod/s4').click({ modifiers: ['Shift'] })
  assert.deepEqual(await selectedRows(page), ['prod/s2', 'prod/s3', 'prod/s4'])
  assert.equal(await page.evaluate('getSelection().toString()'), '')
  await all.click()
  await bar(page).getByText('5 services selected').waitFor()
  assert.deepEqual([await all.isChecked(), await isIndeterminate(all)], [true, false])
  await all.click()
  await bar(page).waitFor({ state: 'detached' })

  await t.test('all means the rows that the filter shows', async () => {
    await box(page, 'prod/s1').check()
    const filter = page.getByLabel('Filter by name')
    await filter.fill('s3')
    await box(page, 'prod/s1').waitFor({ state: 'detached' })
    assert.equal(await isIndeterminate(all), false)
    await all.check()
    await bar(page).getByText('2 services selected').waitFor()
    await bar(page).getByText('1 hidden by the filter').waitFor()
    await all.uncheck()
    await bar(page).getByText('1 service selected').waitFor()
    await filter.fill('')
    await box(page, 'prod/s3').waitFor()
    assert.deepEqual(await selectedRows(page), ['prod/s1'])
    await bar(page).getByRole('button', { name: 'Clear the selection' }).click()
    await bar(page).waitFor({ state: 'detached' })
  })
  await t.test('by keys', async () => {
    await page.getByRole('heading', { name: 'Services' }).click()
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await press('j', 'x')
    assert.deepEqual(await selectedRows(page), ['prod/s1'])
    await press('j', 'j', 'Shift+X')
    assert.deepEqual(await selectedRows(page), ['prod/s1', 'prod/s2', 'prod/s3'])
    await press('x')
    assert.deepEqual(await selectedRows(page), ['prod/s1', 'prod/s2'])
    // A checkbox is not a text field, so the shortcuts work while it has the focus.
    await box(page, 'prod/s2').click()
    await press('j', 'x')
    assert.deepEqual(await selectedRows(page), ['prod/s1', 'prod/s3'])
  })
})

test('the selection survives changes of the list, and a row that vanishes leaves it', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, api } = program!
  await createService(program!, 'gone', 'web')
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await openList(page, url + listPath)
  await select(page, 's1', 'gone')
  await box(page, 'prod/s2').focus()
  await requireSuccess(api.patch(`${servicesPath}/s3?wait=STABLE`, { count: 2 }))
  await page.getByRole('row').filter({ hasText: 'prod/s3' }).getByText('2/2').waitFor()
  assert.deepEqual(await selectedRows(page), ['prod/gone', 'prod/s1'])
  await requireSuccess(api.delete(`${servicesPath}/gone?force=true`))
  await bar(page).getByText('1 service selected').waitFor()
  // Another service with this name, and the same ARN, is not selected.
  await createService(program!, 'gone', 'web')
  await box(page, 'prod/gone').waitFor()
  assert.deepEqual(await selectedRows(page), ['prod/s1'])
  await requireSuccess(api.delete(`${servicesPath}/gone?force=true`))
  await box(page, 'prod/gone').waitFor({ state: 'detached' })
})

test('a viewer can select, and the actions say why they are disabled', { skip, timeout: 300_000 }, async (t) => {
  const { url, newToken } = program!
  const token = await newToken({ name: 'reader', role: 'viewer' })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await openList(page, url + listPath)
  await select(page, 's1', 's2')
  for (const name of ['Restart…', 'Stop deployment…', 'Tags…']) {
    const button = bar(page).getByRole('button', { name, disabled: true })
    assert.equal(await button.getAttribute('title'), 'The token reader does not have the permission change.')
  }
})

test('a phone selects all rows of a long list', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const count = 300
  await page.route(/\/local\/services\?/, async (route) => {
    const response = await fetchWithoutEtag(route)
    const body = await response.json()
    const items = Array.from({ length: count }, (_, i) => {
      const name = `n${String(i).padStart(3, '0')}`
      return { ...body.items[0], name, arn: `${body.items[0].arn}-${name}` }
    })
    await route.fulfill({ response, json: { ...body, items } })
  })
  await page.setViewportSize({ width: 390, height: 844 })
  await openList(page, url + listPath)
  await page.getByText('Select all').click()
  await bar(page).getByText('300 services selected').waitFor()
  const clear = bar(page).getByRole('button', { name: 'Clear the selection' })
  const { y } = (await clear.boundingBox())!
  assert.ok(y < 844, 'the bar is in sight')
  await clear.click()
  await box(page, 'prod/n002').check()
  await box(page, 'prod/n009').click({ modifiers: ['Shift'] })
  await bar(page).getByText('8 services selected').waitFor()
})
