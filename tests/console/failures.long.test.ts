// A deployment that failed: every page that shows it says the cause in plain words, once, with the program's last
// lines.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  clickOnceEnabled,
  fetchWithoutEtag,
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
let failed = ''
let replaced = ''

before(async () => {
  if (!program) return
  const { api, writeLog } = program
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', webDefinition('web'))
  const dockerLabels = { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '3' }
  await api.post('/local/taskdefs', webDefinition('crash', { dockerLabels }))
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  const body = { name: 'www', taskDefinition: 'web', count: 1, deploymentConfiguration }
  const created = await api.post(`${servicesPath}?wait=STABLE&fail=true`, body)
  assert.equal(created.status, 201, created.text)
  await api.patch(`${servicesPath}/www?wait=STABLE`, { taskDefinition: 'crash' })
  const deployments: { id: string; status: string }[] = (await api.get(`${servicesPath}/www/deployments`)).body.items
  failed = deployments.find(({ status }) => status === 'ROLLBACK_SUCCESSFUL')!.id
  replaced = deployments.find(({ status }) => status === 'SUCCESSFUL')!.id
  const tasks: { id: string; taskDefinition: string }[] = (await api.get(`${servicesPath}/www/tasks?status=ALL`)).body
    .items
  for (const { id, taskDefinition } of tasks)
    if (taskDefinition === 'crash:1') await writeLog(id, ['starting', 'no database at db:5432'])
})

const cause = 'The program ended with an error (container web: exit code 3)'

async function assertCauseShownOnce(page: Page): Promise<void> {
  await waitForText(page, /no database at db:5432/)
  const text = await page.getByRole('main').innerText()
  assert.equal(text.split(cause).length, 2, text)
  assert.equal(text.split('no database').length, 2, text)
  assert.match(text, /Compare command and environment of the container/)
  assert.match(text, /Last lines of task/)
  assert.doesNotMatch(text, /evidence|0 of 0|[A-Z]{4,}_[A-Z]|\d{4}-\d\d-\d\dT/)
}

test('a failed deployment has its cause, once, with the last lines', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const www = `${url}/console/local/clusters/prod/services/www`
  await t.test('on its own page', async () => {
    await page.goto(`${www}/deployments/${encodeURIComponent(failed)}`)
    await waitForText(page, /[3-9] tasks:/)
    await assertCauseShownOnce(page)
  })
  await t.test('in the list of services', async () => {
    await page.goto(`${url}/console/local/services`)
    await page
      .getByRole('row', { name: /prod\/www/ })
      .filter({ hasText: cause })
      .waitFor()
  })
  await t.test('on the page of the service', async () => {
    await page.goto(www)
    await waitForText(page, /in [3-9] tasks/)
    await assertCauseShownOnce(page)
  })
  await t.test('on the overview', async () => {
    await page.goto(url)
    await waitForText(page, /exit code 3/)
  })
  await t.test('and a deployment that is over counts no tasks', async () => {
    await page.goto(`${www}/deployments/${encodeURIComponent(replaced)}`)
    await waitForText(page, /No task of this deployment has failed/)
    assert.doesNotMatch(await page.getByRole('main').innerText(), /0 of 0/)
  })
})

test('the counts of a deployment are the same in the sentence and in the lanes', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'loop', taskDefinition: 'web', count: 1 })
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  // The list of tasks is older than the service, as in the seconds after an event.
  const tasks = (await api.get(`${servicesPath}/loop/tasks?status=ALL`)).body
  await api.patch(`${servicesPath}/loop`, { taskDefinition: 'crash' })
  const [stopped] = (await api.get(`${servicesPath}/www/tasks?status=STOPPED`)).body.items
  await page.route(/\/services\/loop\/tasks/, (route) =>
    route.fulfill({ json: { ...tasks, items: [...tasks.items, stopped] } }),
  )
  await page.goto(`${url}/console/local/clusters/prod/services/loop`)
  await waitForText(page, /0 of 1 new tasks are running.*, ([2-9]|\d\d+) failed/)
  // One evaluation reads both texts: they could change between two evaluations.
  const text = await page.getByRole('main').innerText()
  const inSentence = /new tasks are running.*?(\d+) failed/.exec(text)?.[1]
  const inLanes = /0 running,(?: \d+ starting,)? (\d+) failed/.exec(text)?.[1]
  assert.equal(inLanes, inSentence)
})

test('many failed tasks are one block for each desired task and a number', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'many', taskDefinition: 'web', count: 2 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const [stopped] = (await api.get(`${servicesPath}/www/tasks?status=STOPPED`)).body.items
  const copies = Array.from({ length: 20 }, (_, i) => ({ ...stopped, id: `${i}`.padStart(32, '0') }))
  await page.route(/\/services\/many\/tasks/, async (route) => {
    const response = await fetchWithoutEtag(route)
    const { items, ...rest } = await response.json()
    const others = items.filter(
      (task: { lastStatus: string; taskDefinition: string }) => task.taskDefinition === 'web:1',
    )
    await route.fulfill({ response, json: { ...rest, items: [...copies, ...others] } })
  })
  await api.patch(`${servicesPath}/many`, { taskDefinition: 'crash' })
  await page.goto(`${url}/console/local/clusters/prod/services/many`)
  const lane = page.locator('.lane-row', { hasText: 'crash:1' })
  await lane.getByText(/\d+ failed/).waitFor()
  assert.equal(await lane.locator('a').count(), 2)
  await page.unrouteAll({ behavior: 'wait' })
})

test('a failed release has what it changed, and a link to all differences', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const www = `${url}/console/local/clusters/prod/services/www`
  for (const address of [www, `${www}/deployments/${encodeURIComponent(failed)}`]) {
    await page.goto(address)
    const box = page.locator('.why', { hasText: cause })
    await box.getByText('Release 2 changed: docker labels.').waitFor()
    await box.getByRole('link', { name: 'Compare with release 1' }).click()
    await page.waitForURL(`${www}/releases/1/diff/2`)
  }
})

test('the stages of a failed deployment name what failed, and none after it is a success', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/www/deployments/${encodeURIComponent(failed)}`)
  const stages = page.getByRole('region', { name: 'Stages' }).getByRole('listitem')
  await stages.first().waitFor()
  const shown = await stages.evaluateAll((items) =>
    items.map((item) => `${item.getAttribute('data-state')} ${item.textContent?.replace(/^.*?: | \d.*/g, '')}`),
  )
  assert.deepEqual(shown, [
    'done requested',
    'done started',
    'failed new tasks failed',
    'ended rollback began',
    'ended rolled back',
  ])
})

test('beside the tasks the cause is one line that can be opened', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/www/events`)
  const why = page.getByRole('region', { name: 'Why' })
  await why.getByText(cause).waitFor()
  assert.equal(await why.getByText('no database at db:5432').isVisible(), false)
  await why.getByText(cause).click()
  await why.getByText('no database at db:5432').waitFor()
  await page.getByRole('link', { name: /^Tasks \d/ }).click()
  await why.getByText('no database at db:5432').waitFor()
})

test('a failing service fits on a screen, with its first task and its facts', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  await waitForText(page, /Release 2 changed/)
  for (const part of [page.locator('tr[data-row]').first(), page.locator('.facts').last()]) {
    const box = (await part.boundingBox())!
    assert.ok(box.y + box.height <= 900, `it ends at ${box.y + box.height} px`)
  }
})

test('on a phone the first task of a failing service is on the first screen', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  await waitForText(page, /Release 2 changed/)
  const task = page.locator('tr[data-row]').first().getByRole('link').first()
  const { y, height } = (await task.boundingBox())!
  assert.ok(y + height <= 844, `it ends at ${y + height} px`)
})

test('the values of the panel stand in one column, whatever their length', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  await waitForText(page, /on, rolls back/)
  const edges = await page.evaluate<number[]>(
    "[...document.querySelectorAll('.facts dd')].map((each) => each.getBoundingClientRect().left)",
  )
  assert.ok(edges.length > 8)
  assert.equal(new Set(edges).size, 1, edges.join(', '))
})

test('the status of a failed task is not cut before its reason', { skip }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { viewport: { width: 1280, height: 800 } })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/www?status=stopped`)
  const status = page.locator('td[data-title="Status"]', { hasText: 'Stopped: web exited with code 3' }).first()
  await status.waitFor()
  const cutAtPx = await page.evaluate<number>(`(() => {
    const cell = [...document.querySelectorAll('td[data-title="Status"]')].find((each) => each.innerText.includes('code 3'))
    const text = cell.querySelector('bdi').firstChild
    const range = document.createRange()
    range.setStart(text, 0)
    range.setEnd(text, text.data.indexOf('code 3') + 'code 3'.length)
    return cell.getBoundingClientRect().right - range.getBoundingClientRect().right
  })()`)
  assert.ok(cutAtPx > 20, `the reason ends ${cutAtPx} px before the end of the cell`)
})

test('a failed service has one sentence on its page, in the list and on the overview', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/www`)
  const withoutTime = (text: string) => text.replace(/ \d+ \w+ ago/, '')
  await page.locator('.sentence .status[data-tone="bad"]').waitFor()
  const sentence = withoutTime(await page.locator('.sentence').innerText())
  assert.equal(sentence, 'The last deployment failed; ECS rolled back to web:1.')
  for (const path of ['/console/local/services', '/', '/console/local/clusters/prod']) {
    await page.goto(url + path)
    const status = page.getByRole('row').filter({ has: page.getByRole('link', { name: /^(prod\/)?www$/ }) })
    await status.locator('.status[data-tone="bad"]').waitFor()
    assert.equal(withoutTime(await status.locator('.status').innerText()), sentence, path)
  }
  await page.goto(url)
  await page
    .getByRole('row', { name: /rolled back to web:1\. The program ended with an error/ })
    .first()
    .waitFor()
})

test('the page of a resource names its kind beside the heading', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const [path, title] of [
    ['clusters/prod/services/www', /^Service\s+www$/],
    ['clusters/prod', /^Cluster\s+prod$/],
    ['taskdefs/web:1', /^Task definition\s+web:1$/],
  ] as const) {
    await page.goto(`${url}/console/local/${path}`)
    await page.locator('.title').filter({ hasText: title }).waitFor()
  }
})

test('tasks that run and end, again and again, are a failure with a cause', { skip }, async (t) => {
  const { url, token, api } = program!
  const dockerLabels = { 'ecs-api.simulated.exit-after': '1', 'ecs-api.simulated.exit-code': '3' }
  await api.post('/local/taskdefs', webDefinition('gives-up', { dockerLabels }))
  await api.post(servicesPath, { name: 'gives-up', taskDefinition: 'gives-up', count: 1 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/gives-up`)
  await waitForText(page, /of 1 task running, and tasks keep ending: \d+ in the last 10 min/)
  await page
    .getByRole('region', { name: 'Why' })
    .getByText(/exit code 3\), in \d+ tasks/)
    .first()
    .waitFor()
  await page.goto(url)
  await waitForText(page, /prod\/gives-up/)
  // The list of services, whose descriptions have no events, gives the same verdict.
  await page.goto(`${url}/console/local/services?filter=gives-up`)
  const row = page.getByRole('row').filter({ hasText: 'gives-up' })
  await row.locator('.status[data-tone="bad"]').waitFor()
  await row.getByRole('link', { name: /^Why/ }).click()
  await page.getByRole('heading', { name: 'gives-up' }).waitFor()
})

test('a failing service is rolled back from the overview', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, newToken, api } = program!
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'undone', taskDefinition: 'web', count: 1 })
  await api.patch(`${servicesPath}/undone`, { taskDefinition: 'crash' })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const unhealthy = page.getByRole('table', { name: 'Services that need attention' })
  await unhealthy.getByRole('button', { name: 'Roll back… of undone' }).click()
  const dialog = page.getByRole('dialog', { name: 'Roll back prod/undone' })
  await clickOnceEnabled(dialog.getByRole('button', { name: 'Roll back to release 1' }))
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('prod/undone is being rolled back to release 1.').waitFor()
  await unhealthy.getByRole('link', { name: 'prod/undone' }).waitFor({ state: 'detached' })
  assert.equal((await api.get(`${servicesPath}/undone`)).body.taskDefinition.split(':')[0], 'web')

  await api.patch(`${servicesPath}/undone`, { taskDefinition: 'crash' })
  const viewer = await newToken({ name: 'failure-reader', role: 'viewer' })
  const readersPage = await signedInPage(await newBrowserProfile(t, url), url, viewer)
  const button = readersPage.getByRole('button', { name: 'Roll back… of undone' })
  await button.and(readersPage.locator('[aria-disabled="true"]')).waitFor()
  assert.match((await button.getAttribute('title')) ?? '', /failure-reader does not have the permission change/)
})

test('a first release offers no rollback, on its page, the overview and when its deployment is stopped', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, api } = program!
  // On a busy machine a program that ends at once can count as started.
  const dockerLabels = { 'ecs-api.simulated.pull-error': 'no such image' }
  await api.post('/local/taskdefs', webDefinition('unpullable', { dockerLabels }))
  await api.post(servicesPath, { name: 'first', taskDefinition: 'unpullable', count: 1 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const reason = 'There is no other release to roll back to.'
  await page.getByRole('button', { name: 'Roll back… of first' }).and(page.getByTitle(reason)).waitFor()
  await page.goto(`${url}/console/local/clusters/prod/services/first`)
  await page.getByRole('button', { name: 'Roll back…' }).and(page.getByTitle(reason)).waitFor()
  await page.getByText(/^Deploying$/).waitFor()
  await page
    .getByRole('region', { name: 'Tasks by revision' })
    .getByText(/^for \d+ s$/)
    .waitFor()
  await page.getByRole('button', { name: 'Stop deployment…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Stop the deployment of prod/first' })
  await dialog.getByText('This is the first release: there is none to roll back to.').waitFor()
  assert.deepEqual(await dialog.getByLabel('Afterwards').locator('option').allTextContents(), [
    'Leave the tasks as they are',
  ])
  await clickOnceEnabled(dialog.getByRole('button', { name: 'Stop the deployment', exact: true }))
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(/^Last deployment$/).waitFor()
})
