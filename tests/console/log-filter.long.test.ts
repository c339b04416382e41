// The filter of a service's log in the console: by task and by period, kept in the address.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { faultsOfAppearance } from './appearance.ts'
import {
  createExampleServices,
  hideSimulation,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
} from './browser.ts'

const skip = skipReason
const timeout = 300_000
const program = skip ? undefined : await startConsoleGateway()
const logs = '/console/local/clusters/prod/services/www/logs'
const minuteMs = 60_000
let beganMs = 0
let running = ''
let stopped = ''

before(async () => {
  if (!program) return
  const exampleIds = await createExampleServices(program)
  running = exampleIds.runningTask
  stopped = exampleIds.stoppedTask
  beganMs = Date.now()
  await program.writeLog(stopped, ['of a task that has stopped'])
  // A log has no lines from before its tasks, so these are in the future, as CloudWatch Logs allows.
  await program.writeLog(running, ['of in ten minutes'], beganMs + 10 * minuteMs)
})

const line = (page: Page, text: string) => page.locator('.log .line').filter({ hasText: text })
const queryOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)

async function openLog(
  t: Parameters<typeof newBrowserProfile>[0],
  path: string,
  options: Parameters<typeof newBrowserProfile>[2] = {},
): Promise<Page> {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, options)
  await hideSimulation(profile)
  const page = await signedInPage(profile, url, token)
  await page.goto(url + path)
  return page
}

test('the log of a service is narrowed to a task, also to a stopped one', { skip, timeout }, async (t) => {
  const page = await openLog(t, logs)
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const task = page.getByLabel('Task', { exact: true })
  await line(page, 'last line').waitFor()
  await task.selectOption(stopped)
  await line(page, 'of a task that has stopped').waitFor()
  assert.equal(await line(page, 'last line').count(), 0)
  // The lines of a task that has stopped may be old, so they are not those of the last hour.
  assert.ok(requests.some((url) => /follow=true/.test(url) && url.includes(`task=${stopped}`) && !/since=/.test(url)))
  assert.deepEqual(queryOf(page), { task: stopped })
  assert.equal(
    await task
      .locator('optgroup[label="Stopped"] option')
      .filter({ hasText: stopped.slice(0, 8) })
      .count(),
    1,
  )
  await page.reload()
  await line(page, 'of a task that has stopped').waitFor()
  assert.equal(await task.inputValue(), stopped)
  await page.getByText('curl and command line').click()
  await page.getByText(`ecs-api logs local/prod/${stopped} -f`).waitFor()

  await page.getByLabel('Lines that contain').fill('nothing like it')
  await page.getByText(`No lines with “nothing like it” of the task ${stopped.slice(0, 8)}.`).waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'log-empty'), [])
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Reset the filter' }).click()
  await line(page, 'last line').waitFor()
  assert.deepEqual(queryOf(page), {})
  // An unknown task.
  const unknown = 'f'.repeat(32)
  const other = await openLog(t, `${logs}?task=${unknown}`, { expectedErrors: [/\(Not Found\)/] })
  await other.getByRole('alert').waitFor()
  assert.equal(await other.getByLabel('Task', { exact: true }).inputValue(), unknown)
})

test('the log of a service is narrowed to its last minutes or hours', { skip, timeout }, async (t) => {
  const { url, token } = program!
  await program!.writeLog(running, ['of before'])
  const sinceMs = Date.now() + 1000
  await program!.writeLog(running, ['of after'], sinceMs)
  const profile = await newBrowserProfile(t, url)
  await hideSimulation(profile)
  // As if the last 15 minutes had begun between the two lines, and the last 24 hours after both.
  const begins = { '15m': sinceMs, '24h': beganMs + 60 * minuteMs }
  await profile.route(/follow=true/, (route) => {
    const requested = new URL(route.request().url())
    const beginMs = begins[requested.searchParams.get('since') as keyof typeof begins]
    if (beginMs !== undefined) requested.searchParams.set('since', new Date(beginMs).toISOString())
    return route.continue({ url: requested.href })
  })
  const page = await signedInPage(profile, url, token)
  await page.goto(url + logs)
  const period = page.getByLabel('Period')
  await line(page, 'of before').waitFor()
  await period.selectOption('15m')
  await line(page, 'of before').waitFor({ state: 'detached' })
  await line(page, 'of after').waitFor()
  await page.getByText('The period begins here.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Older lines' }).count(), 0)
  assert.ok(await page.getByLabel('Follow').isChecked())
  await page.reload()
  await line(page, 'of after').waitFor()
  assert.equal(await period.inputValue(), '15m')
  assert.deepEqual(queryOf(page), { since: '15m' })
  await period.selectOption('24h')
  await page.getByText('No lines in the last 24 hours.').waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'log-empty'), [])
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Reset the filter' }).click()
  await line(page, 'of before').waitFor()
  assert.equal(await period.inputValue(), '')
})

test('the log of a service is narrowed to the lines from a time to another', { skip, timeout }, async (t) => {
  const page = await openLog(t, logs, { timezoneId: 'UTC', expectedErrors: [/\(Bad Request\)/] })
  const field = (minutes: number) => new Date(beganMs + minutes * minuteMs).toISOString().slice(0, 19)
  const to = page.getByLabel('To', { exact: true })
  await line(page, 'last line').waitFor()
  await page.getByLabel('Period').selectOption('range')
  await page.getByLabel('From').fill(field(5))
  await to.fill(field(15))
  const [since, until] = [5, 15].map((minutes) => encodeURIComponent(`${field(minutes)}.000Z`))
  await page.waitForURL(`**/logs?since=${since}&until=${until}`)
  await line(page, 'of in ten minutes').waitFor()
  assert.equal(await line(page, 'last line').count(), 0)
  assert.ok(!(await page.getByLabel('Follow').isChecked()))
  assert.deepEqual(await faultsOfAppearance(page, 'log-period'), [])
  await page.setViewportSize({ width: 1440, height: 900 })
  // A period whose end is before its beginning.
  await to.fill(field(4))
  await page.getByRole('alert').filter({ hasText: 'must be before until' }).waitFor()
  await to.fill(field(6))
  await page.getByText(/^No lines from .* to .*\.$/).waitFor()
  await page.getByLabel('From').fill('')
  await line(page, 'last line').waitFor()
  assert.equal(await line(page, 'of in ten minutes').count(), 0)
  await page.getByLabel('Follow').check()
  await line(page, 'of in ten minutes').waitFor()
  assert.deepEqual(queryOf(page), {})
  // A time of its own replaces the period.
  await page.getByLabel('Period').selectOption('1h')
  await page.getByLabel('Period').selectOption('around')
  await page.getByLabel('Around').fill(field(10))
  await line(page, 'of in ten minutes').waitFor()
  await page.waitForURL(`**/logs?at=${encodeURIComponent(`${field(10)}.000Z`)}`)
  await page.goto(`${program!.url}${logs}?since=yesterday`)
  await page.getByText('The address has no valid time (yesterday). The newest lines are shown.').waitFor()
})

test('a search finds capital and small letters, marks what it found, and can match the case', {
  skip,
  timeout,
}, async (t) => {
  const page = await openLog(t, logs)
  await line(page, 'last line').waitFor()
  // No line is older than the task, so none is offered.
  await page.locator('.log').evaluate((log) => log.scrollTo(0, 0))
  await page.getByText('The log begins here.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Older lines' }).count(), 0)
  await page.getByLabel('Lines that contain').fill('LAST li')
  await line(page, 'last line').locator('mark').getByText('last li', { exact: true }).waitFor()
  assert.equal(await page.locator('.log .line').filter({ hasText: 'GET' }).count(), 0)
  await page.getByText('curl and command line').click()
  await page.getByText("ecs-api logs local/prod/www -f '--grep=LAST li' -i", { exact: true }).waitFor()
  await page.getByLabel('Match case').check()
  await page.getByText(/^No lines with “LAST li” in the last hour\. Capital and small letters differ\./).waitFor()
  assert.deepEqual(queryOf(page), { text: 'LAST li', case: 'yes' })
  await page.getByLabel('Lines that contain').fill('last li')
  await line(page, 'last line').waitFor()
})
