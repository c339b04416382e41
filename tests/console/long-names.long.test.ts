// Names as long as ECS allows, and texts with markup, Hebrew letters and control characters, on every page: accessible,
// not wider than a phone, and nothing cut off in a dialog.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { faultsOfAppearance } from './appearance.ts'
import {
  newBrowserProfile,
  openServiceMenu,
  requireSuccess,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

/** The longest name of a cluster, a service, a family or a container (ECS API Reference), without a place to break. */
const longName = (start: string) => start.padEnd(255, 'Unbroken')
const cluster = longName('cluster')
const service = longName('service')
const failing = longName('failing')
const family = longName('family')
const container = longName('container')
const image = `registry.example/${'folder/'.repeat(20)}${'image'.repeat(10)}`
const hostile = '<script>hit()</script> \u05E9\u05DC\u05D5\u05DD \u202Egnp.exe \u001B[31mred\u0007'
const tags = {
  ['tag'.padEnd(128, 'Key')]: 'value'.padEnd(256, 'Value'),
  '\u05E9\u05DC\u05D5\u05DD': '\u05E2\u05D5\u05DC\u05DD 1-2',
}

const servicesPath = `/local/clusters/${cluster}/services`

async function createResources({
  api,
  writeLog,
}: NonNullable<typeof program>): Promise<Record<'running' | 'stopped', string>> {
  await requireSuccess(api.post('/local/clusters', { name: cluster, tags }))
  const environment = { ['VARIABLE'.padEnd(200, '_LONG')]: hostile + 'value'.repeat(100) }
  const { containerDefinitions, ...rest } = webDefinition(family, { environment })
  const sidecar = { name: container, image: `${image}:first`, essential: false }
  const definition = { ...rest, containerDefinitions: [...containerDefinitions, sidecar], tags }
  await requireSuccess(api.post('/local/taskdefs', definition))
  await requireSuccess(
    api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: service, taskDefinition: family, count: 2, tags }),
  )
  await requireSuccess(
    api.patch(`${servicesPath}/${service}?wait=STABLE&fail=true`, {
      containers: { [container]: { image: `${image}:second` } },
    }),
  )
  const dockerLabels = { 'ecs-api.simulated.pull-error': `${hostile}${'reason'.repeat(50)}` }
  await requireSuccess(api.post('/local/taskdefs', webDefinition(failing, { dockerLabels })))
  await requireSuccess(api.post(servicesPath, { name: failing, taskDefinition: failing, count: 1 }))
  const { items } = (await api.get(`${servicesPath}/${service}/tasks`)).body
  const [stopped, running] = items.map(({ id }: { id: string }) => id)
  const reason = encodeURIComponent(`${hostile} ${'because'.repeat(20)}`)
  await requireSuccess(api.delete(`/local/clusters/${cluster}/tasks/${stopped}?reason=${reason}&wait=STOPPED`))
  await writeLog(running, [hostile, 'line'.repeat(500)])
  return { running, stopped }
}

test('names of 255 characters and hostile texts fit on every page', { skip, timeout: 600_000 }, async (t) => {
  const { url, token } = program!
  const { running, stopped } = await createResources(program!)
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/409 \(Conflict\)/] })
  const page = await signedInPage(profile, url, token)
  const clusterPage = `/console/local/clusters/${cluster}`
  const servicePage = `${clusterPage}/services/${service}`
  const pages: Record<string, [path: string, shows: RegExp]> = {
    overview: ['/', /of 2 services/],
    services: ['/console/local/services', /serviceUnbroken/],
    service: [servicePage, /2 running/],
    failing: [`${clusterPage}/services/${failing}`, /reasonreason/],
    deployments: [`${servicePage}/deployments`, /first release/],
    events: [`${servicePage}/events`, /has reached a steady state/],
    configuration: [`${servicePage}/configuration`, /Circuit breaker/],
    diff: [`${servicePage}/releases/1/diff/2`, /second/],
    tasks: ['/console/local/tasks?status=ALL', /serviceUnbroken/],
    task: [`${clusterPage}/tasks/${running}`, /lineline/],
    stopped: [`${clusterPage}/tasks/${stopped}`, /becausebecause/],
    taskdefs: ['/console/local/taskdefs', /familyUnbroken/],
    taskdef: [`/console/local/taskdefs/${family}:1`, /VARIABLE_LONG/],
    newtaskdef: [`/console/local/new/taskdef?from=${family}:1`, /Plan/],
    newservice: [
      `/console/local/new/service?cluster=${cluster}&taskDefinition=${family}`,
      /plan of the changes appears/,
    ],
    clusters: ['/console/local/clusters', /clusterUnbroken/],
    cluster: [clusterPage, /has reached a steady state/],
    audit: ['/console/admin/audit', /familyUnbroken/],
  }
  for (const [name, [path, text]] of Object.entries(pages))
    await t.test(name, async () => {
      await page.goto(url + path)
      await waitForText(page, text)
      assert.deepEqual(await faultsOfAppearance(page, `long-${name}`), [])
      for (const width of [800, 1000, 1150, 1280]) {
        await page.setViewportSize({ width, height: 900 })
        const surplus = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
        assert.ok(surplus <= 0, `at ${width} px the document is ${surplus} px too wide`)
      }
    })
  const dialogs: Record<string, (page: Page) => Promise<void>> = {
    'Deploy…': (page) => page.getByRole('button', { name: 'Deploy…' }).click(),
    'Roll back…': (page) => page.getByRole('button', { name: 'Roll back…' }).click(),
    'Tags…': async (page) => {
      await openServiceMenu(page)
      await page.getByRole('button', { name: 'Tags…' }).click()
    },
    'Change settings…': async (page) => {
      await openServiceMenu(page)
      await page.getByRole('button', { name: 'Change settings…' }).click()
    },
    'Delete…': async (page) => {
      await openServiceMenu(page)
      await page.getByRole('button', { name: 'Delete…' }).click()
    },
  }
  for (const [button, open] of Object.entries(dialogs))
    await t.test(button, async () => {
      await page.goto(url + servicePage)
      await waitForText(page, /2 running/)
      await open(page)
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      await dialog.getByText('Loading the plan.').waitFor({ state: 'detached' })
      assert.deepEqual(
        await faultsOfAppearance(page, `long-dialog-${button.replace('…', '').replace(' ', '-').toLowerCase()}`),
        [],
      )
      // The title and the buttons leave room for the dialog. The whole name is the title's tooltip.
      await page.setViewportSize({ width: 390, height: 844 })
      const heightOf = async (selector: string) => (await dialog.locator(selector).boundingBox())!.height
      assert.ok((await heightOf('h1')) <= 4 * 28, 'the title has more than four lines')
      assert.ok((await heightOf('.row:has(> [type="submit"])')) <= 130, 'the buttons are too high')
      assert.match((await dialog.locator('h1').getAttribute('title')) ?? '', new RegExp(`/${service}$`))
    })
  await page.setViewportSize({ width: 1440, height: 900 })
  await t.test('the palette', async () => {
    await page.goto(url + servicePage)
    await waitForText(page, /2 running/)
    await page.keyboard.press('Control+k')
    await page
      .getByRole('dialog')
      .getByText(/serviceUnbroken/)
      .first()
      .waitFor()
    assert.deepEqual(await faultsOfAppearance(page, 'long-palette'), [])
  })
})
