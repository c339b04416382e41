// The Back button of the browser: a list comes back with the filter that it had.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { createExampleServices, newBrowserProfile, signedInPage, skipReason, startConsoleGateway } from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
if (program) await createExampleServices(program)

const pressed = (page: Page, name: RegExp) =>
  page.getByRole('button', { name }).and(page.locator('[aria-pressed="true"]')).waitFor()

test('each filter is the same after another page and Back', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const cluster = `${url}/console/local/clusters/prod`
  const awayAndBack = async (link: RegExp) => {
    const address = page.url()
    await page.getByRole('link', { name: link }).first().click()
    await page.waitForURL((each) => each.href.split('?')[0] !== address.split('?')[0])
    await page.goBack()
    await page.waitForURL(address)
  }
  await t.test('the tasks of a service', async () => {
    await page.goto(`${cluster}/services/www`)
    await pressed(page, /^Not stopped/)
    await page.getByRole('button', { name: /^All/ }).click()
    await awayAndBack(/^Show the deployment/)
    await pressed(page, /^All/)
    await page.getByRole('button', { name: /^Not stopped/ }).click()
    await awayAndBack(/^Show the deployment/)
    await pressed(page, /^Not stopped/)
  })
  await t.test('all tasks of a service none of which runs', async () => {
    await page.goto(`${cluster}/services/api`)
    await pressed(page, /^All/)
    await page.waitForURL(/status=all/)
  })
  await t.test('the dialog of an action leaves the filter alone', async () => {
    await page.goto(`${cluster}/services/www?status=stopped&do=restart`)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await page.waitForURL(/\?status=stopped$/)
    await pressed(page, /^Stopped/)
  })
  await t.test('the list of tasks', async () => {
    await page.goto(`${url}/console/local/tasks`)
    await page.getByRole('button', { name: /^Stopped/ }).click()
    await awayAndBack(/^Why/)
    await pressed(page, /^Stopped/)
  })
  await t.test('the audit log', async () => {
    await page.goto(`${url}/console/admin/audit`)
    await page.getByPlaceholder('Person, change').fill('prod')
    await page.getByRole('checkbox', { name: /Show plans/ }).check()
    await awayAndBack(/^prod$/)
    assert.equal(await page.getByPlaceholder('Person, change').inputValue(), 'prod')
    assert.equal(await page.getByRole('checkbox', { name: /Show plans/ }).isChecked(), true)
  })
  await t.test('the period of the metrics', async () => {
    await page.goto(`${cluster}/services/www/metrics`)
    await page.getByLabel('Show').selectOption('1h')
    await awayAndBack(/^Show the deployment/)
    assert.equal(await page.getByLabel('Show').inputValue(), '1h')
  })
})
