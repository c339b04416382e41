// The look of forms: the plan and the button stay in sight, and fields are as large as their content.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  newBrowserProfile,
  openAllDetails,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  webDefinition,
} from './browser.ts'
import { isFocused } from './input.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

/** The fields that Tab reaches, in the page: for each one, the parts that are out of sight while it has the focus. */
const hiddenPartsScript = (selectors: readonly string[]) => `(() => {
  const isOnTop = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    return element.contains(document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 10)))
  }
  const field = document.activeElement
  return [field, ...${JSON.stringify(selectors)}.map((selector) => document.querySelector(selector))]
    .filter((element) => !isOnTop(element))
    .map((element) => field.id + ': ' + (element.id || element.textContent.slice(0, 20)))
})()`

/** Moves the focus through all fields of the form by Tab, and returns the parts that are out of sight meanwhile. */
async function hiddenPartsAtEachField(page: Page, selectors: readonly string[]): Promise<string[]> {
  const fields = (await page.locator('form :is(input, textarea, select):enabled').all()).length
  await page.locator('form :is(input, select):enabled').first().focus()
  const found: string[] = []
  const seen = new Set<string>()
  while (await page.evaluate("document.activeElement.matches('form > :first-child :is(*)')")) {
    found.push(...(await page.evaluate<string[]>(hiddenPartsScript(selectors))))
    if (await page.evaluate("document.activeElement.matches('input, textarea, select')"))
      seen.add(await page.evaluate<string>('document.activeElement.id + document.activeElement.name'))
    await page.keyboard.press('Tab')
  }
  assert.ok(seen.size > 10 && seen.size <= fields, `${seen.size} of ${fields} fields`)
  return found
}

test('the button and the plan of a long form stay in sight at each of its fields', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/default', {})
  await api.post('/local/taskdefs', webDefinition('web'))
  const long = { name: 'long', taskDefinition: 'web', count: 1 }
  await api.post('/local/clusters/default/services?wait=STABLE&fail=true', long)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    const button = 'form button[type=submit]'
    const selectors = width > 900 ? [button, 'form section[aria-label=Plan] h2'] : [button]

    await page.goto(`${url}/console/local/new/service`)
    await page.getByLabel('An image').check()
    await page.getByLabel('Image', { exact: true }).fill('nginx:1.29')
    await page.getByLabel('Environment').fill(Array.from({ length: 40 }, (_, i) => `NAME_${i}=1`).join('\n'))
    await waitForPlan(page, /NAME_39/)
    await openAllDetails(page)
    assert.deepEqual(await hiddenPartsAtEachField(page, selectors), [])

    await page.goto(`${url}/console/local/new/taskdef?from=web:1`)
    await waitForPlan(page, /No field differs/)
    assert.deepEqual(await hiddenPartsAtEachField(page, selectors), [])

    // A dialog has its own scrolling. Without a change, the reason of the button stands at it.
    await page.goto(`${url}/console/local/clusters/default/services/long?do=deploy`)
    await page.getByLabel('Image of web').waitFor()
    await openAllDetails(page)
    assert.deepEqual(await hiddenPartsAtEachField(page, [button]), [])
  }
})

test('a comparison keeps a space before its hint, and a menu has rows without frames', { skip }, async (t) => {
  const { url, token, api } = program!
  const services = '/local/clusters/default/services'
  await api.put('/local/clusters/default', {})
  await api.post('/local/taskdefs', webDefinition('spaced', { environment: { LEVEL: 'debug' } }))
  await api.post(`${services}?wait=STABLE&fail=true`, { name: 'spaced', taskDefinition: 'spaced', count: 1 })
  const change = { containers: { web: { environment: { LEVEL: 'info' } } } }
  await api.patch(`${services}/spaced?wait=STABLE&fail=true`, change)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console${services}/spaced/releases/1/diff/2`)
  const bottomOf = ({ y, height }: { y: number; height: number }) => y + height
  const changes = (await page.locator('.changes').boundingBox())!
  const hint = (await page.getByText(/^Values that may be secret/).boundingBox())!
  assert.ok(hint.y - bottomOf(changes) >= 8, `${hint.y} below ${bottomOf(changes)}`)

  await page.goto(`${url}/console${services}/spaced`)
  await openServiceMenu(page)
  const rows = page.locator('.menu[open] button')
  const boxes = await Promise.all((await rows.all()).map(async (row) => (await row.boundingBox())!))
  assert.equal(boxes.length, 3)
  assert.deepEqual(
    boxes.slice(1).map(({ y }, i) => y - bottomOf(boxes[i]!)),
    [0, 0],
  )
})

test('form and plan begin at one line, and a field for lines shows three and grows', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const boxOf = async (selector: string) => (await page.locator(selector).first().boundingBox())!
  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('An image').check()
  assert.equal((await boxOf('fieldset.panel')).y, (await boxOf('section.panel')).y)
  // The environment is beside the ports, and not folded.
  const ports = page.getByLabel('Ports')
  const environment = page.getByLabel('Environment')
  await ports.focus()
  await page.keyboard.press('Tab')
  assert.equal(await environment.evaluate(isFocused), true)
  const heightOf = async () => (await environment.boundingBox())!.height
  const lines = (await heightOf()) / 18
  assert.ok(lines >= 3 && lines < 4, `${lines} lines`)
  await environment.fill('A=1\nB=2\nC=3\nD=4\nE=5\nF=6')
  assert.ok((await heightOf()) / 18 >= 6)

  await page.goto(`${url}/console/local/new/taskdef`)
  assert.equal((await boxOf('fieldset.panel')).y, (await boxOf('section.panel')).y)
  assert.equal(await page.getByRole('group', { name: 'Task', exact: true }).count(), 1)
  await page.getByRole('link', { name: 'To the document' }).click()
  // Its editor has replaced the plain text area.
  await page.locator('div#document').waitFor()
  const document = await boxOf('div#document')
  assert.ok(document.y >= 0 && document.y < 600, `the document begins at ${document.y}`)
})
