// The tour of the console, by mouse and by keyboard alone: from nothing to a service that fails and is rolled back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  waitForText,
  webDefinition,
} from './browser.ts'
import { type InputMethod, keyboard, mouse } from './input.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway({ pace: 'fast' })

async function tour(page: Page, { press, toggle, type }: InputMethod, family: string): Promise<void> {
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const link = (name: string) => page.getByRole('link', { name, exact: true })
  const main = page.getByRole('main')
  const dialog = page.getByRole('dialog')
  const pages = page.getByRole('navigation', { name: 'Pages' })

  // A task definition in the form.
  await press(pages.getByRole('link', { name: 'Task definitions' }))
  await press(button('Register a task definition…'))
  await type(page.getByLabel('Family'), family)
  await type(page.getByRole('group', { name: 'Container web' }).getByLabel('Image'), 'nginx:1.29')
  await waitForPlan(page, /No service uses it/)
  await press(button('Register'))
  await main.getByRole('heading', { name: `${family}:1` }).waitFor()

  // A service with its plan.
  await press(button('Create a service…'))
  await type(page.getByLabel('Name', { exact: true }), family)
  await type(page.getByLabel('Desired count'), '2')
  await toggle(page.getByLabel(/roll back when a deployment fails/))
  await waitForPlan(page, /2/)
  await press(button('Create'))
  await main
    .locator('.sentence')
    .getByText(/2 of 2 tasks running/)
    .waitFor()
  const reloads = await page.evaluate<number>('performance.getEntriesByType("navigation").length')

  // A version that fails, in the document.
  await press(link(`${family}:1`).first())
  await press(button('Edit as a new revision…'))
  await page.getByLabel('Document (JSON or YAML)').waitFor()
  const broken = webDefinition(family, {
    image: 'nginx:broken',
    dockerLabels: { 'ecs-api.simulated.exit-after': '0.05', 'ecs-api.simulated.exit-code': '3' },
  })
  await type(page.getByLabel('Document (JSON or YAML)'), JSON.stringify(broken, null, 2))
  await waitForPlan(page, /nginx:broken/)
  await press(button('Register'))
  await main.getByRole('heading', { name: `${family}:2` }).waitFor()
  await press(pages.getByRole('link', { name: 'Services' }))
  await press(link(`default/${family}`))
  await press(button('Deploy…'))
  await type(dialog.getByLabel(/another task definition/), `${family}:2`)
  await waitForPlan(page, /:2/)
  await press(dialog.getByRole('button', { name: 'Deploy', exact: true }))

  // The page says that it fails, and why.
  await main
    .locator('.sentence')
    .getByText(/fail|rolled back/)
    .waitFor()
  await page
    .getByRole('region', { name: 'Why' })
    .getByText(/exit(ed)?( with)? code 3/)
    .first()
    .waitFor()

  // Back to the release that ran.
  await press(button('Roll back…'))
  await waitForPlan(page, /./)
  await press(dialog.getByRole('button', { name: /^Roll back to release/ }))
  await dialog.waitFor({ state: 'detached' })
  await main
    .locator('.sentence')
    .getByText(/2 of 2 tasks running/)
    .waitFor()
  // The rollback pins the images, in a further revision.
  await main
    .getByRole('link', { name: `${family}:3`, exact: true })
    .first()
    .waitFor()
  assert.equal(await page.evaluate('performance.getEntriesByType("navigation").length'), reloads)

  // The deletion.
  await press(main.locator('.menu > summary'))
  await press(button('Delete…'))
  await type(dialog.getByLabel(`Type ${family} to confirm`), family)
  await waitForPlan(page, /./)
  await press(dialog.getByRole('button', { name: 'Delete the service' }))
  await main.getByRole('heading', { name: 'Services' }).waitFor()
  await link(`default/${family}`).waitFor({ state: 'detached' })
  await waitForText(page, /There are no services|No service matches/)
}

for (const [name, family, inputMethodOf] of [
  ['mouse', 'by-mouse', () => mouse],
  ['keyboard alone', 'by-keyboard', keyboard],
] as const)
  test(`the tour by ${name}`, { skip, timeout: 300_000 }, async (t) => {
    const { url, token, api } = program!
    await api.put('/local/clusters/default', {})
    // A plan is asked for while a document is not yet complete.
    const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
    const page = await signedInPage(profile, url, token)
    await tour(page, inputMethodOf(page), family)
  })
