// The errors of forms: in words, at their fields, once each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway } from './browser.ts'
import { documentText, typeDocument } from './input.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

test('a name that cannot be has its error in words', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
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
  await hasReason('Create the cluster', spaced)

  await page.goto(`${url}/console/admin/tokens`)
  await page.getByRole('button', { name: 'Create a token…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('ana laptop')
  const words = 'Use letters, digits, . _ @ and - only, not a space.'
  await hasNote('name', words)
  await hasReason('Create the token', words)
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

test('a fault in the document leaves the form filled', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const expectedErrors = [/\(Bad Request\).*dryRun/]
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  const document = page.getByLabel('Document (JSON or YAML)')
  await page.goto(`${url}/console/local/new/taskdef`)
  await page.getByLabel('Family').fill('shop')
  await page.getByLabel('Image').fill('nginx:1.29')
  const text = await documentText(document)
  await typeDocument(document, text.replace(',', ''))
  await page.getByText('Correct the document first.').waitFor()
  assert.equal(await page.getByLabel('Family').inputValue(), 'shop')
  assert.equal(await page.getByLabel('Image').inputValue(), 'nginx:1.29')
  await typeDocument(document, text.replace('"cpu": 256', '"cpu": 300'))
  const alert = page.getByRole('alert').filter({ hasText: 'Correct CPU' })
  await alert.waitFor()
  // Once at its field, and once below the document.
  const fault = page.getByText(/No Fargate configuration exists/)
  assert.equal(await page.locator('.notes').and(page.locator('span')).filter({ has: fault }).count(), 1)
  await page.getByRole('list', { name: 'Errors in the document' }).filter({ has: fault }).waitFor()
  assert.equal(await fault.count(), 2)
  const lineOfFault = page.getByRole('list', { name: 'Errors in the document' }).getByRole('listitem').first()
  assert.match(await lineOfFault.innerText(), /^Line \d+ \/cpu: No Fargate/)
  const top = async (label: string) => (await page.getByLabel(label, { exact: true }).boundingBox())!.y
  assert.equal(await top('CPU'), await top('Memory'))

  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('Name', { exact: true }).fill('www')
  await page.locator('summary').filter({ hasText: 'document' }).click()
  const serviceDocument = page.getByLabel(/^Document/)
  await typeDocument(serviceDocument, (await documentText(serviceDocument)).replace('{', '{,'))
  await page.getByText('Correct the document first.').waitFor()
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'www')
})
