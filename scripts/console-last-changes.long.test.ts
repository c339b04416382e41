// Last changes: sentences about what was changed, without the plans that were asked for, and the request one click away.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { consoleProgram, newProfile, signedInPage, skipReason, waitForText, webDefinition } from './console-browser.ts'

const skip = skipReason

const program = skip ? undefined : await consoleProgram()
const www = '/local/clusters/prod/services/www'

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
  await done(api.patch(`${www}?dryRun=true`, image))
  await done(api.patch(`${www}?wait=STABLE`, image))
  await done(api.patch(`${www}?dryRun=true`, { count: 7 }))
  await done(api.patch(www, { count: 2 }))
  await done(api.post(`${www}/rollback?dryRun=true`, {}))
  await done(api.post(`${www}/rollback?wait=STABLE`, { release: 1 }))
  await api.post(`${www}/rollback`, { release: 99 })
  await done(api.post('/tokens', { name: 'portal', role: 'viewer' }))
})

test('last changes are sentences with links', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newProfile(t, url), url, token)
  const table = page.getByRole('table', { name: 'Last changes' })
  await table.waitFor()
  const rows = await table.locator('tr[data-row] td:nth-child(3)').allInnerTexts()
  assert.deepEqual(rows, [
    'created the token portal',
    'rolled prod/www back to release 99',
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
