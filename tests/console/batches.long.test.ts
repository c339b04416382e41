// Changes of several services or tasks at once, from the rows that are selected in a list.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Locator, Page, Request } from 'playwright-core'
import {
  fetchWithoutEtag,
  newBrowserProfile,
  openServiceMenu,
  requireSuccess,
  signedInPage,
  skipReason,
  startConsoleGateway,
  webDefinition,
} from './browser.ts'
import { isFocused, keyboard } from './input.ts'
import {
  bar,
  createFiveServices,
  createService,
  listPath,
  openList,
  select,
  serviceNames,
  servicesPath,
} from './selected-services.ts'

const skip = skipReason

const program = skip ? undefined : await startConsoleGateway()

before(async () => {
  if (program) await createFiveServices(program)
})

const row = (dialog: Locator, name: string) => dialog.getByRole('listitem').filter({ hasText: name })

/** Collects the requests of the page whose address matches, except GET requests. */
const recordChanges = (page: Page, pattern: RegExp) => {
  const found: Request[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET' && pattern.test(request.url()) && !/dryRun/.test(request.url())) found.push(request)
  })
  return found
}

const failure = {
  type: '/docs/problems/AwsError',
  title: 'AWS failed',
  status: 500,
  code: 'AwsError',
  detail: 'AWS did not take it.',
  requestId: 'r',
}

test('several services are restarted after one plan, and only the failed one again', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, api } = program!
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/500 \(Internal Server Error\)/, /403 \(Forbidden\)/],
  })
  const page = await signedInPage(profile, url, token)
  await page.route(/\/local\/services\?/, async (route) => {
    const response = await fetchWithoutEtag(route)
    const body = await response.json()
    const items = body.items.map((item: { name: string }) =>
      item.name === 's5' ? { ...item, status: 'DRAINING' } : item,
    )
    await route.fulfill({ response, json: { ...body, items } })
  })
  const outside = {
    status: 403,
    json: { ...failure, status: 403, code: 'OutsideFence', detail: 'Outside your fence.' },
  }
  await page.route(/\/services\/s4\/restart\?dryRun/, (route) => route.fulfill(outside))
  await openList(page, url + listPath)
  await select(page, 's1', 's2', 's4', 's5')
  await bar(page).getByRole('button', { name: 'Restart…' }).click()
  const dialog = page.getByRole('dialog', { name: /^Restart \d services$/ })
  await row(dialog, 'prod/s1').getByText('One deployment replaces the tasks of the service s1.').waitFor()
  await row(dialog, 'prod/s5').getByText('The service is being deleted.').waitFor()
  await row(dialog, 'prod/s4').getByText('Outside your fence.').waitFor()
  const send = dialog.getByRole('button', { name: 'Restart 2 services' })
  await send.and(page.locator('[aria-disabled="false"]')).waitFor()
  await dialog.getByText('curl and command line').click()
  await dialog.getByText('ecs-api restart local/prod/s1; ecs-api restart local/prod/s2', { exact: true }).waitFor()
  const requests = recordChanges(page, /\/restart$/)
  const isS2 = /\/services\/s2\/restart$/
  await page.route(isS2, (route) => route.fulfill({ status: 500, json: failure }))
  await send.click()
  await row(dialog, 'prod/s1').getByText('being restarted').waitFor()
  await row(dialog, 'prod/s2').getByText('AWS did not take it.').waitFor()
  await row(dialog, 'prod/s2').getByRole('link', { name: 'AwsError' }).waitFor()
  await dialog.getByText('1 of 2 done, 1 failed', { exact: true }).first().waitFor()
  await page.unroute(isS2)
  await dialog.getByRole('button', { name: 'Retry the failed one' }).click()
  // All have succeeded: the dialog closes, nothing stays selected, and one message says so.
  await dialog.waitFor({ state: 'detached' })
  await bar(page).waitFor({ state: 'detached' })
  await page.getByRole('status').getByText('2 services: being restarted.', { exact: true }).waitFor()
  assert.deepEqual(requests.map((request) => new URL(request.url()).pathname.split('/').at(-2)).sort(), [
    's1',
    's2',
    's2',
  ])
  const keysOf = (name: string) =>
    requests.filter((request) => request.url().includes(`/${name}/`)).map((request) => request.headers())
  const [first, second] = keysOf('s2')
  assert.match(first!['idempotency-key']!, /^[0-9a-f-]{36}$/)
  // Whether the first request has changed something is not known, so the retry repeats it.
  assert.equal(second!['idempotency-key'], first!['idempotency-key'])
  assert.notEqual(keysOf('s1')[0]!['idempotency-key'], first!['idempotency-key'])
  const version = (await api.get(`${servicesPath}/s2`)).body.configVersion
  assert.deepEqual([first!['if-match'], second!['if-match']], [version, version])
})

test('a closed dialog loses nothing, and a few requests are sent at a time', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await openList(page, url + listPath)
  await select(page, ...serviceNames)
  await bar(page).getByRole('button', { name: 'Restart…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Restart 5 services' })
  const held: (() => void)[] = []
  let holds = true
  const requests = recordChanges(page, /\/restart$/)
  const isRestart = /\/restart$/
  await page.route(isRestart, async (route) => {
    if (holds) await new Promise<void>((resolve) => held.push(resolve))
    await route.continue()
  })
  await dialog.getByRole('button', { name: 'Restart 5 services', disabled: false }).click()
  await dialog.getByText('requested').nth(2).waitFor()
  await dialog.getByText('waiting').nth(1).waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await bar(page).getByText('Restart 5 services: 0 of 5 done').waitFor()
  assert.equal(requests.length, 3)
  const question = page.waitForEvent('dialog')
  await page.evaluate('setTimeout(() => location.reload())')
  assert.equal((await question).type(), 'beforeunload')
  await (await question).dismiss()

  // The batch goes on while another page is shown.
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Clusters' }).click()
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  const fourth = page.waitForRequest(isRestart)
  held.shift()?.()
  await fourth
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Services' }).click()
  await bar(page).getByText('Restart 5 services: 1 of 5 done').waitFor()
  await bar(page).getByRole('button', { name: 'Show results' }).click()
  await dialog.getByText('being restarted').waitFor()
  await dialog.getByRole('button', { name: 'Do not send the rest' }).click()
  await row(dialog, 'prod/s5').getByText('not sent').waitFor()
  holds = false
  for (const resolve of held) resolve()
  await dialog.getByText('4 of 5 done, 1 failed', { exact: true }).first().waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await bar(page).getByText('Restart 5 services: 4 of 5 done, 1 failed').waitFor()
  // The bar of the list says it, and no message beside it.
  assert.equal(await page.getByText('4 of 5 done, 1 failed').count(), 1)
  await bar(page).getByRole('button', { name: 'Dismiss' }).click()
  await bar(page).waitFor({ state: 'detached' })
})

test('a service that has changed since its plan is left as it is, until its new plan is sent', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(
    await newBrowserProfile(t, url, { expectedErrors: [/412 \(Precondition Failed\)/, /net::ERR_FAILED/] }),
    url,
    token,
  )
  await openList(page, url + listPath)
  await select(page, 's1', 's2', 's3')
  await bar(page).getByRole('button', { name: 'Restart…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Restart 3 services' })
  const send = dialog.getByRole('button', { name: 'Restart 3 services', disabled: false })
  await send.waitFor()
  await requireSuccess(api.patch(`${servicesPath}/s1`, { healthCheckGracePeriodSeconds: 5 }))
  const requests = recordChanges(page, /\/restart$/)
  const isS3 = /\/services\/s3\/restart$/
  await page.route(isS3, (route) => route.abort())
  await send.click()
  await row(dialog, 'prod/s1').getByText('It has changed since the plan was made').waitFor()
  await row(dialog, 'prod/s1').getByText('One deployment replaces the tasks of the service s1.').waitFor()
  await row(dialog, 'prod/s2').getByText('being restarted').waitFor()
  await row(dialog, 'prod/s3').getByText('No response arrived').waitFor()
  await page.unroute(isS3)
  await dialog.getByRole('button', { name: 'Retry the 2 failed ones' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('3 services: being restarted.').waitFor()
  const keysOf = (name: string) => [
    ...new Set(
      requests
        .filter((request) => request.url().includes(`/${name}/`))
        .map((request) => request.headers()['idempotency-key']),
    ),
  ]
  // The gateway would repeat its rejection for the first key.
  assert.deepEqual([keysOf('s1').length, keysOf('s2').length, keysOf('s3').length], [2, 1, 1])
})

test('a batch waits for the sign-in after its session has ended', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(
    await newBrowserProfile(t, url, { expectedErrors: [/401 \(Unauthorized\)/] }),
    url,
    token,
  )
  await openList(page, url + listPath)
  await select(page, ...serviceNames)
  await bar(page).getByRole('button', { name: 'Restart…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Restart 5 services' })
  const requests = recordChanges(page, /\/restart$/)
  const ended = Promise.withResolvers<void>()
  const isS1 = /\/services\/s1\/restart$/
  await page.route(/\/services\/s[23]\/restart$/, async (route) => {
    await ended.promise
    await route.continue()
  })
  await page.route(isS1, (route) => route.fulfill({ status: 401, json: { ...failure, status: 401 } }))
  await dialog.getByRole('button', { name: 'Restart 5 services', disabled: false }).click()
  const signIn = page.getByRole('dialog', { name: 'Sign in to go on' })
  await signIn.waitFor()
  ended.resolve()
  await dialog.getByText('2 of 5 done, 1 failed').waitFor()
  assert.equal(requests.length, 3)
  await page.unroute(isS1)
  await signIn.getByLabel('Token').fill(token)
  await signIn.getByRole('button', { name: 'Sign in' }).click()
  await dialog.getByText('4 of 5 done, 1 failed').first().waitFor()
  await dialog.getByRole('button', { name: 'Retry the failed one' }).click()
  await page.getByText('5 services: being restarted.').waitFor()
})

test('tags of several services are set and removed', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await openList(page, url + listPath)
  await select(page, 's1', 's2', 's3')
  await bar(page).getByRole('button', { name: 'Tags…' }).click()
  const dialog = page.getByRole('dialog', { name: /^Tags of \d services$/ })
  const send = dialog.getByRole('button', { name: /^Change the tags of/ })
  assert.equal(await send.getAttribute('title'), 'Name a tag to set, or choose one to remove.')
  const field = dialog.getByLabel('Set tags')
  await field.fill('team')
  await dialog.getByText('Line 1 is not NAME=value: it has no =.').first().waitFor()
  await field.fill('team=shop')
  await row(dialog, 'prod/s1').getByText('Nothing changes').waitFor()
  await row(dialog, 'prod/s3').getByText('Tag team').waitFor()
  await dialog.getByRole('button', { name: 'Change the tags of 2 services', disabled: false }).click()
  await page.getByText('2 services: tags changed.').waitFor()
  await dialog.waitFor({ state: 'detached' })
  const tagsOf = async (name: string) => (await api.get(`${servicesPath}/${name}`)).body.tags
  assert.deepEqual([await tagsOf('s2'), await tagsOf('s4')], [{ team: 'shop' }, { team: 'web' }])

  await select(page, 's1', 's2', 's3')
  await bar(page).getByRole('button', { name: 'Tags…' }).click()
  await dialog.getByLabel('Remove team: shop (3 services)').check()
  await field.fill('owner=me')
  await dialog.getByRole('button', { name: 'Change the tags of 3 services', disabled: false }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('3 services: tags changed.').waitFor()
  assert.deepEqual([await tagsOf('s1'), await tagsOf('s3')], [{ owner: 'me' }, { owner: 'me' }])

  await t.test('the page of a service has the same dialog', async () => {
    await page.goto(`${url}/console${servicesPath}/s4`)
    await openServiceMenu(page)
    await page.getByRole('button', { name: 'Tags…' }).click()
    const one = page.getByRole('dialog', { name: 'Tags of prod/s4' })
    await one.getByLabel('Remove team: web').check()
    await one.getByRole('button', { name: 'Change the tags', exact: true, disabled: false }).click()
    await one.waitFor({ state: 'detached' })
    assert.deepEqual(await tagsOf('s4'), {})
    // The menu of the button is closed, and has the focus again.
    await page.getByRole('button', { name: 'Tags…' }).waitFor({ state: 'hidden' })
    assert.ok(await page.getByRole('main').locator('.menu > summary').evaluate(isFocused))
  })
})

test('the deployments of several services are stopped', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const dockerLabels = { 'ecs-api.simulated.pull-delay': '600' }
  await requireSuccess(api.post('/local/taskdefs', webDefinition('endless', { dockerLabels })))
  for (const name of ['d1', 'd2']) {
    await createService(program!, name, 'web')
    await requireSuccess(api.patch(`${servicesPath}/${name}`, { taskDefinition: 'endless' }))
  }
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await openList(page, url + listPath)
  await select(page, 'd1', 'd2', 's1')
  await bar(page).getByRole('button', { name: 'Stop deployment…' }).click()
  const dialog = page.getByRole('dialog', { name: /^Stop the deployments of [23] services$/ })
  await row(dialog, 'prod/s1').getByText('No deployment is in progress.').waitFor()
  await row(dialog, 'prod/d1').getByText('rolls the service back').waitFor()
  await dialog.getByLabel('Afterwards').selectOption('Leave the tasks as they are')
  await row(dialog, 'prod/d2').getByText('its tasks stay as they are').waitFor()
  await dialog.getByLabel('Afterwards').selectOption('Roll back to the release before')
  await dialog.getByRole('button', { name: 'Stop 2 deployments', disabled: false }).click()
  await dialog.waitFor({ state: 'detached' })
  for (const name of ['d1', 'd2']) await page.getByRole('row').filter({ hasText: name }).getByText('web:1').waitFor()
  for (const name of ['d1', 'd2']) await requireSuccess(api.delete(`${servicesPath}/${name}?force=true&wait=INACTIVE`))
})

test('tasks are selected and stopped by keyboard alone', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await requireSuccess(
    api.post('/local/clusters/prod/tasks?wait=RUNNING', { taskDefinition: 'web', count: 3, group: 'batch' }),
  )
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const { press, toggle } = keyboard(page)
  await openList(page, `${url}/console/local/tasks?filter=batch`)
  const boxes = page.getByRole('table', { name: 'Tasks' }).getByRole('checkbox', { name: /^Select [0-9a-f]{8}$/ })
  assert.equal(await boxes.count(), 3)
  await toggle(boxes.nth(0))
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await bar(page, 'tasks').getByText('2 tasks selected').waitFor()
  await press(bar(page, 'tasks').getByRole('button', { name: 'Stop…' }))
  const dialog = page.getByRole('dialog', { name: 'Stop 2 tasks' })
  await dialog.getByText('Nothing replaces it.').nth(1).waitFor()
  await press(dialog.getByRole('button', { name: 'Stop 2 tasks' }))
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('2 tasks: being stopped.').waitFor()
  await bar(page, 'tasks').waitFor({ state: 'detached' })
  await boxes.nth(1).waitFor({ state: 'detached' })
  assert.equal(await boxes.count(), 1)

  await t.test('one task is stopped in its row', async () => {
    await page.getByRole('button', { name: /^Stop… [0-9a-f]{8}$/ }).click()
    await page
      .getByRole('dialog', { name: /^Stop the task [0-9a-f]{8}$/ })
      .getByRole('button', { name: 'Stop the task' })
      .click()
    await page.getByText(/^The task [0-9a-f]{8} is being stopped\.$/).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(await bar(page, 'tasks').count(), 0)
  })

  await t.test('a task that has stopped cannot be stopped', async () => {
    await openList(page, `${url}/console/local/tasks?filter=batch&status=STOPPED`)
    await page.getByRole('checkbox', { name: 'Select all' }).check()
    const stop = bar(page, 'tasks').getByRole('button', { name: 'Stop…', disabled: true })
    assert.equal(await stop.getAttribute('title'), 'The task has stopped.')
  })
  await t.test('on the page of a service', async () => {
    await openList(page, `${url}/console${servicesPath}/s1`)
    await page
      .getByRole('checkbox', { name: /^Select [0-9a-f]{8}$/ })
      .first()
      .check()
    await press(bar(page, 'tasks').getByRole('button', { name: 'Stop…' }))
    await page.getByRole('dialog', { name: /^Stop the task [0-9a-f]{8} of prod\/s1$/ }).waitFor()
  })
})
