// The page of a service while its tasks start and stop: its texts agree on the counts, also for a screen reader.
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
const pageOf = (name: string) => `/console${servicesPath}/${name}`

before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'prod' })
  const dockerLabels = (labels: Record<string, string>) => ({
    dockerLabels: Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [`ecs-api.simulated.${name}`, value]),
    ),
  })
  await api.post('/local/taskdefs', webDefinition('slow', dockerLabels({ 'pull-delay': '4' })))
  await api.post('/local/taskdefs', webDefinition('web'))
  await api.post('/local/taskdefs', webDefinition('broken', dockerLabels({ 'pull-error': 'no such image' })))
  const stubborn = { ...dockerLabels({ 'ignore-sigterm': 'true' }), stopTimeout: 8 }
  for (const image of ['nginx:1.29', 'nginx:1.30'])
    await api.post('/local/taskdefs', webDefinition('stubborn', { image, ...stubborn }))
})

async function createService(name: string, taskDefinition: string, more: object = {}): Promise<void> {
  const { status, text } = await program!.api.post(`${servicesPath}?wait=STABLE`, {
    name,
    taskDefinition,
    count: 1,
    ...more,
  })
  assert.equal(status, 201, text)
}

test('a screen reader gets the whole sentence, without its durations', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await createService('slow', 'slow')
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + pageOf('slow'))
  await waitForText(page, /1 of 1 task running, steady for/)
  const announced = page.getByRole('status', { name: 'Change of state' })
  assert.equal((await api.patch(`${servicesPath}/slow`, { count: 3 })).status, 200)
  await announced.filter({ hasText: /^1 of 3 tasks running, 2 starting\.$/ }).waitFor()
  await announced.filter({ hasText: /^3 of 3 tasks running, steady\.$/ }).waitFor()
})

test('a running task is not shown as done before it passed its health check', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const healthCheck = { command: ['CMD-SHELL', 'curl -f http://localhost/'] }
  const dockerLabels = { 'ecs-api.simulated.healthy-after': '3600' }
  for (const more of [{}, { healthCheck, dockerLabels }])
    assert.equal((await api.post('/local/taskdefs', webDefinition('checked', more))).status, 201)
  await createService('checked', 'checked:1')
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + pageOf('checked'))
  const lanes = page.getByRole('region', { name: 'Tasks by revision' })
  await lanes.locator('a[data-tone="ok"]').waitFor()
  assert.equal((await api.patch(`${servicesPath}/checked`, { taskDefinition: 'checked:2' })).status, 200)
  await lanes.getByText('1 running, 1 not healthy yet', { exact: true }).waitFor()
  // The old task has no health check.
  await lanes.getByText('1 running', { exact: true }).waitFor()
  assert.equal(await lanes.locator('a[data-tone="ok"]').count(), 1)
  const block = lanes.locator('a[data-tone="changing"]')
  assert.match((await block.getAttribute('title')) ?? '', /: Running( for \d+ \w+)?, not healthy yet\.$/)
  // The table and the panel say the same.
  await page
    .locator('td .status[data-tone="changing"]')
    .getByText(/^Running( for \d+ \w+)?, not healthy yet\.$/)
    .waitFor()
  assert.equal(await page.locator('td .status[data-tone="ok"]').count(), 1)
  await page
    .locator('dl.facts .pair')
    .filter({ hasText: /^Running1 new and 1 old, 1 desired$/ })
    .waitFor()
  await page.locator('td .status[data-tone="changing"]').locator('xpath=ancestor::tr').getByRole('link').first().click()
  await page
    .locator('.sentence .status[data-tone="changing"]')
    .getByText(/^Running( for \d+ \w+)?, not healthy yet\.$/)
    .waitFor()
  await page.goBack()
  await waitForText(
    page,
    /The running new task has not passed its health check yet\. ECS stops a task after 3 failed checks in a row, from \S+ on\./,
  )
  await lanes.getByRole('link', { name: 'Show the deployment' }).click()
  await waitForText(page, /1 of 1 new tasks running, 0 healthy/)
  await page
    .locator('dl.facts .pair')
    .filter({ hasText: /^New tasks running1 of 1, 0 healthy$/ })
    .waitFor()
})

test('a task that is being stopped is counted as stopping, and has no terminal', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, api } = program!
  await createService('stubborn', 'stubborn:1', { count: 3, enableExecuteCommand: true })
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  await page.goto(url + pageOf('stubborn'))
  const lanes = page.getByRole('region', { name: 'Tasks by revision' })
  const facts = page.locator('dl.facts .pair')
  await lanes.getByText('3 running', { exact: true }).waitFor()
  assert.equal((await api.patch(`${servicesPath}/stubborn`, { count: 1 })).status, 200)
  await lanes.getByText('1 running, 2 stopping', { exact: true }).waitFor()
  await facts.filter({ hasText: /^Running1 of 1 desired$/ }).waitFor()
  const stoppingRows = page.locator('tr[data-row]').filter({ hasText: /Stopping/ })
  assert.equal(await stoppingRows.count(), 2)
  await page.getByRole('button', { name: 'Running 1', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Stopping 2', exact: true }).waitFor()
  const address = await facts.filter({ hasText: /^Address/ }).innerText()
  assert.equal(address.match(/\d+\.\d+\.\d+\.\d+/g)?.length, 1, 'only the task that serves has an address')
  assert.doesNotMatch((await stoppingRows.allInnerTexts()).join(), /RUNNING/)
  await stoppingRows.first().getByRole('link').first().click()
  await page.getByRole('button', { name: 'Stop…' }).and(page.locator('[title="The task is being stopped."]')).waitFor()
  await page
    .getByRole('button', { name: 'Terminal' })
    .and(page.locator('[title="The task is being stopped."]'))
    .waitFor()
  await page.goBack()
  await lanes.getByText('1 running', { exact: true }).waitFor()

  // The old task still stops, but it is not one of two running tasks.
  assert.equal((await api.patch(`${servicesPath}/stubborn`, { taskDefinition: 'stubborn:2' })).status, 200)
  await lanes.getByText('0 running, 1 stopping', { exact: true }).waitFor()
  await lanes.getByText('1 running', { exact: true }).waitFor()
  // Once the service is steady, the tasks of the old revision are only in the list.
  await lanes.getByText('stubborn:1').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Stopped 3', exact: true }).waitFor()
})

test('a success after a failure is not announced as the failure', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  await createService('mended', 'web', { deploymentConfiguration })
  const mended = `${servicesPath}/mended`
  assert.equal((await api.patch(`${mended}?wait=STABLE`, { taskDefinition: 'broken' })).status, 200)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + pageOf('mended'))
  await waitForText(page, /The last deployment failed \d+ \w+ ago; ECS rolled back to web:1/)
  // The page gets the new deployment later than the new state of the service.
  const held = Promise.withResolvers<void>()
  await page.route(/services\/mended\/deployments\?/, async (route) => {
    await held.promise
    await route.continue()
  })
  await page.evaluate(`new MutationObserver(() => {
    const announced = document.querySelector('[aria-label="Change of state"]')?.textContent ?? ''
    const sentence = document.querySelector('.sentence')?.textContent ?? ''
    const bare = (text) => text.replaceAll(/[^A-Za-z;:,]|(for|min|s|h)\\b/g, '')
    if (announced && bare(announced) !== bare(sentence)) (window.outdated ??= []).push([announced, sentence])
  }).observe(document.body, { subtree: true, childList: true, characterData: true })`)
  assert.equal((await api.patch(`${mended}?wait=STABLE`, { taskDefinition: 'slow' })).status, 200)
  await page.getByRole('status', { name: 'Change of state' }).filter({ hasText: 'steady' }).waitFor()
  assert.match(await page.locator('.sentence').innerText(), /^1 of 1 task running, steady/)
  assert.deepEqual(await page.evaluate('window.outdated ?? []'), [])
  held.resolve()
})

test('a first deployment that fails has had no rollback', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  const made = await api.post(servicesPath, {
    name: 'first',
    taskDefinition: 'broken',
    count: 1,
    deploymentConfiguration,
  })
  assert.equal(made.status, 201, made.text)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + pageOf('first'))
  await waitForText(page, /The deployment of broken:1 failed( \d+ \w+ ago)?; there is no earlier release/)
  assert.doesNotMatch(await page.getByRole('main').innerText(), /its rollback|rollback failed/)
  await page
    .getByRole('region', { name: 'Tasks by revision' })
    .getByRole('link', { name: 'Show the deployment' })
    .click()
  await waitForText(page, /The deployment failed; ECS could not roll it back: No rollback candidate was found/)
  assert.doesNotMatch(await page.getByRole('main').innerText(), /its rollback|rolled back|rollback failed/)
})

test('the page of a deleted service says so by itself, and has no actions', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await createService('gone', 'stubborn:1')
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  await page.goto(url + pageOf('gone'))
  await waitForText(page, /1 of 1 task running/)
  assert.equal((await api.delete(`${servicesPath}/gone?force=true`)).status, 200)
  await waitForText(page, /Being deleted/)
  const lanes = page.getByRole('region', { name: 'Tasks by revision' })
  await lanes.getByText('0 running, 1 stopping', { exact: true }).waitFor()
  const disabled = (name: string, reason: string) =>
    page
      .getByRole('button', { name, exact: true })
      .and(page.locator(`[title="${reason}"]`))
      .waitFor()
  await disabled('Deploy…', 'The service is being deleted.')

  const showsDeletion = async () => {
    await waitForText(page, /Deleted\./)
    assert.equal(await page.getByRole('main').locator('[data-action]').count(), 0)
    await lanes.waitFor({ state: 'detached' })
    assert.doesNotMatch(await page.getByRole('main').innerText(), /\d running|Running|Stopping|steady/)
  }
  await showsDeletion()
  // The page still has the data of the time before.
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Services' }).click()
  await page.getByRole('heading', { name: 'Services' }).waitFor()
  await page.goBack()
  await showsDeletion()

  // Another service may get the name.
  await createService('gone', 'web')
  await waitForText(page, /1 of 1 task running/)
})
