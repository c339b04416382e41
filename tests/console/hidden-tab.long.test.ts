// The streams of a tab: a hidden tab closes them and goes on when it is visible, and without Web Locks each tab reads a
// stream of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page, Request } from 'playwright-core'
import {
  createExampleServices,
  newBrowserProfile,
  requireSuccess,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const wwwPage = '/console/local/clusters/prod/services/www'

const isStream = (request: Request) => /\/changes\?|follow=true/.test(request.url())
const waitForStream = (page: Page, name: RegExp) =>
  page.waitForResponse((response) => name.test(response.url()) && isStream(response.request()))
const waitForEnd = (page: Page, name: RegExp) =>
  page.waitForEvent('requestfailed', (request) => name.test(request.url()) && isStream(request))

/** Chromium without a screen hides no tab, so the test sets what the page reads. */
const canBeHidden = (profile: BrowserContext) =>
  profile.addInitScript(`window.isHidden = false
    Object.defineProperty(document, 'hidden', { get: () => window.isHidden })`)
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate(`window.isHidden = ${isHidden}; document.dispatchEvent(new Event('visibilitychange'))`)

const scale = (count: number) =>
  requireSuccess(program!.api.patch('/local/clusters/prod/services/www?wait=STABLE', { count }))

test('a tab that is hidden for 30 s closes its streams, and goes on when it is visible', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, writeLog } = program!
  const profile = await newBrowserProfile(t, url)
  await canBeHidden(profile)
  const page = await signedInPage(profile, url, token)
  await page.clock.install()
  const began = [waitForStream(page, /changes/), waitForStream(page, /follow/)]
  await page.goto(`${url}${wwwPage}/logs`)
  await page.locator('.log .line').filter({ hasText: 'last line' }).waitFor()
  await Promise.all(began)

  // A shorter absence ends nothing. A stream without its heartbeat for 40 s would count as broken.
  const events: string[] = []
  page.on('requestfailed', (request) => isStream(request) && events.push(`ended ${request.url()}`))
  page.on('request', (request) => isStream(request) && events.push(`began ${request.url()}`))
  await setHidden(page, true)
  await page.clock.fastForward(20_000)
  await setHidden(page, false)
  await page.clock.fastForward(12_000)
  await scale(2)
  await waitForText(page, /2 of 2 tasks running/)
  await writeLog(exampleIds!.runningTask, ['printed before'])
  await page.locator('.log .line').filter({ hasText: 'printed before' }).waitFor()
  assert.deepEqual(events, [])

  const ends = [waitForEnd(page, /changes/), waitForEnd(page, /follow/)]
  await setHidden(page, true)
  await page.clock.fastForward(31_000)
  await Promise.all(ends)
  await page.clock.fastForward(5_000)
  assert.equal(events.length, 2, events.join())
  await scale(4)
  await writeLog(exampleIds!.runningTask, ['printed while the tab was hidden'])
  const again = [waitForStream(page, /changes/), waitForStream(page, /follow/)]
  await setHidden(page, false)
  await Promise.all(again)
  await waitForText(page, /4 of 4 tasks running/)
  const missed = page.locator('.log .line').filter({ hasText: 'printed while the tab was hidden' })
  await missed.waitFor()
  assert.equal(await page.locator('.log .line').filter({ hasText: 'last line' }).count(), 1)
  // Both streams are live again.
  await scale(3)
  await waitForText(page, /3 of 3 tasks running/)
  await writeLog(exampleIds!.runningTask, ['printed afterwards'])
  await page.locator('.log .line').filter({ hasText: 'printed afterwards' }).waitFor()
  assert.equal(await missed.count(), 1)
})

for (const hasLocks of [true, false])
  test(`two tabs ${hasLocks ? 'share one stream' : 'without Web Locks have a stream each'}, and both are live`, {
    skip,
    timeout: 300_000,
  }, async (t) => {
    const { url, token } = program!
    const profile = await newBrowserProfile(t, url)
    await canBeHidden(profile)
    if (!hasLocks) await profile.addInitScript("Object.defineProperty(navigator, 'locks', { value: undefined })")
    const streams = new Map<Request, Page>()
    profile.on('response', (response) => {
      const request = response.request()
      if (isStream(request)) streams.set(request, request.frame().page())
    })
    const endStream = (request: Request) => void streams.delete(request)
    profile.on('requestfailed', endStream)
    profile.on('requestfinished', endStream)
    const first = await signedInPage(profile, url, token)
    await first.goto(url + wwwPage)
    await first.getByText('· Live').waitFor()
    const second = await profile.newPage()
    await second.clock.install()
    await second.goto(url + wwwPage)
    await second.getByText('· Live').waitFor()
    await scale(5)
    for (const page of [first, second]) await waitForText(page, /5 of 5 tasks running/)
    assert.equal(new Set(streams.values()).size, hasLocks ? 1 : 2)
    assert.equal(streams.size, hasLocks ? 1 : 2)
    if (!hasLocks) {
      const end = waitForEnd(second, /changes/)
      await setHidden(second, true)
      await second.clock.fastForward(31_000)
      await end
      assert.deepEqual([...streams.values()], [first])
      await setHidden(second, false)
    }
    await scale(3)
    for (const page of [first, second]) await waitForText(page, /3 of 3 tasks running/)
  })
