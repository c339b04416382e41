// The tables of the console: columns, times and links.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  createExampleServices,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
if (program) await createExampleServices(program)

const headsOf = (page: Page, table: string) =>
  page.getByRole('table', { name: table }).getByRole('columnheader').allInnerTexts()

test('a column without a value in any row is left out', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const services = `${url}/console/local/clusters/prod/services`
  await page.goto(`${services}/www`)
  await waitForText(page, /10\.0\./)
  assert.ok((await headsOf(page, 'Tasks')).includes('Address'))
  // Its tasks stop before they have an address.
  await page.goto(`${services}/api`)
  await waitForText(page, /Stopped before it started/)
  assert.ok(!(await headsOf(page, 'Tasks')).includes('Address'))
  await page.goto(`${services}/www/deployments`)
  await waitForText(page, /first release/)
  const heads = await headsOf(page, 'Deployments')
  assert.ok(heads.includes('Created') && !heads.includes('Failed tasks'), heads.join())
})

test('a time of the audit log and of an event has its day', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const path of ['/console/admin/audit', '/console/local/clusters/prod/services/www/events']) {
    await page.goto(url + path)
    const time = page.locator('td[data-title="When"] time').first()
    await time.waitFor()
    assert.match(await time.innerText(), /^\d{1,2} [A-Z][a-z]{2} \d\d:\d\d:\d\d$/, path)
    assert.match((await time.getAttribute('title')) ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/)
  }
})

test('a service of the list leads to its task definition, and its cluster has settings in words', {
  skip,
}, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod`)
  await page.locator('.facts .pair', { hasText: 'Container insights' }).getByText('off', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'web:2' }).click()
  await page.getByRole('heading', { name: 'web:2', exact: true }).waitFor()
})

test('a task of the account leads to its service', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/tasks`)
  await page.getByRole('link', { name: 'prod/www' }).first().click()
  await page.getByRole('heading', { name: 'www', exact: true }).waitFor()
})
