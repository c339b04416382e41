// The log in the console: a link to a line, lines from before, one container, and what the address keeps.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { waitUntil } from '../../packages/local-aws/src/testing/exec-processes.ts'
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
/** When the first of 1,500 lines was printed, in milliseconds since 1970. Each other one is a millisecond later. */
let began = 0
let task = ''

before(async () => {
  if (!program) return
  const exampleIds = await createExampleServices(program)
  task = exampleIds.runningTask
  began = Date.now()
  const lines = Array.from({ length: 1500 }, (_, i) => `order ${i} ${i % 100 === 7 ? 'failed' : 'done'}`)
  await program.writeLog(task, lines)
})

const timeOf = (order: number) => new Date(began + order).toISOString()
const line = (page: Page, text: string | RegExp) => page.locator('.log .line').filter({ hasText: text })
const markedLine = (page: Page) => page.locator('.log .line[aria-current="true"]')

async function openLog(t: Parameters<typeof newBrowserProfile>[0], path: string): Promise<Page> {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + path)
  return page
}

const scrollToTop = (page: Page) => page.locator('.log').evaluate((log) => log.scrollTo(0, 0))
/** Waits until the line is in the part of the log that is shown. */
async function waitUntilInView(page: Page, text: string): Promise<void> {
  await line(page, text).waitFor()
  const place = async (locator: Locator) => (await locator.boundingBox()) ?? { y: 0, height: 0 }
  await waitUntil(async () => {
    const [log, shown] = await Promise.all([place(page.locator('.log')), place(line(page, text))])
    return shown.y >= log.y && shown.y + shown.height <= log.y + log.height
  })
}

test('older lines are read on request, and the first line stays where it is', { skip, timeout }, async (t) => {
  const page = await openLog(t, `${logs}?at=${timeOf(1400)}`)
  await line(page, 'order 1400 ').waitFor()
  await scrollToTop(page)
  await line(page, 'order 1210 ').waitFor()
  await page.getByRole('button', { name: 'Older lines' }).click()
  // Lines above the shown part are drawn, too.
  await line(page, 'order 1190 ').waitFor()
  await waitUntilInView(page, 'order 1210 ')
  await scrollToTop(page)
  await line(page, 'order 210 ').waitFor()
  await page.getByRole('button', { name: 'Older lines' }).click()
  await line(page, 'order 190 ').waitFor()
  await waitUntilInView(page, 'order 210 ')
  await scrollToTop(page)
  await line(page, 'GET /cart/0 ').waitFor()
  await page.getByText('The log begins here.').waitFor()
})

test('newer lines are read on request', { skip, timeout }, async (t) => {
  const page = await openLog(t, `${logs}?at=${timeOf(20)}`)
  await line(page, 'order 20 ').waitFor()
  await page.locator('.log').evaluate((log) => log.scrollTo(0, log.scrollHeight))
  await page.getByRole('button', { name: 'Newer lines' }).click()
  await line(page, 'order 1025 ').waitFor()
  await page.getByRole('button', { name: 'Newer lines' }).waitFor({ state: 'detached' })
})

test('lines from before the followed ones are read on request', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url)
  await hideSimulation(profile)
  // As if all lines of before were older than an hour.
  await profile.route(/follow=true/, (route) =>
    route.continue({ url: route.request().url().replace('since=1h', `since=${new Date().toISOString()}`) }),
  )
  const page = await signedInPage(profile, url, token)
  await page.goto(url + logs)
  await page.getByText('No lines in the last hour.').waitFor()
  await page.getByRole('button', { name: 'Older lines' }).click()
  await waitUntilInView(page, 'order 1499 ')
  await program!.writeLog(task, ['a line of now'])
  await page.locator('.log').evaluate((log) => log.scrollTo(0, log.scrollHeight))
  await line(page, 'a line of now').waitFor()
})

test('a line of a search is a link to it among its neighbours', { skip, timeout }, async (t) => {
  const page = await openLog(t, `${logs}?text=failed&at=${timeOf(0)}`)
  assert.equal(await page.getByLabel('Lines that contain').inputValue(), 'failed')
  await line(page, 'order 707 failed').waitFor()
  assert.equal(await line(page, 'done').count(), 0)
  await line(page, 'order 707 failed').getByRole('link').click()
  await markedLine(page).filter({ hasText: 'order 707 failed' }).waitFor()
  await line(page, 'order 706 done').waitFor()
  await line(page, 'order 708 done').waitFor()
  assert.equal(await page.getByLabel('Lines that contain').inputValue(), '')

  const other = await openLog(t, new URL(page.url()).pathname + new URL(page.url()).search)
  await markedLine(other).filter({ hasText: 'order 707 failed' }).waitFor()
  assert.ok(await markedLine(other).isVisible())
  assert.ok(!(await other.getByLabel('Follow').isChecked()))
  await waitUntilInView(other, 'order 707 failed')

  await other.getByLabel('Follow').check()
  await waitUntilInView(other, 'order 1499 ')
  assert.equal(new URL(other.url()).search, '')
  await page.goBack()
  await line(page, 'order 807 failed').waitFor()
  assert.equal(await page.getByLabel('Lines that contain').inputValue(), 'failed')
})

test('a link to a line that is gone says so', { skip, timeout }, async (t) => {
  const page = await openLog(t, `${logs}?at=${timeOf(3)}&line=1`)
  await page.getByText('The line of this link is not in the log.').waitFor()
  await page.goto(`${program!.url}${logs}?at=noon`)
  await page.getByText('The address has no valid time (noon). The newest lines are shown.').waitFor()
  await waitUntilInView(page, 'order 1499 ')
})

test('the time of the field is local or UTC, as the pages show times', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { timezoneId: 'Asia/Kathmandu' }), url, token)
  await page.goto(url + logs)
  await page.getByLabel('Period').selectOption('around')
  const field = page.getByLabel('Around')
  const at = timeOf(0)
  const kathmandu = new Date(began + (5 * 60 + 45) * 60_000).toISOString()
  await field.fill(kathmandu.slice(0, 19))
  await page.waitForURL(`**/logs?at=${encodeURIComponent(`${at.slice(0, 19)}.000Z`)}`)
  await page.getByText('Display', { exact: true }).click()
  await page.getByLabel('Times').selectOption('utc')
  await page.keyboard.press('Escape')
  // Chromium leaves out the seconds of a whole minute.
  await waitUntil(async () => (await field.inputValue()).padEnd(19, ':00') === at.slice(0, 19))
})

test('the log of a task opens at a line, too', { skip, timeout }, async (t) => {
  const page = await openLog(t, `/console/local/clusters/prod/tasks/${task}`)
  await line(page, 'order 1499 ').getByRole('link').click()
  await waitUntilInView(page, 'order 1490 ')
  await page.reload()
  await markedLine(page).filter({ hasText: 'order 1499 ' }).waitFor()
})

test('new lines do not move a log that is read further up; their number leads to them', {
  skip,
  timeout,
}, async (t) => {
  const page = await openLog(t, `${logs}?task=${task}`)
  await waitUntilInView(page, 'order 1499 ')
  await scrollToTop(page)
  const top = () => page.locator('.log').evaluate((log: { scrollTop: number }) => log.scrollTop)
  await waitUntil(async () => (await top()) === 0)
  await program!.writeLog(task, ['the first of the new lines'])
  await page.getByRole('button', { name: '1 new line', exact: true }).waitFor()
  await program!.writeLog(task, ['the second', 'the third of the new lines'])
  const button = page.getByRole('button', { name: '3 new lines', exact: true })
  await button.waitFor()
  assert.equal(await top(), 0)
  await button.click()
  await waitUntilInView(page, 'the third of the new lines')
  await button.waitFor({ state: 'detached' })
  // At its end, the log moves with its lines.
  await program!.writeLog(task, ['one more line'])
  await waitUntilInView(page, 'one more line')
  assert.equal(await page.getByRole('button', { name: /new lines?$/ }).count(), 0)
})

test('a long line is wrapped on request', { skip, timeout }, async (t) => {
  await program!.writeLog(task, [`wide ${'a-word '.repeat(200)}`])
  const page = await openLog(t, `${logs}?text=wide`)
  const wide = line(page, 'wide a-word')
  await wide.waitFor()
  const heightOf = async () => (await wide.boundingBox())!.height
  const overflow = () =>
    page
      .locator('.log')
      .evaluate((log: { scrollWidth: number; clientWidth: number }) => log.scrollWidth - log.clientWidth)
  const wrap = page.getByLabel('Wrap')
  await wrap.uncheck()
  await waitUntil(async () => (await heightOf()) < 30 && (await overflow()) > 0)
  await wrap.check()
  await waitUntil(async () => (await heightOf()) > 30 && (await overflow()) === 0)
})

/** The messages of all lines that the page has, also of those that are not drawn. */
async function messagesOf(page: Page): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ])
  const text = await readFile(await download.path(), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((each) => each.replace(/^\S+ \S+ /, ''))
}

for (const [of, query, total] of [
  ['a service', '', 6000],
  ['one of its tasks', () => `?task=${task}`, 2500],
] as const)
  test(`the log of ${of} that is followed again has each line once, in order`, { skip, timeout }, async (t) => {
    const name = of.replaceAll(' ', '-')
    const page = await openLog(t, `${logs}${typeof query === 'string' ? query : query()}`)
    const write = (from: number, to: number) =>
      program!.writeLog(
        task,
        Array.from({ length: to - from }, (_, i) => `${name} ${from + i}.`),
        Date.now(),
        0,
      )
    await line(page, / /).first().waitFor()
    await write(0, total - 1500)
    await line(page, `${name} ${total - 1501}.`).waitFor()
    await page.getByLabel('Follow').uncheck()
    await write(total - 1500, total)
    await page.getByLabel('Follow').check()
    await line(page, `${name} ${total - 1}.`).waitFor()
    const written = (await messagesOf(page)).filter((message) => message.startsWith(name))
    assert.deepEqual(
      written,
      Array.from({ length: total }, (_, i) => `${name} ${i}.`),
    )
    assert.equal(await page.getByRole('button', { name: /new lines?$/ }).count(), 0)
  })
