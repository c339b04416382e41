// The palette: what a person looks for by its name, its id or the code on the page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
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
const exampleIds = program && (await createExampleServices(program))

test('the palette finds stopped tasks, clusters, logs and codes', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/services`)
  await waitForText(page, /prod\/www/)
  const options = page.getByRole('dialog').getByRole('option')
  const search = async (text: string) => {
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill(text)
  }
  const opens = async (text: string, option: RegExp, shown: RegExp) => {
    await search(text)
    await options.filter({ hasText: option }).first().click()
    await waitForText(page, shown)
  }
  await opens(
    exampleIds!.stoppedTask.slice(0, 8),
    /stopped task/,
    new RegExp(`Task ${exampleIds!.stoppedTask.slice(0, 8)}`),
  )
  await opens('prod', /^local\/prod *cluster/, /has reached a steady state/)
  await opens('web:1', /^local\/web:1 *task definition/, /Registered/)
  await opens('create a cluster', /create a cluster/, /Clusters/)
  await opens('delete www', /^Delete… local\/prod\/www/, /Type www to confirm|Services/)
  await page.getByRole('dialog', { name: 'Delete the service prod/www' }).getByLabel('Type www to confirm').waitFor()
  await opens('www logs', /www: logs/, /last line/)
  await search('ImageNameInv')
  await options.filter({ hasText: 'ImageNameInvalid' }).waitFor()
  assert.deepEqual(await options.allInnerTexts().then((texts) => texts.map((text) => text.split('\n')[0])), [
    'ImageNameInvalid',
  ])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'ImageNameInvalid', level: 1 }).waitFor()
  await page.goto(`${url}/console/local/services`)
  await waitForText(page, /prod\/www/)
  await search('NoSuchCodeAnywhere')
  const field = await page.getByRole('dialog').getByRole('combobox').boundingBox()
  const none = await page.getByText('Nothing has this name.').boundingBox()
  assert.ok(none!.y - field!.y - field!.height < 20, 'the text is directly below the field')
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  await waitForText(page, /3 running/)
  await search('> scale')
  await options.filter({ hasText: /^Scale… *action/ }).waitFor()
  assert.equal(await options.count(), 1)
  // Without > the action stands before the names and the codes that have the word.
  await search('scale')
  await options
    .first()
    .filter({ hasText: /^Scale… *action/ })
    .waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: /Scale/ }).getByLabel('Desired count').waitFor()
})
