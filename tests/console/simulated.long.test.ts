// Simulated containers: each page that shows something of a process says that these have none.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import {
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason

const program = skip ? undefined : await startConsoleGateway()
const servicesPath = '/local/clusters/prod/services'
const wwwPage = '/console/local/clusters/prod/services/www'
let running = ''

before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', webDefinition('web'))
  const { logConfiguration: _, ...silent } = webDefinition('silent').containerDefinitions[0]!
  await api.post('/local/taskdefs', { ...webDefinition('silent'), containerDefinitions: [silent] })
  const body = { name: 'www', taskDefinition: 'silent', count: 1, enableExecuteCommand: true }
  const created = await api.post(`${servicesPath}?wait=STABLE&fail=true`, body)
  assert.equal(created.status, 201, created.text)
  running = (await api.get(`${servicesPath}/www/tasks`)).body.items[0].id
})

test('the pages of a simulated task say what it cannot do', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const reason = 'Simulated containers have no process, so there is no shell.'
  const said = page.locator('.toast').getByText(reason)
  await t.test('the page of the task', async () => {
    await page.goto(`${url}/console/local/clusters/prod/tasks/${running}`)
    await waitForText(page, /every image with a valid name exists/)
    await page.getByRole('button', { name: 'Terminal', disabled: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Terminal' }).getAttribute('title'), reason)
    await page.keyboard.press('e')
    await said.waitFor()
  })
  await t.test('a row of a list', async () => {
    await page.goto(url + wwwPage)
    await waitForText(page, /Running/)
    await page.keyboard.press('e')
    await page.getByText('There is no terminal here.').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    await said.waitFor()
  })
  await t.test('the terminal', async () => {
    await page.goto(`${url}/console/local/clusters/prod/tasks/${running}/terminal`)
    await waitForText(page, new RegExp(reason))
    assert.equal(await page.getByRole('button', { name: /Connect/ }).count(), 0)
  })
  await t.test('a plan', async () => {
    await page.goto(url + wwwPage)
    await page.getByRole('button', { name: 'Deploy…' }).click()
    await page.getByLabel('Image of web').fill('nginx:nowhere')
    await page.getByRole('region', { name: 'Plan' }).getByText('every image with a valid name exists').waitFor()
  })
  await t.test('the log, which names a revision without a log driver only while that revision runs', async () => {
    await page.goto(`${url}${wwwPage}/logs`)
    await waitForText(page, /No lines: of a simulated command, only echo prints/)
    await page.locator('p.waiting', { hasText: 'The container web has no log configuration' }).waitFor()
    const changed = await program!.api.patch(`${servicesPath}/www?wait=STABLE&fail=true`, { taskDefinition: 'web' })
    assert.equal(changed.status, 200, changed.text)
    await waitForText(page, /The log of tasks of silent:1 is not here/)
    assert.equal(await page.locator('p.waiting', { hasText: 'no log configuration' }).count(), 0)
  })
  await t.test('the log without a line is small, and offers nothing that needs lines', async () => {
    await page.goto(`${url}${wwwPage}/logs`)
    const log = page.getByRole('region', { name: 'Log' })
    await log.getByText('No lines: of a simulated command, only echo prints.').waitFor()
    assert.ok((await log.boundingBox())!.height < 80)
    assert.equal(await page.getByRole('button', { name: 'Older lines' }).count(), 0)
    assert.equal(await page.getByLabel('Follow').count(), 0)
    await page.getByLabel('Lines that contain').fill('error')
    await log.getByText('No lines with “error” in the last hour.').waitFor()
    await page.getByRole('button', { name: 'Reset the filter' }).click()
    await log.getByText('No lines: of a simulated command, only echo prints.').waitFor()
  })
  await t.test('leads to the docker labels that make a simulated container fail', async () => {
    await page.getByRole('link', { name: 'How to make one fail' }).click()
    await page.getByText('ecs-api.simulated.pull-error').first().waitFor()
  })
})
