// The page of the tokens: who may create one, until when it is valid, and its value, which is shown once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway } from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

test('a viewer sees why no token can be created, with the pointer and by keyboard', { skip }, async (t) => {
  const { url, newToken } = program!
  const viewer = await newToken({ name: 'reader', role: 'viewer' })
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors: [/403 .*tokens/] }), url, viewer)
  await page.goto(`${url}/console/admin/tokens`)
  const create = page.getByRole('button', { name: 'Create a token…', disabled: true })
  const reason = page.locator(`[id="${await create.getAttribute('aria-describedby')}"]`)
  assert.equal(await reason.innerText(), 'The token reader does not have the permission administer.')
  const width = async () => (await reason.boundingBox())!.width
  assert.ok((await width()) <= 1)
  await create.focus()
  assert.ok((await width()) > 100)
  assert.ok((await reason.boundingBox())!.x >= 0)
  await create.blur()
  assert.ok((await width()) <= 1)
  await create.hover()
  assert.ok((await width()) > 100)
})

test('a token has an expiry, and Escape does not close its value', { skip }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { timezoneId: 'UTC' }), url, token)
  await page.goto(`${url}/console/admin/tokens`)
  await page.getByRole('button', { name: 'Create a token…' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill('until')
  await form.getByLabel('Expires on').fill('2020-01-01')
  await form
    .getByRole('button', { name: 'Create the token' })
    .and(page.locator('[title="Choose today or a later day."]'))
    .waitFor()
  await form.getByLabel('Expires on').fill('2099-12-31')
  await form.getByLabel('Task definition families').fill('web*, api')
  await form.getByRole('button', { name: 'Create the token' }).click()
  const value = page.getByRole('dialog', { name: 'The value of the token until' })
  await value.waitFor()
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('Escape')
  await value.getByText(/^ecsapi_/).waitFor()
  await value.getByRole('button', { name: 'Close' }).click()
  await value.waitFor({ state: 'detached' })
  // The button that cannot be undone has the colour of danger.
  // biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
  const colourOf = (button: any) => button.ownerDocument.defaultView.getComputedStyle(button).color
  const revoke = page.getByRole('button', { name: 'Revoke… until' })
  const rotate = page.getByRole('button', { name: 'Rotate… until' })
  assert.notEqual(await revoke.evaluate(colourOf), await rotate.evaluate(colourOf))
  const { items } = (await api.get('/tokens')).body
  const { expiresAt, taskDefinitions } = items.find(({ name }: { name: string }) => name === 'until')
  assert.deepEqual([expiresAt, taskDefinitions], ['2099-12-31T23:59:59.000Z', ['web*', 'api']])
})
