// The open menus of the console in both themes and widths: accessible, and not wider than a phone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axeViolationsIn, faultsOfAppearance } from './appearance.ts'
import {
  createExampleServices,
  newBrowserProfile,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
if (program) await createExampleServices(program)

test('the open menus are accessible in both themes and widths', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const header = page.getByRole('banner')
  const menus: Record<string, () => Promise<void>> = {
    display: () => header.getByText('Display').click(),
    account: () => header.locator('summary', { hasText: 'admin' }).click(),
    more: () => openServiceMenu(page),
    commands: () => page.locator('summary', { hasText: 'curl and command line' }).click(),
  }
  for (const [name, open] of Object.entries(menus))
    await t.test(name, async () => {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.goto(`${url}/console/local/clusters/prod/services/www`)
      await waitForText(page, /3 running/)
      await open()
      await page.locator('details[open]').waitFor()
      assert.deepEqual(await faultsOfAppearance(page, `menu-${name}`), [])
      assert.equal(await page.locator('details[open]').count(), 1, 'the menu is still open')
    })
  await t.test('the pages on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(url)
    await page.getByRole('button', { name: 'Menu' }).click()
    assert.deepEqual(await axeViolationsIn(page.mainFrame()), [])
  })
  await t.test('the palette with results', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('www')
    await page
      .getByRole('option', { name: /prod\/www/ })
      .first()
      .waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'palette-results'), [])
  })
})
