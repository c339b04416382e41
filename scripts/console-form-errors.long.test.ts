// The errors of forms: in words, at their fields, once each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleProgram, newProfile, signedInPage, skipReason } from './console-browser.ts'

const skip = skipReason
const program = skip ? undefined : await consoleProgram()

test('a name that cannot be has its error in words', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newProfile(t, url), url, token)
  const hasNote = (id: string, text: string) => page.locator(`#${id}-notes`).getByText(text, { exact: true }).waitFor()
  const hasReason = (button: string, reason: string) =>
    page
      .getByRole('button', { name: button, exact: true })
      .and(page.locator(`[title="${reason}"]`))
      .waitFor()
  const spaced = 'Use letters, digits, - and _ only, not a space or !.'

  await page.goto(`${url}/console/local/new/taskdef`)
  await page.getByLabel('Family').fill('my app!')
  await hasNote('family', spaced)

  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('Name', { exact: true }).fill('my app!')
  await hasNote('name', spaced)
  await hasReason('Create', `Name: ${spaced}`)
  await page.getByLabel('Name', { exact: true }).fill('x'.repeat(256))
  await hasNote('name', 'Use at most 255 characters, not 256.')
  await page.getByLabel('Name', { exact: true }).fill('app')
  await page.getByLabel('Cluster', { exact: true }).fill('a b!')
  await hasNote('cluster', spaced)
  await hasReason('Create', `Cluster: ${spaced}`)

  await page.goto(`${url}/console/local/clusters`)
  await page.getByRole('button', { name: 'Create a cluster…' }).click()
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('my app!')
  await hasNote('name', spaced)
  await hasReason('Create', spaced)

  await page.goto(`${url}/console/admin/tokens`)
  await page.getByRole('button', { name: 'Create a token…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('ana laptop')
  const words = 'Use letters, digits, . _ @ and - only, not a space.'
  await hasNote('name', words)
  await hasReason('Create', words)
  await dialog.getByLabel('Name', { exact: true }).fill('-ana')
  await hasNote('name', 'Begin with a letter or a digit.')
  assert.equal(await dialog.getByText('pattern').count(), 0)
})

test('the errors of the gateway have no regular expression', { skip }, async () => {
  const { api } = program!
  const { body, text } = await api.post('/tokens', { name: 'ana laptop', role: 'viewer', accounts: ['a b'] })
  assert.deepEqual(
    body.errors.map(({ pointer, message }: { pointer: string; message: string }) => [pointer, message]),
    [
      ['/name', 'must be 1 to 63 letters, digits, ".", "_", "@" or "-", and begin with a letter or digit'],
      ['/accounts/0', 'must have letters, digits, "_", "-", "*" and "?" only'],
    ],
  )
  assert.doesNotMatch(text, /pattern|\^/)
})
