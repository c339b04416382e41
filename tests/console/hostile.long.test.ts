// Hostile text is shown as text on every page: it becomes no element and no script, and its control characters have no
// effect.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext } from 'playwright-core'
import {
  allPages,
  createExampleServices,
  fetchWithoutEtag,
  newBrowserProfile,
  openAllDetails,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'
import { assertHarmless, changeTexts, countScriptHits, hostile, type TextChange, visible } from './hostile.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))

/** Fills every field of the account's resources that takes free text. */
async function fillWithHostileText({ api, writeLog }: NonNullable<typeof program>): Promise<void> {
  const ok = async (request: Promise<{ status: number; text: string }>) => {
    const { status, text } = await request
    assert.ok(status < 300, text)
  }
  // Tags and names of folders take no control characters.
  const text = hostile.replace('\u001B', '').replace('\u0007', '')
  await ok(
    api.post(
      '/local/taskdefs',
      webDefinition('hostile', {
        image: 'nginx:1.29',
        environment: { MARKUP: hostile },
        command: ['sh', '-c', hostile],
        workingDirectory: text,
        dockerLabels: { markup: hostile, 'ecs-api.simulated.start-error': hostile },
      }),
    ),
  )
  await ok(api.post('/local/clusters/prod/services', { name: 'hostile', taskDefinition: 'hostile', count: 1 }))
  // The reason of a stopped task, by a person.
  const running = (await api.get('/local/clusters/prod/services/www/tasks')).body.items[1].id
  await ok(api.delete(`/local/clusters/prod/tasks/${running}?reason=${encodeURIComponent(hostile)}&wait=STOPPED`))
  // No token can have such a name or fence: a response that has them is below.
  for (const token of [{ name: hostile }, { name: 'fenced', clusters: ['*<img-src=x-onerror=hit()>*'] }])
    assert.equal((await api.post('/tokens', { role: 'viewer', ...token })).status, 400)
  // The audit log keeps paths, inputs and results of requests, rejected ones too.
  await api.post(`/local/clusters/${encodeURIComponent(hostile)}/services`, { name: hostile, taskDefinition: hostile })
  await api.post('/local/clusters', { name: hostile, tags: { [text]: text } })
  await api.delete(`/local/clusters/prod/services/${encodeURIComponent(hostile)}`)
  await writeLog(exampleIds!.runningTask, [hostile, `${hostile} again`])
}

test('hostile text is text on every page', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await fillWithHostileText(program!)
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/409 \(Conflict\).*\/exec\)$/, /404 \(Not Found\).*clusters\/%3Cimg/],
  })
  await countScriptHits(profile)
  const page = await signedInPage(profile, url, token)
  const stopped = (await api.get('/local/clusters/prod/services/hostile/tasks?status=STOPPED')).body.items[0].id
  const byPerson = (await api.get('/local/clusters/prod/services/www/tasks?status=STOPPED')).body.items.find(
    ({ stopCode }: { stopCode: string }) => stopCode === 'UserInitiated',
  ).id
  const cluster = '/console/local/clusters/prod'
  const pages: ReturnType<typeof allPages> = {
    ...allPages(exampleIds!),
    'hostile logs': [`${cluster}/services/www/logs`, visible],
    'hostile service': [`${cluster}/services/hostile`, visible],
    'hostile task': [`${cluster}/tasks/${stopped}`, visible],
    'task stopped by a person': [`${cluster}/tasks/${byPerson}`, visible],
    'hostile definition': ['/console/local/taskdefs/hostile:1', /onerror/],
    'hostile revision': ['/console/local/new/taskdef?from=hostile:1', /Plan/],
    'hostile deployments': [`${cluster}/services/hostile/deployments`, /Releases/],
    'hostile audit': ['/console/admin/audit', /onerror/],
    'hostile address': [`/console/local/clusters/${encodeURIComponent('<img src=x onerror="hit()">')}`, /img src=x/],
  }
  delete pages.service
  delete pages.overview
  delete pages.stopped
  for (const [name, [path, text]] of Object.entries(pages))
    await t.test(name, async () => {
      await page.goto(url + path)
      await waitForText(page, text)
      await openAllDetails(page)
      await assertHarmless(page, name)
    })
})

/** Changes every text of all responses, also texts of AWS that no input of the engine can cause. */
async function changeTextsOfResponses(profile: BrowserContext, change: TextChange): Promise<void> {
  await profile.route(/\/v1\/ecs\//, async (route) => {
    const isStream = (await route.request().headerValue('accept'))?.includes('text/event-stream')
    if (isStream || /\/changes\?|follow=true|\/v1\/ecs\/(me|version|accounts)$/.test(route.request().url()))
      return route.continue()
    const response = await fetchWithoutEtag(route)
    const json = await response.json().catch(() => undefined)
    return json === undefined
      ? route.fulfill({ response })
      : route.fulfill({ response, json: changeTexts(json, change) })
  })
}

const time = /^\d{4}-\d\d-\d\dT/
const changes: Record<string, TextChange> = {
  'every text but a time is followed by markup': (text) => (time.test(text) ? text : `${text}${hostile}`),
  'every text is replaced by markup, the times too': () => hostile,
  'every text is empty': () => '',
}

for (const [description, change] of Object.entries(changes))
  test(`a response in which ${description} breaks no page`, { skip, timeout: 300_000 }, async (t) => {
    const { url, token } = program!
    const profile = await newBrowserProfile(t, url, { expectedErrors: [/status of (400|404|409)/] })
    await countScriptHits(profile)
    await changeTextsOfResponses(profile, change)
    const page = await signedInPage(profile, url, token)
    for (const [name, [path]] of Object.entries(allPages(exampleIds!)))
      await t.test(name, async () => {
        await page.goto(url + path)
        const heading = page.getByRole('main').getByRole('heading', { level: 1 })
        await heading.waitFor()
        await page
          .getByText(/^Loading/)
          .first()
          .waitFor({ state: 'detached' })
        await heading.waitFor()
        await openAllDetails(page)
        await assertHarmless(page, name)
      })
  })
