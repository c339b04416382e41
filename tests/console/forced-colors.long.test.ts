// With forced colours, such as the high contrast of Windows, marks and the chosen one of several are still visible.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import {
  createExampleServices,
  newBrowserProfile,
  screenshotFolder,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const servicesPage = '/console/local/clusters/prod/services'

/** How an element, or a mark before its text, is painted. */
const paintOf = (element: Locator, mark = '') =>
  // biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
  element.evaluate((each: any, pseudo) => {
    const { backgroundColor, backgroundImage, color, outlineStyle }: Record<string, string> =
      each.ownerDocument.defaultView.getComputedStyle(each, pseudo)
    return { backgroundColor, backgroundImage, color, outlineStyle }
  }, mark)

/** Whether something is painted on the page's own background. */
async function isPainted(page: Page, element: Locator, mark = ''): Promise<boolean> {
  const canvas = (await paintOf(page.locator('body'))).backgroundColor
  const { backgroundColor, backgroundImage } = await paintOf(element, mark)
  return backgroundImage !== 'none' || ![canvas, 'rgba(0, 0, 0, 0)'].includes(backgroundColor!)
}

for (const colorScheme of ['light', 'dark'] as const)
  test(`marks and chosen ones are visible in forced colours, ${colorScheme}`, { skip, timeout: 300_000 }, async (t) => {
    const { url, token } = program!
    const profile = await newBrowserProfile(t, url, { forcedColors: 'active', colorScheme, reducedMotion: 'reduce' })
    const page = await signedInPage(profile, url, token)
    const picture = async (name: string) => {
      if (screenshotFolder) await page.screenshot({ path: `${screenshotFolder}/forced-${name}-${colorScheme}.png` })
    }
    /** The colours of the chosen filter, which are those of the system for something chosen. */
    let chosenColours: unknown
    const assertChosen = async (chosen: Locator, other: Locator) => {
      const [{ backgroundColor, color }, paint] = [await paintOf(chosen), await paintOf(other)]
      assert.notEqual(backgroundColor, paint.backgroundColor, `${chosen}`)
      chosenColours ??= [backgroundColor, color]
      assert.deepEqual([backgroundColor, color], chosenColours, `${chosen}`)
    }

    await waitForText(page, /of 2 services/)
    for (const status of await page.locator('.status').all())
      assert.ok(await isPainted(page, status, '::before'), await status.innerText())
    await picture('overview')

    await page.goto(`${url}/console/local/services`)
    const filters = page.getByRole('main').locator('[aria-pressed]')
    await filters.nth(3).waitFor()
    await assertChosen(filters.nth(0), filters.nth(1))
    await filters.nth(1).focus()
    assert.equal((await paintOf(filters.nth(1))).outlineStyle, 'solid')
    await picture('services')

    for (const [service, text] of [
      ['www', /3 running/],
      ['api', /pull access denied/],
    ] as const) {
      await page.goto(`${url}${servicesPage}/${service}`)
      await waitForText(page, text)
      const blocks = page.locator('.lane a')
      await blocks.first().waitFor()
      for (const block of await blocks.all()) assert.ok(await isPainted(page, block), `a block of ${service}`)
      const tabs = page.getByRole('navigation', { name: 'Parts of the service' }).getByRole('link')
      await assertChosen(tabs.nth(0), tabs.nth(1))
      const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
      await assertChosen(pages.nth(1), pages.nth(2))
      await picture(service)
    }

    await page.keyboard.press('Control+k')
    const options = page.getByRole('dialog').getByRole('option')
    await options.nth(1).waitFor()
    await assertChosen(options.nth(0), options.nth(1))
    await picture('palette')

    await page.goto(`${url}${servicesPage}/www/deployments/${encodeURIComponent(exampleIds!.deploymentId)}`)
    const done = page.locator('.track li[data-state="done"]').first()
    await done.waitFor()
    assert.ok(await isPainted(page, done, '::before'))
    await picture('deployment')
  })
