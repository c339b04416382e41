// The tasks of the console: what their pages and lists say, and where their links lead.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { waitUntil } from '../../packages/local-aws/src/testing/exec-processes.ts'
import {
  fetchWithoutEtag,
  hideSimulation,
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
const pages = '/console/local/clusters/prod'

let runningTask = ''
let stoppedTask = ''

/**
 * `pair`: a task with the containers web and side, and a stopped one. `once`: a task that ended. `other`: a cluster.
 */
before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'prod' })
  const { containerDefinitions, ...definition } = webDefinition('pair')
  const [web] = containerDefinitions
  const side = { ...web, name: 'side', image: 'envoy:1.34', ports: [] }
  const registered = await api.post('/local/taskdefs', { ...definition, containerDefinitions: [web, side] })
  assert.equal(registered.status, 201, registered.text)
  const created = await api.post(`${servicesPath}?wait=STABLE&fail=true`, {
    name: 'pair',
    taskDefinition: 'pair',
    count: 1,
    enableExecuteCommand: true,
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-00000000000000001'], securityGroups: ['sg-00000000000000001'] },
    },
  })
  assert.equal(created.status, 201, created.text)
  const runningIds = async (): Promise<string[]> =>
    (await api.get(`${servicesPath}/pair/tasks?status=RUNNING`)).body.items.map(({ id }: { id: string }) => id)
  const [first] = await runningIds()
  await api.delete(`/local/clusters/prod/tasks/${first}?wait=STOPPED`)
  await waitUntil(async () => {
    runningTask = (await runningIds()).find((id) => id !== first) ?? ''
    return runningTask !== ''
  })
  const dockerLabels = { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '3' }
  await api.post('/local/taskdefs', webDefinition('once', { dockerLabels }))
  const ran = await api.post('/local/clusters/prod/tasks?wait=STOPPED', { taskDefinition: 'once' })
  stoppedTask = ran.body.items[0].id
  await api.post('/local/clusters', { name: 'other' })
  await api.post('/local/taskdefs', webDefinition('single'))
  await api.post('/local/clusters/other/tasks?wait=RUNNING', { taskDefinition: 'single' })
})

/** The value of a factOf of the page. */
async function factOf(page: Page, name: string): Promise<string> {
  const pair = page.locator('.facts .pair').filter({ has: page.locator('dt').getByText(name, { exact: true }) })
  return pair.locator('dd').innerText()
}

const row = (page: Page, table: string, text: string) =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text })

test('the page of a task has the facts of ECS, and its document', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}${pages}/tasks/${runningTask}`)
  await waitForText(page, /sg-00000000000000001/)
  assert.equal(await factOf(page, 'Security groups'), 'sg-00000000000000001')
  assert.equal(await factOf(page, 'Subnet'), 'subnet-00000000000000001')
  assert.match(await factOf(page, 'Network interface'), /^eni-/)
  assert.equal(await factOf(page, 'Terminals'), 'on')
  assert.match(await factOf(page, 'Platform'), /^Linux \d/)
  assert.equal(await factOf(page, 'Architecture'), 'x86_64')
  assert.equal(await factOf(page, 'Launch type'), 'Fargate')

  await page.goto(`${url}${pages}/tasks/${stoppedTask}`)
  await waitForText(page, /exited with code 3/)
  assert.equal(await factOf(page, 'Stop code'), 'EssentialContainerExited')
  assert.equal(await factOf(page, 'Stopped reason'), 'Essential container in task exited')
  assert.equal(await factOf(page, 'Terminals'), 'off')
  const document = page.locator('details').filter({ hasText: 'As the API returns it' })
  await document.locator('summary').click()
  const returned = JSON.parse(await document.locator('pre').innerText())
  assert.equal(returned.stopCode, 'EssentialContainerExited')
  await document.getByRole('button', { name: 'Copy' }).waitFor()
})

test('each container has links to its terminal and its log', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/409 \(Conflict\).*\/exec\)$/] })
  await hideSimulation(profile)
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}${pages}/tasks/${runningTask}`)
  const side = row(page, 'Containers', 'envoy:1.34')
  await side.getByRole('link', { name: 'Logs of side' }).click()
  await page.locator('#log-container').and(page.locator('select')).waitFor()
  assert.equal(await page.getByLabel('Container', { exact: true }).inputValue(), 'side')
  await page.waitForFunction("document.getElementById('logs').getBoundingClientRect().top < innerHeight / 2")
  await side.getByRole('link', { name: 'Terminal in side' }).click()
  await page.getByRole('heading', { name: 'Terminal', level: 1 }).waitFor()
  assert.equal(await page.getByLabel('Container', { exact: true }).inputValue(), 'side')
})

test('a service and its tasks show where they answer', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url)
  // Only real containers have published ports.
  await profile.route(/\/tasks\?/, async (route) => {
    const response = await fetchWithoutEtag(route)
    const body = await response.json()
    const port = { container: 'web', containerPort: 80, hostPort: 32768, hostIp: '127.0.0.1', protocol: 'tcp' }
    const items = body.items.map((task: { lastStatus: string }) => ({ ...task, ports: [port] }))
    await route.fulfill({ response, json: { ...body, items } })
  })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}${pages}/services/pair`)
  await waitForText(page, /127\.0\.0\.1:32768/)
  assert.match(await factOf(page, 'Address'), /^127\.0\.0\.1:32768/)
  const link = row(page, 'Tasks', runningTask.slice(0, 8)).getByRole('link', { name: '127.0.0.1:32768' })
  assert.equal(await link.getAttribute('href'), 'http://127.0.0.1:32768')
  // The port of a stopped task answers no longer, or is that of another task.
  await profile.route(new RegExp(`/v1/ecs/.*/tasks/${stoppedTask}$`), async (route) => {
    const response = await fetchWithoutEtag(route)
    const port = { container: 'web', containerPort: 80, hostPort: 32769, hostIp: '127.0.0.1', protocol: 'tcp' }
    await route.fulfill({ response, json: { ...(await response.json()), ports: [port] } })
  })
  const stoppedPage = await profile.newPage()
  await stoppedPage.goto(`${url}${pages}/tasks/${stoppedTask}`)
  assert.equal(await factOf(stoppedPage, 'Ports'), '80/tcp was at 127.0.0.1:32769')
  assert.equal(await stoppedPage.getByRole('link', { name: '127.0.0.1:32769' }).count(), 0)
  await profile.unrouteAll({ behavior: 'wait' })
  await page.reload()
  const address = row(page, 'Tasks', runningTask.slice(0, 8)).locator('[data-title="Address"]')
  await address.getByText(/^\d+\.\d+\.\d+\.\d+$/).waitFor()
  assert.equal(await factOf(page, 'Address'), `${await address.innerText()}:80`)
})

// Before the tests that add tasks: it counts those of the account.
test('the tasks of an account are filtered, and a cluster leads to its own', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/other`)
  await page.getByRole('main').getByRole('link', { name: 'Tasks', exact: true }).click()
  assert.match((await taskRows(page, 1))[0]!, /single:1/)
  assert.equal(new URL(page.url()).search, '?cluster=other')
  await page.getByLabel('Cluster', { exact: true }).selectOption('All clusters')
  await taskRows(page, 2)
  await page.getByRole('button', { name: 'Not stopped 2' }).waitFor()
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await taskRows(page, 4)
  await page.getByRole('button', { name: 'All 4' }).waitFor()
  const filter = page.getByLabel('Filter by service')
  await filter.pressSequentially('once')
  assert.match((await taskRows(page, 1))[0]!, new RegExp(stoppedTask.slice(0, 8)))
  await page.reload()
  assert.match((await taskRows(page, 1))[0]!, new RegExp(stoppedTask.slice(0, 8)))
  assert.equal(new URL(page.url()).search, '?status=ALL&filter=once')
  await filter.fill(runningTask)
  assert.match((await taskRows(page, 1))[0]!, /prod\/pair/)
  await filter.fill('prod/pair')
  await taskRows(page, 2)
  await filter.fill('nothing')
  await waitForText(page, /No task matches\./)
})

test('facts, times and heads of columns are not broken into pieces', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout-frontend:2026-11-30'
  await api.post('/local/taskdefs', webDefinition('long', { image }))
  const made = await api.post(`${servicesPath}?wait=STABLE`, { name: 'long', taskDefinition: 'long', count: 1 })
  assert.equal(made.status, 201, made.text)
  const [{ id: task }] = (await api.get(`${servicesPath}/long/tasks`)).body.items
  const [{ id: deployment }] = (await api.get(`${servicesPath}/long/deployments`)).body.items
  const page = await signedInPage(
    await newBrowserProfile(t, url, { viewport: { width: 1360, height: 860 } }),
    url,
    token,
  )
  for (const [path, lastPart] of [
    ['services/long', '.facts code'],
    [`services/long/deployments/${deployment}`, '.facts code'],
    [`tasks/${task}`, '.facts code'],
    ['services/pair', '.facts time'],
  ]) {
    await page.goto(`${url}${pages}/${path}`)
    await page.locator(lastPart!).first().waitFor()
    const broken = await page.evaluate<string[]>(`[...document.querySelectorAll('.facts dd, .facts dt, th, time')]
      .flatMap((part) => {
        const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
        const found = []
        while (texts.nextNode()) {
          const range = new Range()
          range.selectNodeContents(texts.currentNode)
          const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
          if (lines.size > 1) found.push(texts.currentNode.data)
        }
        return found
      })`)
    // A sentence may need two lines, and an id or a long image wraps inside its column.
    assert.deepEqual(
      broken.filter((text) => !/\w+ \w+ \w+|^(subnet-|ecs-svc\/|[0-9a-f]{32}$)|…/.test(text)),
      [],
      path,
    )
  }
  // Rows keep one height, also where a status does not fit into its line.
  await page.setViewportSize({ width: 1000, height: 860 })
  await page.goto(`${url}/console/local/tasks?status=ALL`)
  await page.locator('.table time').first().waitFor()
  const heights = await page.evaluate<number[]>(
    `[...document.querySelectorAll('tr[data-row]')].map((row) => row.getBoundingClientRect().height)`,
  )
  assert.ok(heights.length > 2)
  assert.deepEqual([...new Set(heights)], [heights[0]])
  await page.setViewportSize({ width: 1360, height: 860 })
  await page.goto(`${url}${pages}/services/long`)
  const shortened = page.locator('.facts code').filter({ hasText: '…' })
  assert.equal(await shortened.innerText(), '123456789012…out-frontend:2026-11-30')
  assert.equal(await shortened.getAttribute('title'), image)
})

/** Waits until the table of tasks has this number of rows, and returns their text. */
async function taskRows(page: Page, count: number): Promise<string[]> {
  const rows = page.getByRole('table', { name: 'Tasks' }).locator('tr[data-row]')
  await rows.nth(count - 1).waitFor()
  await rows.nth(count).waitFor({ state: 'detached' })
  return rows.allInnerTexts()
}

test('the tasks of a service are selected by their status', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}${pages}/services/pair`)
  assert.match((await taskRows(page, 1))[0]!, /Running/)
  await page.getByRole('button', { name: 'Not stopped 1' }).and(page.locator('[aria-pressed="true"]')).waitFor()
  await page.getByRole('button', { name: 'All 2' }).click()
  const [first, second] = await taskRows(page, 2)
  assert.match(first!, /Running/)
  assert.match(second!, /Stopped/)
  await page.getByRole('button', { name: 'Stopped 1', exact: true }).click()
  assert.match((await taskRows(page, 1))[0]!, /Stopped/)
  await page.getByRole('button', { name: 'Running 1' }).click()
  assert.match((await taskRows(page, 1))[0]!, /Running/)
  assert.equal(await page.getByRole('button', { name: /^(Starting|Stopping)/ }).count(), 0)
})

test('a cluster counts its stopping tasks, and its deletion waits for them', { skip, timeout: 300_000 }, async (t) => {
  const { api, url, token } = program!
  await api.post('/local/clusters', { name: 'ending' })
  const dockerLabels = { 'ecs-api.simulated.ignore-sigterm': 'true' }
  await api.post('/local/taskdefs', webDefinition('stubborn', { dockerLabels }))
  const ran = await api.post('/local/clusters/ending/tasks?wait=RUNNING', { taskDefinition: 'stubborn' })
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/status of 409/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/clusters/ending`)
  await waitForText(page, /Running tasks\s*1/)
  const { id } = ran.body.items[0]
  await api.delete(`/local/clusters/ending/tasks/${id}`)
  await waitForText(page, /Running tasks\s*0\s*Starting tasks\s*0\s*Stopping tasks\s*1/)
  await page.getByRole('button', { name: 'Delete…' }).click()
  await waitForText(page, new RegExp(`still contains 1 task that is stopping: ${id.slice(0, 8)}\\.`))
})
