// The line on top of the pages of an account whose configuration has a colour.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway } from './browser.ts'

const skip = skipReason

test('the pages of an account with a colour have a line of it on top, and pages of all accounts have none', {
  skip,
}, async (t) => {
  const { url, token, api } = await startConsoleGateway({ console: { colour: '#c0271c' } })
  const [account] = (await api.get('/accounts')).body.items
  assert.deepEqual(account.console, { colour: '#c0271c' })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/services`)
  const line = page.locator('.account-line')
  await line.waitFor()
  const style = await page.evaluate(`(() => {
    const { backgroundColor, height } = getComputedStyle(document.querySelector('.account-line'))
    return [backgroundColor, height]
  })()`)
  assert.deepEqual(style, ['rgb(192, 39, 28)', '3px'])
  await page.goto(`${url}/console/admin/audit`)
  await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor()
  assert.equal(await line.count(), 0)
})
