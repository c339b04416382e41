// Long lists of the console: each says that there are older items, and reads them on request.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
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
const restarts = 52
const maxTasks = 205

/** A service with one task, which had more deployments, releases, events and tasks than a page of each list shows. */
before(async () => {
  if (!program) return
  const { api } = program
  const ok = async (request: Promise<{ status: number; text: string }>) => {
    const { status, text } = await request
    assert.ok(status < 300, text)
  }
  await ok(api.post('/local/clusters', { name: 'prod' }))
  await ok(api.post('/local/taskdefs', webDefinition('web')))
  await ok(api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'www', taskDefinition: 'web', count: 1 }))
  for (let i = 0; i < restarts; i++) await ok(api.post(`${servicesPath}/www/restart?wait=STABLE&fail=true`))
  for (const count of [maxTasks, 1]) await ok(api.patch(`${servicesPath}/www?wait=STABLE&fail=true`, { count }))
})

const rows = (page: Page, table: string) => page.getByRole('table', { name: table }).locator('tr[data-row]')
const older = (page: Page, noun: string) => page.getByRole('button', { name: `Older ${noun}` })

test('a list that has older items reads them', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await t.test('releases and deployments', async () => {
    await page.goto(`${url}${wwwPage}/deployments`)
    for (const [table, noun] of [
      ['Releases', 'releases'],
      ['Deployments', 'deployments'],
    ] as const) {
      await waitForText(page, new RegExp(`These are the newest 50 ${noun}\\.`))
      assert.equal(await rows(page, table).count(), 50)
      await older(page, noun).click()
      await rows(page, table).nth(restarts).waitFor()
      await older(page, noun).waitFor({ state: 'detached' })
      assert.equal(await rows(page, table).count(), restarts + 1)
    }
  })
  await t.test('events of the service and of the cluster', async () => {
    for (const [path, count] of [
      [`${wwwPage}/events`, 200],
      ['/console/local/clusters/prod', 100],
    ] as const) {
      await page.goto(url + path)
      const all = (await api.get(`${servicesPath}/www/events?limit=1000`)).body.items.length
      assert.ok(all > count)
      for (let shown: number = count; shown < all; shown += count) {
        await waitForText(page, new RegExp(`These are the newest ${shown} events\\.`))
        await older(page, 'events').click()
      }
      await page.getByRole('region', { name: `Events, ${all} rows` }).waitFor()
      await older(page, 'events').waitFor({ state: 'detached' })
    }
  })
  await t.test('a change on the stream does not lose the older items', async () => {
    const changed = Promise.withResolvers<void>()
    let requests = 0
    await page.route(/\/deployments\?limit=100/, async (route) => {
      requests++
      if (requests === 2) changed.resolve()
      await changed.promise
      await route.continue()
    })
    await page.goto(`${url}${wwwPage}/deployments`)
    const requested = page.waitForRequest(/\/deployments\?limit=100/)
    await older(page, 'deployments').click()
    await requested
    assert.equal((await api.patch(`${servicesPath}/www`, { tags: { team: 'shop' } })).status, 200)
    await changed.promise
    await rows(page, 'Deployments').nth(restarts).waitFor()
  })
  await t.test('tasks: a running one is the first, however many later ones have stopped', async () => {
    const newest: { lastStatus: string }[] = (await api.get(`${servicesPath}/www/tasks?status=ALL&limit=200`)).body
      .items
    assert.ok(newest.every(({ lastStatus }) => lastStatus === 'STOPPED'))
    await page.goto(url + wwwPage)
    // The tab counts the tasks that have not stopped, and the filters count all.
    await page.getByRole('link', { name: 'Tasks 1', exact: true }).waitFor()
    await page.getByRole('button', { name: /^All 20\d/ }).waitFor()
    await rows(page, 'Tasks')
      .first()
      .getByText(/^Running/)
      .waitFor()
    await older(page, 'tasks').click()
    await page.getByRole('button', { name: `All ${restarts + maxTasks}`, exact: true }).waitFor()
    await rows(page, 'Tasks')
      .first()
      .getByText(/^Running/)
      .waitFor()
  })
})
