// The tour of the console on real containers, by mouse and by keyboard alone: a service with a log and a shell, a
// version that fails and says why, and the rollback.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  noContainers as cannotRunContainers,
  ensureTestImage,
  getContainerRuntime,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'
import { faultsOfAppearance } from './appearance.ts'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway, waitForPlan } from './browser.ts'
import { type InputMethod, isFocused, keyboard, mouse } from './input.ts'

const skip = skipReason || cannotRunContainers
if (!skip) await ensureTestImage()
const program = skip ? undefined : await startConsoleGateway({ runtime: getContainerRuntime().address, pace: 'fast' })

const serves = `sh -c "trap exit TERM; echo 'shop is open'; sleep 100000 & wait"`
const fails = `sh -c "echo 'no database at db.internal'; exit 3"`

async function tour(page: Page, { press, toggle, type }: InputMethod, family: string): Promise<void> {
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const link = (name: string) => page.getByRole('link', { name, exact: true })
  const main = page.getByRole('main')
  const dialog = page.getByRole('dialog')
  const pages = page.getByRole('navigation', { name: 'Pages' })
  const container = page.getByRole('group', { name: 'Container web' })
  const says = (text: RegExp | string) => main.locator('.sentence').getByText(text).waitFor()

  await press(pages.getByRole('link', { name: 'Task definitions' }))
  await press(button('Register a task definition…'))
  await type(page.getByLabel('Family'), family)
  await type(container.getByLabel('Image'), testImage)
  // The image of this machine is suggested, although no task definition has it.
  await container.locator(`datalist option[value="${testImage}"]`).waitFor({ state: 'attached' })
  await type(container.getByLabel('Command'), serves)
  await type(page.getByLabel('Task role'), 'arn:aws:iam::123456789012:role/shop')
  await waitForPlan(page, /No service uses it/)
  await press(button('Register'))
  await main.getByRole('heading', { name: `${family}:1` }).waitFor()

  await press(button('Create a service…'))
  await type(page.getByLabel('Name', { exact: true }), family)
  await toggle(page.getByLabel('Allow terminals'))
  await toggle(page.getByLabel(/roll back when a deployment fails/))
  await waitForPlan(page, /starts 1 task/)
  await press(button('Create'))
  await says(/1 of 1 tasks? running/)

  // Its log, which is followed.
  await press(link('Logs'))
  await page.locator('.log .line').filter({ hasText: 'shop is open' }).waitFor()

  // A shell in it.
  await press(page.getByRole('link', { name: /^Tasks \d/ }))
  await press(
    page
      .getByRole('row')
      .filter({ hasText: /running/i })
      .getByRole('link')
      .first(),
  )
  await press(button('Terminal'))
  const frame = await (await page.waitForSelector('iframe')).contentFrame()
  assert.ok(frame)
  await frame.getByText(/^Connected to web of/).waitFor()
  const screen = frame.getByRole('textbox')
  await screen.focus()
  await frame.locator('.xterm-rows').getByText('/ #').waitFor()
  await page.keyboard.type('echo $((6*7))\n')
  await frame
    .locator('.xterm-rows')
    .getByText(/^42\s*$/)
    .first()
    .waitFor()
  assert.equal(await frame.evaluate('document.getAnimations().length'), 0, 'a terminal that waits draws nothing')

  // A screen reader: the shell gets Tab, unless Escape came before it.
  const screenReader = frame.getByLabel('Screen reader')
  await page.keyboard.press('Tab')
  assert.ok(await screen.evaluate(isFocused))
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+Tab')
  assert.ok(await screenReader.evaluate(isFocused))
  const faults = await faultsOfAppearance(page, 'shell')
  await toggle(screenReader)
  await frame
    .getByRole('listitem')
    .filter({ hasText: /^42\s*$/ })
    .first()
    .waitFor({ state: 'attached' })
  assert.deepEqual([...faults, ...(await faultsOfAppearance(page, 'shell-screen-reader'))], [])
  await page.goBack()

  // A version that fails.
  await press(link(`${family}:1`).first())
  await press(button('Edit as a new revision…'))
  await type(container.getByLabel('Command'), fails)
  await waitForPlan(page, /command/)
  await press(button('Register'))
  await main.getByRole('heading', { name: `${family}:2` }).waitFor()
  await press(button(`Deploy to default/${family}…`))
  await waitForPlan(page, /:2/)
  await press(dialog.getByRole('button', { name: 'Deploy', exact: true }))
  await says(/fail|rolled back/)
  const why = page.getByRole('region', { name: 'Why' })
  await why
    .getByText(/exit(ed)?( with)? code 3/)
    .first()
    .waitFor()
  await why.getByText('no database at db.internal').first().waitFor()

  // Back to the release that ran.
  await press(button('Roll back…'))
  await waitForPlan(page, /./)
  await press(dialog.getByRole('button', { name: /^Roll back to release/ }))
  await dialog.waitFor({ state: 'detached' })
  await says(/1 of 1 tasks? running/)
}

for (const [name, family, inputMethodOf] of [
  ['mouse', 'by-mouse', () => mouse],
  ['keyboard alone', 'by-keyboard', keyboard],
] as const)
  test(`the tour on real containers by ${name}`, { skip, timeout: 300_000 }, async (t) => {
    const { url, token, api } = program!
    await api.put('/local/clusters/default', {})
    // A plan is asked for while a form is not yet complete.
    const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
    const page = await signedInPage(profile, url, token)
    await tour(page, inputMethodOf(page), family)
  })
