// The editor of a document: the errors in its text, its keys, and the text area in its place until it has loaded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { faultsOfAppearance } from './appearance.ts'
import {
  clickOnceEnabled,
  newBrowserProfile,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  webDefinition,
} from './browser.ts'
import { documentText, isFocused, keyboard, typeDocument } from './input.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const timeout = 300_000

// A plan is asked for while a document is half written.
const expectedErrors = [/\(Bad Request\).*dryRun/]

const editorOf = (page: Page | Locator) => page.getByLabel(/^Document \(JSON/)
const errorsOf = (page: Page) => page.getByRole('list', { name: 'Errors in the document' }).getByRole('listitem')
const waitForError = (page: Page, text: string | RegExp) => errorsOf(page).filter({ hasText: text }).waitFor()
const waitForFocus = (target: Locator) => target.and(target.page().locator(':focus')).waitFor()
const lines = (...each: string[]) => each.join('\n')
/** The markers beside the lines, and the markers in the text. */
const markersOf = async (page: Page) => ({
  lines: await page.locator('.cm-lint-marker-error').count(),
  texts: await page.locator('.cm-lintRange-error').allTextContents(),
})

test('faults of the syntax are marked, listed, and one click away', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/taskdef`)
  const editor = editorOf(page)
  for (const [text, error, marked] of [
    [lines('{', '  "family": "a"', '  "cpu": 256', '}'), /^Line 3 The document is not JSON: Expected ','/, '"'],
    // The browser does not say the place of these.
    [lines('{', '  "family": }'), /^Line 2 The document is not JSON: Unexpected token '}'$/, '}'],
    [lines('{', '  "family": {'), /^Line 2 The document is not JSON: /, '{'],
    [lines('family: a', 'cpu: [256', 'memory: 1'), /^Line 3 The document is not YAML: Flow sequence/, 'm'],
  ] as const) {
    await typeDocument(editor, text)
    await waitForError(page, error)
    const markers = await markersOf(page)
    assert.ok(markers.lines > 0 && markers.texts.join('').startsWith(marked), `${text}: ${JSON.stringify(markers)}`)
    assert.equal(await editor.getAttribute('aria-invalid'), 'true')
    assert.equal(await documentText(editor), text)
  }
  await typeDocument(editor, lines('{', '  "family": "a"', '  "cpu": 256', '}'))
  await page.getByRole('alert').getByRole('button', { name: 'Line 3' }).click()
  await waitForFocus(editor)
  await page.keyboard.press('Home')
  await page.keyboard.insertText(',')
  await errorsOf(page).waitFor({ state: 'detached' })
  assert.deepEqual(await markersOf(page), { lines: 0, texts: [] })
  assert.equal(await documentText(editor), lines('{', '  "family": "a"', '  ,"cpu": 256', '}'))
  // Undone as in any editor, also what the form has written.
  await page.getByLabel('Family').fill('form')
  await editor.focus()
  await page.keyboard.press('Control+z')
  await page.getByLabel('Family').and(page.locator('[value="a"]')).waitFor()
})

test('errors of the plan are marked at the values that they name', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/taskdef`)
  const editor = editorOf(page)
  const container = { name: 'web', image: 'nginx:1.29', imag: 'x', dockerLabels: { '80': [1] } }
  await typeDocument(editor, JSON.stringify({ family: 'marked', containerDefinitions: [container] }, null, 2))
  await waitForError(page, /^Line 7 \/containerDefinitions\/0\/imag: unknown field/)
  await waitForError(page, /^Line 9 \/containerDefinitions\/0\/dockerLabels\/80: /)
  assert.deepEqual(await markersOf(page), { lines: 2, texts: ['"x"', '['] })
  await page.locator('.cm-lintRange-error').first().hover()
  await page.locator('.cm-tooltip').getByText('/containerDefinitions/0/imag: unknown field imag').waitFor()
  await page.mouse.move(0, 0)

  // The same in YAML, by keyboard: to the error, away with it, and to the next one.
  await typeDocument(
    editor,
    lines(
      'family: marked',
      'containerDefinitions:',
      '  - name: web',
      '    image: nginx:1.29',
      '    imag: x',
      '    dockerLabels:',
      '      80: [1]',
    ),
  )
  await waitForError(page, /^Line 5 \/containerDefinitions\/0\/imag/)
  await waitForError(page, /^Line 7 \/containerDefinitions\/0\/dockerLabels\/80: /)
  await keyboard(page).press(page.getByRole('button', { name: 'Line 5' }))
  await waitForFocus(editor)
  await page.keyboard.press('Control+Shift+k')
  await errorsOf(page).filter({ hasText: 'imag' }).waitFor({ state: 'detached' })
  await waitForError(page, /^Line 6 /)
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('F8')
  await page.keyboard.type('one')
  await waitForPlan(page, /A new revision of marked|No service uses it/)
  assert.equal(await errorsOf(page).count(), 0)
  await clickOnceEnabled(page.getByRole('button', { name: 'Register', exact: true }))
  await page.getByRole('heading', { name: 'marked:1', exact: true }).waitFor()
})

test('only errors about the service are marked in its document', { skip, timeout }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/marks', {})
  const profile = await newBrowserProfile(t, url, { expectedErrors })
  const page = await signedInPage(profile, url, token)
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await page.goto(`${url}/console/local/new/service?cluster=marks`)
  await page.getByLabel('An image').check()
  await page.getByLabel('Image', { exact: true }).fill('nginx:not a tag')
  await page.getByText('Edit as document').waitFor()
  assert.deepEqual(
    requested.filter((each) => each.includes('document-editor')),
    [],
    'nobody has opened the document',
  )
  await page.getByText('Edit as document').click()
  const editor = editorOf(page)
  const body = JSON.parse(await documentText(editor))
  assert.equal(requested.filter((each) => each.includes('document-editor')).length, 1)
  await typeDocument(editor, JSON.stringify({ ...body, name: 'marks', platformVersion: 7 }, null, 2))
  await waitForError(page, /\/platformVersion/)
  // The error of the image stands at its field, and in no document.
  await page.getByRole('alert').getByText('Correct Image, Platform version of Fargate').waitFor()
  await page
    .locator('.field')
    .filter({ hasText: 'Image' })
    .getByText(/invalid characters/)
    .first()
    .waitFor()
  assert.equal(await errorsOf(page).count(), 1)
  assert.deepEqual((await markersOf(page)).texts, ['7'])
})

test('Tab leaves the editor, until Control M lets it indent', { skip, timeout }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/tabs', {})
  await api.post('/local/taskdefs', webDefinition('tabs'))
  const service = { name: 'www', taskDefinition: 'tabs', count: 0 }
  await api.post('/local/clusters/tabs/services?wait=STABLE&fail=true', service)
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/clusters/tabs/services/www`)
  await openServiceMenu(page)
  await page.getByRole('button', { name: 'Change settings…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Edit as document').click()
  const editor = editorOf(dialog)
  const type = (text: string) => typeDocument(editor, text)
  const pressAll = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  await keyboard(page).type(editor, '{')
  await dialog.getByText('Line 1').waitFor()
  await pressAll('Tab')
  assert.equal(await editor.evaluate(isFocused), false)
  await pressAll('Shift+Tab')
  assert.equal(await editor.evaluate(isFocused), true)
  assert.equal(await documentText(editor), '{')

  await type('x')
  await pressAll('Control+m', 'Home', 'Tab')
  await page.locator('.cm-announced').getByText('Tab indents.').waitFor({ state: 'attached' })
  assert.equal(await documentText(editor), '  x')
  await pressAll('Shift+Tab')
  assert.equal(await documentText(editor), 'x')
  // Escape belongs to the editor now: the dialog stays.
  await pressAll('Escape', 'Tab')
  assert.equal(await editor.evaluate(isFocused), false)
  await pressAll('Shift+Tab', 'Control+m', 'Tab')
  assert.equal(await editor.evaluate(isFocused), false)
  assert.equal(await documentText(editor), 'x')

  // A search ends with Escape, and the dialog stays, too.
  await pressAll('Control+f')
  await page.getByPlaceholder('Find').fill('x')
  await pressAll('Escape')
  await page.getByPlaceholder('Find').waitFor({ state: 'detached' })
  assert.equal(await dialog.count(), 1)
})

test('the shortcuts of the console do not act in the editor', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/taskdef`)
  const editor = editorOf(page)
  const textbox = page.getByRole('textbox', { name: 'Document (JSON or YAML)' })
  await typeDocument(textbox, '#')
  // biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
  const description = await textbox.evaluate((element: any) =>
    element
      .getAttribute('aria-describedby')
      .split(' ')
      .map((id: string) => element.getRootNode().getElementById(id).textContent)
      .join(' '),
  )
  assert.match(description, /^The definition of the form.* 1 error, listed below\. Tab leaves the editor\./)
  await page.keyboard.type(' g s ? / x')
  assert.equal(await documentText(editor), '# g s ? / x')
  await typeDocument(editor, 'family: x')
  await page.getByLabel('Family').click()
  await page.getByText('Document (JSON or YAML)').click()
  assert.equal(await editor.evaluate(isFocused), true, 'a click on the label')
  // A character that would hide text is shown as its code point.
  await typeDocument(editor, 'family: a\u202eb')
  await page.locator('.cm-specialChar').getByText('U+202e').waitFor()
  assert.equal(await documentText(editor), 'family: a\u202eb')
})

test('the text stays while a session has ended, and the focus returns to it', { skip, timeout }, async (t) => {
  const { url, newToken, api } = program!
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/401 \(Unauthorized\)/, /net::ERR_/, ...expectedErrors],
  })
  const writer = { name: 'writer', role: 'operator' as const }
  const page = await signedInPage(profile, url, await newToken(writer))
  await page.goto(`${url}/console/local/new/taskdef`)
  const editor = editorOf(page)
  await typeDocument(editor, 'family: half')
  assert.equal((await api.delete('/tokens/writer')).status, 200)
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' })
  await dialog.getByLabel('Token').fill(await newToken(writer))
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await dialog.waitFor({ state: 'detached' })
  await waitForFocus(editor)
  await page.keyboard.press('Control+End')
  await page.keyboard.type('-typed')
  assert.equal(await documentText(editor), 'family: half-typed')
})

test('until the editor has loaded, a text area takes what is typed, and hands it over', {
  skip,
  timeout,
}, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  const requested = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  await page.route('**/console/assets/document-editor-*.js', async (route) => {
    requested.resolve()
    await released.promise
    await route.continue()
  })
  await page.goto(`${url}/console/local/new/taskdef`)
  const editor = editorOf(page)
  await editor.fill('family: ab')
  await requested.promise
  await page.getByLabel('Family').and(page.locator('[value="ab"]')).waitFor()
  await page.keyboard.press('ArrowLeft')
  released.resolve()
  await editor.and(page.locator('[contenteditable]')).waitFor()
  assert.equal(await editor.evaluate(isFocused), true)
  await page.keyboard.type('-')
  await page.getByLabel('Family').and(page.locator('[value="a-b"]')).waitFor()
  assert.equal(await documentText(editor), 'family: a-b')
})

test('without the editor a text area does', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/net::ERR_FAILED/, ...expectedErrors] })
  const page = await signedInPage(profile, url, token)
  const failed = page.waitForEvent('requestfailed')
  await page.route('**/console/assets/document-editor-*.js', (route) => route.abort())
  await page.goto(`${url}/console/local/new/taskdef`)
  const area = editorOf(page)
  await area.focus()
  await failed
  const definition = (image: string) => lines('family: plain', 'containerDefinitions:', `  - {name: web, ${image}}`)
  await area.fill(definition('image: nginx:1.29, imag: x'))
  await waitForError(page, /^Line 3 \/containerDefinitions\/0\/imag/)
  await page.getByRole('button', { name: 'Line 3' }).first().click()
  assert.equal(await area.evaluate(isFocused), true)
  await area.fill(definition('image: nginx:1.29'))
  await clickOnceEnabled(page.getByRole('button', { name: 'Register', exact: true }))
  await page.getByRole('heading', { name: 'plain:1', exact: true }).waitFor()
})

test('the editor looks right in both themes and widths, and with forced colours', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/taskdef`)
  const editor = editorOf(page)
  const long = { LONG: 'a-long-word-without-a-space'.repeat(20) }
  const container = { name: 'web', image: 'nginx:1.29', imag: 1, environment: long }
  await typeDocument(editor, JSON.stringify({ family: 'looks', cpu: 300, containerDefinitions: [container] }, null, 2))
  await waitForError(page, /imag/)
  await page.keyboard.press('Control+f')
  await page.getByPlaceholder('Find').fill('n')
  assert.deepEqual(await faultsOfAppearance(page, 'document-editor'), [])
  await page.emulateMedia({ forcedColors: 'active' })
  assert.deepEqual(await faultsOfAppearance(page, 'document-editor-forced-colours'), [])
})
