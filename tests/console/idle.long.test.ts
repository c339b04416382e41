// An idle page: how often it sends requests, and what its footer says about the age of its data.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Request } from 'playwright-core'
import { waitUntil } from '../../packages/local-aws/src/testing/exec-processes.ts'
import {
  allPages,
  createExampleServices,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))

/** Below 40 s, after which a stream without its heartbeat counts as broken: the gateway's clock does not move. */
const passedMs = 38_000
const maxRequests = 4

test('an idle page sends at most six requests a minute', { skip, timeout: 600_000 }, async (t) => {
  const { url, token, api } = program!
  // The tasks of this service fail one after the other, so pages that show it are not idle.
  const deleted = await api.delete('/local/clusters/prod/services/api?force=true&wait=INACTIVE')
  assert.equal(deleted.body.outcome, 'reached', deleted.text)
  const profile = await newBrowserProfile(t, url)
  const page = await signedInPage(profile, url, token)
  await page.clock.install()
  const unanswered = new Set<Request>()
  page.on('request', (request) => {
    if (!/\/changes\?|follow=true/.test(request.url())) unanswered.add(request)
  })
  for (const event of ['requestfinished', 'requestfailed'] as const)
    page.on(event as 'requestfinished', (request) => unanswered.delete(request))
  const { service, tasks, task, taskdefs, clusters, events, audit } = allPages(exampleIds!)
  const overview = ['/', /prod\/www.*steady/s] as const
  const cluster = ['/console/local/clusters/prod', /Events of all services/] as const
  for (const [path, text] of [service!, tasks!, task!, taskdefs!, clusters!, cluster, events!, audit!, overview]) {
    await t.test(path.replaceAll(/[0-9a-f]{32}/g, '{id}'), async () => {
      const stream = page.waitForResponse(/\/changes\?/)
      await page.goto(url + path)
      await waitForText(page, text)
      await stream
      await page
        .getByRole('contentinfo')
        .filter({ hasText: /· Live/ })
        .waitFor()
      await waitUntil(() => unanswered.size === 0)
      const sent: string[] = []
      const onRequest = (request: Request) => sent.push(new URL(request.url()).pathname)
      page.on('request', onRequest)
      await page.clock.runFor(passedMs)
      await page
        .getByRole('contentinfo')
        .filter({ hasText: /· (Live|Updated \d+ s ago)/ })
        .waitFor()
      page.off('request', onRequest)
      t.diagnostic(`${path}: ${sent.length} requests in 38 s`)
      assert.ok(sent.length <= maxRequests, sent.join('\n'))
    })
  }
})

test('the footer says how long ago the last data arrived from the gateway', { skip, timeout: 120_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.clock.install()
  await page.goto(`${url}/console/local/clusters`)
  const footer = page.getByRole('contentinfo')
  await footer.filter({ hasText: /· Live/ }).waitFor()
  // A heartbeat may arrive meanwhile.
  const late = footer.locator('.waiting').filter({ hasText: /Updated \d\d s ago$/ })
  await waitUntil(async () => {
    await page.clock.runFor(30_000)
    return late.isVisible()
  })
  // The gateway's next heartbeat.
  await footer.filter({ hasText: /· Live/ }).waitFor()
})
