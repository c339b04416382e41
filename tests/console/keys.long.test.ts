// The keys of the console: none types its own character, and none acts while a dialog or a field has the focus.
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
const wwwPage = '/console/local/clusters/prod/services/www'

test('a key that opens a dialog leaves the fields of the dialog as they are', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + wwwPage)
  await waitForText(page, /3 running/)
  const dialog = page.getByRole('dialog')
  await page.keyboard.press('d')
  const image = dialog.getByLabel('Image of web')
  await image.and(page.locator('[value="nginx:1.30"]')).waitFor()
  assert.equal(await image.inputValue(), 'nginx:1.30')
  await dialog.getByText('The plan of the changes appears here.').waitFor()
  await page.keyboard.press('Enter')
  assert.equal(await dialog.getByRole('button', { name: 'Deploy', exact: true }).getAttribute('aria-disabled'), 'true')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await page.keyboard.press('/')
  const palette = dialog.getByRole('combobox')
  await palette.waitFor()
  assert.equal(await palette.inputValue(), '')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await page.goto(`${url}/console/local/clusters/prod/tasks/${exampleIds!.runningTask}`)
  await waitForText(page, /last line/)
  for (const key of ['g', 'c']) await page.keyboard.press(key)
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
})

test('no key acts while a dialog, a field or the palette has the focus', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + wwwPage)
  await waitForText(page, /3 running/)
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Scale…' }).click()
  // The focus is on a button, which takes no characters.
  await dialog.getByRole('button', { name: 'Cancel' }).focus()
  for (const key of ['d', 'g', 's', '/', '?', 'l', 'Control+k']) await page.keyboard.press(key)
  assert.deepEqual(await dialog.getByRole('heading', { level: 1 }).allTextContents(), ['Scale prod/www'])
  assert.equal(new URL(page.url()).pathname, wwwPage)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  // Caps Lock makes the key K, without Shift.
  await page.keyboard.press('Control+K')
  await page.keyboard.type('gs?d/')
  assert.equal(await dialog.getByRole('combobox').inputValue(), 'gs?d/')
  assert.equal(await dialog.count(), 1)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await page.goto(`${url}/console/local/services`)
  const filter = page.getByLabel('Filter by name, cluster, task definition or tag')
  await filter.click()
  await page.keyboard.type('gd?/jk')
  assert.equal(await filter.inputValue(), 'gd?/jk')
  assert.equal(await dialog.count(), 0)
})

test('keys go to pages, and act on the row or on the page, also with Caps Lock on', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters`)
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name, exact: true })
  await heading('Clusters').waitFor()
  for (const [key, name] of [
    ['o', /of 2 services/],
    ['s', 'Services'],
    ['t', 'Tasks'],
    ['d', 'Task definitions'],
    ['c', 'Clusters'],
    ['a', 'Audit'],
  ] as const) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await heading(name).waitFor()
  }
  // The account of the page before stays chosen on a page without one. Caps Lock makes capitals without Shift.
  await page.keyboard.press('G')
  await page.keyboard.press('S')
  await heading('Services').waitFor()

  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const moveTo = async (name: string) => {
    await row(name).waitFor()
    for (let presses = 0; presses < 3 && (await row(name).locator(':focus').count()) === 0; presses++)
      await page.keyboard.press(presses === 0 ? 'j' : 'J')
    await row(name).locator(':focus').waitFor()
  }
  await moveTo('prod/www')
  await page.keyboard.press('l')
  await page.waitForURL(`${url}${wwwPage}/logs`)
  await page.goBack()
  await moveTo('prod/api')
  await page.keyboard.press('w')
  await heading('api').waitFor()
  await page.goBack()
  await moveTo('prod/www')
  await page.keyboard.press('Enter')
  await heading('www').waitFor()
  await page.keyboard.press('L')
  await page.waitForURL(`${url}${wwwPage}/logs`)
})
