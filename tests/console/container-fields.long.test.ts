// Fields of task definitions in the forms of the console: the health check and the
// image of a container, and the platform.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { faultsOfAppearance } from './appearance.ts'
import {
  clickOnceEnabled,
  newBrowserProfile,
  openAllDetails,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  waitForText,
  webDefinition,
} from './browser.ts'
import { documentText, typeDocument } from './input.ts'

const skip = skipReason
const timeout = 300_000
const program = skip ? undefined : await startConsoleGateway()
// A plan is rejected on purpose.
const expectedErrors = [/\(Bad Request\).*dryRun/]

const waitForNote = (page: Page, id: string, text: RegExp) =>
  page.locator(`#${id}-notes`).filter({ hasText: text }).waitFor()
const documentOf = async (page: Page) => JSON.parse(await documentText(page.getByLabel(/^Document/)))

test('a service without a health check says why its health is unknown, and leads to one', {
  skip,
  timeout,
}, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  await api.post('/local/taskdefs', webDefinition('web'))
  await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', {
    name: 'www',
    taskDefinition: 'web',
    count: 1,
  })
  const [task] = (await api.get('/local/clusters/prod/services/www/tasks')).body.items
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/clusters/prod/tasks/${task.id}`)
  await waitForText(page, /web has no health check, so the health is not known\./)
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  await waitForText(page, /Health check\s*none/)
  await page.getByRole('link', { name: 'Add one…' }).click()
  await page.getByRole('heading', { name: 'A new revision of web, from web:1' }).waitFor()
  const command = page.getByLabel('Health check')
  await command.and(page.locator(':focus')).waitFor()

  // The folded part is closed, and an error in it opens it.
  await command.fill('curl -f "http://localhost/" || exit 1')
  await page.getByText('Interval, timeout, retries and start period').click()
  await page.getByLabel('Interval, seconds').fill('301')
  await page.getByText('Interval, timeout, retries and start period').click()
  await waitForNote(page, 'container-0-health-interval', /Health check interval must be less than or equal to .* 300/)
  const interval = page.getByLabel('Interval, seconds')
  const alert = page.getByRole('alert').filter({ hasText: 'Correct' })
  await alert.waitFor()
  assert.match(await alert.innerText(), /^Correct Interval, seconds, of web\n/)
  assert.ok(await interval.isVisible())
  // The link in the summary unfolds the field again, and moves the focus to it.
  await page.getByText('Interval, timeout, retries and start period').click()
  await interval.waitFor({ state: 'hidden' })
  await alert.getByRole('button', { name: 'Interval, seconds, of web' }).click()
  await interval.and(page.locator(':focus')).waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'health-check'), [])
  await page.getByLabel('Interval, seconds').fill('4')
  await waitForNote(page, 'container-0-health-interval', /greater than or equal to the minimum allowed value 5/)
  await page.getByLabel('Interval, seconds').fill('20')
  await page.getByLabel('Timeout, seconds').fill('61')
  await waitForNote(page, 'container-0-health-timeout', /less than or equal to .* 60/)
  await page.getByLabel('Timeout, seconds').fill('')
  await page.getByLabel('Retries').fill('11')
  await waitForNote(page, 'container-0-health-retries', /less than or equal to .* 10/)
  await page.getByLabel('Retries').fill('2')
  await page.getByLabel('Start period, seconds').fill('301')
  await waitForNote(page, 'container-0-health-startPeriod', /less than or equal to .* 300/)
  await page.getByLabel('Start period, seconds').fill('0')

  // Numbers without a command are no health check; a command that is typed again keeps them.
  await command.fill('')
  assert.equal((await documentOf(page)).containerDefinitions[0].healthCheck, undefined)
  await page.getByLabel('Retries').fill('2')
  await waitForNote(page, 'container-0-health', /command is missing/)
  await command.fill('CMD curl -f "http://localhost/a b"')
  assert.deepEqual((await documentOf(page)).containerDefinitions[0].healthCheck, {
    interval: 20,
    retries: 2,
    startPeriod: 0,
    command: ['CMD', 'curl', '-f', 'http://localhost/a b'],
  })
  await command.fill('curl -f "http://localhost/" || exit 1')
  await waitForPlan(page, /healthCheck/)
  await clickOnceEnabled(page.getByRole('button', { name: 'Register', exact: true }))
  await page.getByRole('heading', { name: 'web:2', exact: true }).waitFor()
  const { healthCheck } = (await api.get('/local/taskdefs/web:2')).body.containerDefinitions[0]
  assert.deepEqual(
    [healthCheck.command, healthCheck.interval, healthCheck.retries],
    [['CMD-SHELL', 'curl -f "http://localhost/" || exit 1'], 20, 2],
  )
  // The form shows the health check again as ECS returns it.
  await page.getByRole('button', { name: 'Edit as a new revision…' }).click()
  await page.waitForFunction(`document.getElementById('container-0-health')?.value.startsWith('curl -f')`)
  await api.patch('/local/clusters/prod/services/www?wait=STABLE&fail=true', { taskDefinition: 'web:2' })
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  await page
    .getByRole('term')
    .filter({ hasText: /^Health check$/ })
    .waitFor()
  assert.equal(await page.getByText('not known').count(), 0)
})

test('a new service from an image gets a health check', { skip, timeout }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('An image').check()
  await page.getByLabel('Image', { exact: true }).fill('nginx:1.29')
  await page.getByLabel('Name', { exact: true }).fill('checked')
  await page.getByRole('group').getByText('Network', { exact: true }).click()
  await page.getByLabel('Subnets').fill('subnet-0a1b2c3d')
  await openAllDetails(page)
  await page.getByLabel('Health check').fill('test -f /ready')
  await page.getByLabel('Retries').fill('0')
  await waitForNote(page, 'container-0-health-retries', /greater than or equal to the minimum allowed value 1/)
  await page.getByLabel('Retries').fill('5')
  await waitForPlan(page, /healthCheck/)
  await clickOnceEnabled(page.getByRole('button', { name: 'Create', exact: true }))
  await page.getByRole('heading', { name: 'checked', exact: true }).waitFor()
  // The definition and its container have the name of the service, not that of the image.
  const { name, healthCheck } = (await api.get('/local/taskdefs/checked:1')).body.containerDefinitions[0]
  assert.deepEqual([name, healthCheck.command, healthCheck.retries], ['checked', ['CMD-SHELL', 'test -f /ready'], 5])
})

test('the architecture and the operating system are chosen in the forms', { skip, timeout }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  const architecture = page.getByLabel('CPU architecture')
  const system = page.getByLabel('Operating system')
  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('An image').check()
  await openAllDetails(page)
  assert.deepEqual(await architecture.locator('option').allTextContents(), ['X86_64 (default)', 'ARM64'])
  // The embedded engine has Linux only.
  assert.equal(await system.count(), 0)

  await page.goto(`${url}/console/local/new/taskdef`)
  await page.getByLabel('Family').fill('arm')
  await page.getByLabel('Image', { exact: true }).fill('nginx:1.29')
  await architecture.selectOption('ARM64')
  await waitForPlan(page, /ARM64/)
  // A value that only the document can set stays chosen, and shows its error.
  const document = page.getByLabel(/^Document/)
  const text = await documentText(document)
  await typeDocument(document, text.replace('ARM64', 'RISCV'))
  await waitForNote(page, 'architecture', /Invalid CPU architecture. ARM64 or X86_64\./)
  assert.equal(await architecture.inputValue(), 'RISCV')
  const windows = '"cpuArchitecture": "X86_64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"'
  await typeDocument(document, text.replace('"cpuArchitecture": "ARM64"', windows))
  await system.waitFor()
  assert.deepEqual(await system.locator('option').allTextContents(), ['LINUX (default)', 'WINDOWS_SERVER_2022_CORE'])
  assert.deepEqual(await architecture.locator('option').allTextContents(), ['X86_64 (default)', 'ARM64', 'X86_64'])
  await architecture.selectOption('')
  await page.getByRole('alert').filter({ hasText: 'Correct CPU' }).waitFor()
  await system.selectOption('')
  assert.equal((await documentOf(page)).runtimePlatform, undefined)
  await architecture.selectOption('ARM64')
  await waitForPlan(page, /ARM64/)
  await clickOnceEnabled(page.getByRole('button', { name: 'Register', exact: true }))
  await page.getByRole('heading', { name: 'arm:1', exact: true }).waitFor()
  assert.deepEqual((await api.get('/local/taskdefs/arm:1')).body.runtimePlatform, { cpuArchitecture: 'ARM64' })
})

test('an image field suggests the images of the account, and asks for them once', { skip, timeout }, async (t) => {
  const { url, token, api, newAccount } = program!
  const account = await newAccount()
  for (const [family, image] of [
    ['one', 'registry.example/one:1'],
    ['one', 'registry.example/one:2'],
    ['two', 'nginx:1.29'],
  ] as const)
    await api.post(`/${account}/taskdefs`, webDefinition(family, { image }))
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  const requests: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (/\/taskdefs(\/|$)/.test(pathname) && request.method() === 'GET') requests.push(pathname + search)
  })
  const image = page.getByLabel('Image', { exact: true })
  const suggestions = (index: number) => page.locator(`#container-${index}-image-suggestions option`)
  const valuesOf = (index: number) =>
    suggestions(index).evaluateAll((options) => options.map((option) => option.getAttribute('value')))
  await page.goto(`${url}/console/${account}/new/service`)
  await page.getByLabel('An image').check()
  assert.equal(await suggestions(0).count(), 0)
  await image.click()
  await suggestions(0).nth(1).waitFor({ state: 'attached' })
  // The page reads the newest revision of each family.
  assert.deepEqual(await valuesOf(0), ['nginx:1.29', 'registry.example/one:2'])
  const before = requests.length
  await image.pressSequentially('registry.example/one:2')
  await page.getByLabel('Name', { exact: true }).and(page.locator('[value="one"]')).waitFor()
  await waitForPlan(page, /registry\.example\/one:2/)
  // 22 keys. The page reads its list again from time to time.
  assert.ok(requests.length - before < 3, requests.slice(before).join(' '))

  // The field also suggests the image of a definition that another page has read.
  await page.goto(`${url}/console/${account}/taskdefs/one:1`)
  await page.getByText('registry.example/one:1').first().waitFor()
  await page.getByRole('button', { name: 'Edit as a new revision…' }).click()
  await image.click()
  await suggestions(0).nth(2).waitFor({ state: 'attached' })
  assert.deepEqual(await valuesOf(0), ['nginx:1.29', 'registry.example/one:1', 'registry.example/one:2'])
  await image.fill('bad image')
  await waitForNote(page, 'container-0-image', /Container\.image contains invalid characters/)
})
