// The last changes on the overview: sentences about each change, without plans, with a link to the request.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { faultsOfAppearance } from './appearance.ts'
import {
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
const wwwPath = '/local/clusters/prod/services/www'

before(async () => {
  if (!program) return
  const { api } = program
  const done = async (answer: Promise<{ status: number; text: string }>) => {
    const { status, text } = await answer
    assert.ok(status < 300, text)
  }
  await done(api.post('/local/clusters', { name: 'prod' }))
  await done(api.post('/local/taskdefs', webDefinition('web')))
  await done(api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 1 }))
  const image = { containers: { web: { image: 'nginx:1.30' } } }
  await done(api.patch(`${wwwPath}?dryRun=true`, image))
  await done(api.patch(`${wwwPath}?wait=STABLE`, image))
  await done(api.patch(`${wwwPath}?dryRun=true`, { count: 7 }))
  await done(api.patch(wwwPath, { count: 2 }))
  await done(api.post(`${wwwPath}/rollback?dryRun=true`, {}))
  await done(api.post(`${wwwPath}/rollback?wait=STABLE`, { release: 1 }))
  await api.post(`${wwwPath}/rollback`, { release: 99 })
  await done(api.post('/tokens', { name: 'portal', role: 'viewer' }))
})

test('last changes are sentences with links', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const table = page.getByRole('table', { name: 'Last changes' })
  await table.waitFor()
  const rows = await table.locator('tr[data-row] td:nth-child(3)').allInnerTexts()
  assert.deepEqual(rows, [
    'created the token portal',
    'tried to roll prod/www back to release 99: 400',
    'rolled prod/www back to release 1',
    'scaled prod/www to 2 tasks',
    'deployed nginx:1.30 to prod/www',
    'created the service prod/www with web',
    'registered a revision of web',
    'created the cluster prod',
  ])
  const rejected = table.getByRole('row').filter({ hasText: 'release 99' })
  await rejected.getByRole('link', { name: 'ReleaseNotFound' }).waitFor()
  const deployed = table.getByRole('row').filter({ hasText: 'nginx:1.30' })
  assert.equal(
    await deployed.getByRole('link', { name: 'prod/www' }).getAttribute('href'),
    '/console/local/clusters/prod/services/www',
  )
  await deployed.getByRole('link', { name: 'Request' }).click()
  await waitForText(page, /PATCH \/v1\/ecs\/local\/clusters\/prod\/services\/www/)
  await page.locator('details[open]').getByText('"dryRun": false').waitFor()
  assert.equal(await page.getByText('plan:').count(), 0)
  await page.getByLabel(/plans/).check()
  await page.getByText('plan: scaled prod/www to 7 tasks').waitFor()
})

test('a change that failed has no link to what does not exist', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  assert.equal((await api.post('/tokens', { name: 'ana laptop', role: 'viewer' })).status, 400)
  assert.equal((await api.post('/local/clusters/prod/services', { name: 'nope', taskDefinition: 'none' })).status, 400)
  assert.equal((await api.patch('/local/clusters/prod/services/none', { count: 2 })).status, 404)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const path of ['/', '/console/admin/audit']) {
    await page.goto(url + path)
    const rows = page.locator('tr[data-row]')
    for (const sentence of [
      'tried to create the token ana laptop: 400',
      'tried to create the service prod/nope',
      'tried to scale prod/none to 2 tasks: 404',
    ]) {
      const cell = rows.filter({ hasText: sentence }).locator('td:nth-child(3)')
      await cell.waitFor()
      assert.equal(await cell.getByRole('link').count(), 0, sentence)
    }
  }
})

test('the audit log is filtered by the words that it shows', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const command = { containers: { web: { command: ['nginx'], environment: { LEVEL: 'info' } } } }
  assert.equal((await api.patch(`${wwwPath}?wait=STABLE`, command)).status, 200)
  assert.equal((await api.delete('/local/clusters/prod')).status, 409)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/admin/audit`)
  const sentences = page.locator('tr[data-row] td:nth-child(3)')
  // The filter of a list that is not read yet would match nothing.
  await sentences.filter({ hasText: /token portal/ }).waitFor()
  const filter = page.getByLabel(/^Filter by/)
  const filtered = async (text: string, sentence: string) => {
    await filter.fill(text)
    await sentences.filter({ hasText: /token portal/ }).waitFor({ state: text === 'portal' ? 'visible' : 'detached' })
    assert.deepEqual([...new Set(await sentences.allInnerTexts())], [sentence], text)
  }
  await filtered('scaled prod/www', 'scaled prod/www to 2 tasks')
  // The request is folded. When it is open, the other cells stand beside its first line.
  const row = page.locator('tr[data-row]').filter({ hasText: 'scaled prod/www to 2 tasks' })
  await row.getByText('PATCH, 200', { exact: true }).click()
  await row.getByText(/"count": 2/).waitFor()
  const topOf = async (part: Locator) => (await part.boundingBox())!.y
  const distance = (await topOf(row.locator('time'))) - (await topOf(row.locator('summary')))
  assert.ok(Math.abs(distance) < 6, `${distance} px`)
  await filtered('container web: comm', 'changed prod/www: container web: command, environment')
  await filtered('clustercontainss', 'tried to delete the cluster prod: 409')
  await filter.fill('deployed')
  await sentences.filter({ hasText: /^changed prod\/www: container web/ }).waitFor()
  await filter.fill('no such words')
  await waitForText(page, /No entry matches\./)
})

test('the overview names its services when all is well', { skip, timeout: 300_000 }, async (t) => {
  const { url, newToken, api } = program!
  const calm = { name: 'calm', taskDefinition: 'web', count: 2 }
  assert.equal((await api.post('/local/clusters/prod/services?wait=STABLE', calm)).status, 201)
  const viewer = await newToken({ name: 'overview-reader', role: 'viewer' })
  const page = await signedInPage(await newBrowserProfile(t, url), url, viewer)
  const row = page
    .getByRole('table', { name: 'Services deployed last' })
    .getByRole('row')
    .filter({ hasText: 'prod/calm' })
  await row.getByText(/2 of 2 tasks running/).waitFor()
  await row.getByRole('link', { name: 'prod/calm' }).click()
  await page.getByRole('heading', { name: 'calm', exact: true }).waitFor()
})

test('a deployment that failed is not deployed, and a terminal is named', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const dockerLabels = { 'ecs-api.simulated.pull-error': 'no such image' }
  await api.post('/local/taskdefs', webDefinition('broken', { dockerLabels }))
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  const images = { containers: { web: { image: 'nginx:1.31' } } }
  assert.equal((await api.patch(`${wwwPath}?wait=STABLE`, images)).status, 200)
  const changed = await api.patch(`${wwwPath}?wait=STABLE`, { taskDefinition: 'broken', deploymentConfiguration })
  assert.equal(changed.status, 200, changed.text)
  // A new revision is deployed, and not the broken one that it starts from.
  await api.post('/local/taskdefs', webDefinition('mended', { dockerLabels }))
  const repair = { taskDefinition: 'mended:1', containers: { web: { dockerLabels: null } } }
  assert.equal((await api.patch(`${wwwPath}?wait=STABLE`, repair)).body.outcome, 'reached')
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const table = page.getByRole('table', { name: 'Last changes' })
  const mended = 'deployed mended:1 with a change of container web: dockerLabels to prod/www'
  await table.getByRole('row').filter({ hasText: mended }).waitFor()
  const resultOf = (sentence: string) => table.getByRole('row').filter({ hasText: sentence }).locator('td:nth-child(4)')
  await resultOf('deployed broken to prod/www').getByText('failed, rolled back').waitFor()
  await resultOf('deployed nginx:1.31 to prod/www').getByText('deployed', { exact: true }).waitFor()
  await page.goto(`${url}/console/admin/audit`)
  const row = page.locator('tr[data-row]').filter({ hasText: 'deployed broken to prod/www' })
  await row.getByText('failed, rolled back').waitFor()

  // The path of a terminal is hidden in the audit log.
  const [{ id }] = (await api.get('/local/clusters/prod/tasks')).body.items
  await page.route(/\/v1\/ecs\/audit\?/, async (route) => {
    const response = await route.fetch()
    const { items, ...rest } = await response.json()
    const [first] = items
    const opened = {
      ...{ ...first, id: 'x', account: 'local', cluster: 'prod', code: null, status: 101 },
      ...{ action: 'GET /v1/ecs/exec/:session', path: '/v1/ecs/exec/(hidden)' },
      input: { query: {}, body: { session: 's', task: id, container: 'web' } },
    }
    await route.fulfill({ response, json: { items: [opened, ...items], ...rest } })
  })
  await page.goto(url)
  const terminal = table.getByRole('row').filter({ hasText: `opened a terminal in web of the task ${id.slice(0, 8)}` })
  const link = terminal.getByRole('link', { name: id.slice(0, 8) })
  assert.equal(await link.getAttribute('href'), `/console/local/clusters/prod/tasks/${id}`)
  assert.equal(await page.getByText('(hidden)').count(), 0)
})

test('a viewer sees the last deployments of all services with their results', { skip, timeout: 300_000 }, async (t) => {
  const { url, newToken, api } = program!
  const viewer = await newToken({ name: 'deployment-reader', role: 'viewer' })
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/404 \(Not Found\).*\/services\/old\d+\//] })
  const listsRead: string[] = []
  profile.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.endsWith('/deployments')) listsRead.push(pathname)
  })
  // With thousands of services, the console asks for the deployments of only a few.
  await profile.route(/\/v1\/ecs\/local\/services\?/, async (route) => {
    const response = await fetchWithoutEtag(route)
    const { items, ...rest } = await response.json()
    const old = { ...items[0], deployments: [{ ...items[0].deployments[0], createdAt: '2020-01-01T00:00:00.000Z' }] }
    const many = Array.from({ length: 3000 }, (_, i) => ({ ...old, name: `old${i}`, arn: `${old.arn}${i}` }))
    await route.fulfill({ response, json: { items: [...many, ...items], ...rest } })
  })
  const page = await signedInPage(profile, url, viewer)
  const rows = page.getByRole('table', { name: 'Last changes' }).locator('tr[data-row]')
  const failed = rows.filter({ hasText: 'failed, rolled back' })
  await failed.waitFor()
  const deployments = await Promise.all(
    ['www', 'calm'].map(
      async (name) => (await api.get(`/local/clusters/prod/services/${name}/deployments`)).body.items,
    ),
  )
  const newest = deployments
    .flat()
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .slice(0, 10)
  const links = rows.getByRole('link', { name: 'Show deployment' })
  const hrefs = newest.map(({ service, id }) => `/console/local/clusters/prod/services/${service}/deployments/${id}`)
  await links.nth(hrefs.length - 1).waitFor()
  assert.deepEqual(await links.evaluateAll((all: { pathname: string }[]) => all.map((link) => link.pathname)), hrefs)
  const textsOf = (row: Locator) => row.locator('td:nth-child(n + 2):nth-child(-n + 4)').allInnerTexts()
  await failed.filter({ hasText: 'deployed broken:1 to prod/www' }).waitFor()
  assert.deepEqual(await textsOf(failed), ['admin', 'deployed broken:1 to prod/www', 'failed, rolled back'])
  const calm = rows.filter({ hasText: 'prod/calm' })
  await calm.filter({ hasText: /deployed web:\d+ to prod\/calm/ }).waitFor()
  assert.equal((await textsOf(calm))[2], 'deployed')
  assert.ok(new Set(listsRead).size <= 10, `${listsRead}`)
  assert.deepEqual(await faultsOfAppearance(page, 'overview-viewer'), [])
  const failedId = newest.find(({ status }) => status === 'ROLLBACK_SUCCESSFUL').id
  await failed.getByRole('link', { name: 'Show deployment' }).click()
  await page.getByRole('heading', { name: `Deployment ${failedId.slice(0, 8)}` }).waitFor()
})

test('one service that fails is no 1 of 1, and its cause opens in a new tab', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  for (const name of ['calm', 'www']) await api.delete(`/local/clusters/prod/services/${name}?force=true&wait=INACTIVE`)
  const lonely = { name: 'lonely', taskDefinition: 'broken', count: 1 }
  assert.equal((await api.post('/local/clusters/prod/services', lonely)).status, 201)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.getByRole('heading', { name: 'The only service needs attention' }).waitFor()
  await page.getByRole('link', { name: 'prod/lonely' }).first().click()
  const more = page.getByRole('link', { name: /^More on .*\(in a new tab\)$/ }).first()
  assert.deepEqual([await more.getAttribute('target'), await more.getAttribute('rel')], ['_blank', 'noopener'])
})

test('the result of a deployment stays when its service is deleted', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const path = '/local/clusters/prod/services/brief'
  await api.post('/local/clusters/prod/services?wait=STABLE', { name: 'brief', taskDefinition: 'web', count: 1 })
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  await api.patch(`${path}?wait=STABLE`, { taskDefinition: 'broken', deploymentConfiguration })
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/404 .*services\/brief/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/admin/audit`)
  const creation = page.getByRole('row').filter({ hasText: 'created the service prod/brief' })
  assert.equal((await api.delete(`${path}?force=true&wait=INACTIVE`)).status, 200)
  await page.getByRole('row').filter({ hasText: 'deleted the service prod/brief' }).waitFor()
  await creation.getByRole('link', { name: 'deployed' }).waitFor()
  const failed = page.getByRole('row').filter({ hasText: 'deployed broken to prod/brief' })
  await failed.getByRole('link', { name: 'failed, rolled back' }).waitFor()
})
