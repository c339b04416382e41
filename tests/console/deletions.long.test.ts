// Deletions of several resources: selected services, and a cluster with its services, which waits for its tasks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOfAppearance } from './appearance.ts'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway, waitForText } from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

/** Services whose tasks take this long to stop. */
async function createServices(cluster: string, names: readonly string[], stopTimeout = 4): Promise<void> {
  const { api } = program!
  await api.post('/local/clusters', { name: cluster })
  const dockerLabels = { 'ecs-api.simulated.ignore-sigterm': 'true' }
  const containerDefinitions = [{ name: 'web', image: 'nginx', stopTimeout, dockerLabels }]
  await api.post('/local/taskdefs', { family: 'slow', containerDefinitions })
  for (const name of names) {
    const created = await api.post(`/local/clusters/${cluster}/services?wait=STABLE&fail=true`, {
      name,
      taskDefinition: 'slow',
      count: 1,
    })
    assert.equal(created.status, 201, created.text)
  }
}

test('selected services are deleted after their number was typed', { skip }, async (t) => {
  const { url, token, api } = program!
  await createServices('many', ['a', 'b', 'kept'])
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/services?filter=many`)
  for (const name of ['a', 'b']) await page.getByRole('checkbox', { name: `Select many/${name}`, exact: true }).check()
  const bar = page.getByRole('region', { name: 'Selected services' })
  await bar.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('dialog')
  const button = dialog.getByRole('button', { name: 'Delete 2 services' })
  await dialog.locator('button[title="Type 2 first."]').waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'dialog-delete-services'), [])
  await dialog.getByLabel('Type 2 to confirm').fill('2')
  await button.and(page.locator('[aria-disabled="false"]')).click()
  await page.getByText('2 services: being deleted.').waitFor()
  await dialog.waitFor({ state: 'detached' })
  const statuses = ['a', 'kept'].map(
    async (name) => (await api.get(`/local/clusters/many/services/${name}`)).body.status,
  )
  assert.deepEqual(await Promise.all(statuses), ['DRAINING', 'ACTIVE'])
})

test('a cluster is deleted with its services, by itself when their tasks have stopped', { skip }, async (t) => {
  const { url, token, api } = program!
  await createServices('full', ['one', 'two'])
  // The page requests the cluster again while its tasks are stopping.
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/\(Conflict\)/, /\(Not Found\).*clusters/],
  })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/clusters/full`)
  await page.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Its 2 services are deleted first').waitFor()
  assert.equal(await dialog.getByRole('link', { name: 'one' }).count(), 1)
  assert.deepEqual(await faultsOfAppearance(page, 'dialog-delete-cluster'), [])
  await dialog.getByLabel('Type full to confirm').and(page.locator(':focus')).fill('full')
  await dialog.getByRole('button', { name: 'Delete 2 services and the cluster' }).click()
  const waiting = dialog.getByText(/full still contains .*Then the cluster is deleted/)
  await waiting.waitFor()
  assert.doesNotMatch(await waiting.innerText(), /[0-9a-f]{9}/)
  // It goes on without its dialog, which then shows it again.
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await waiting.waitFor()
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  assert.equal((await api.get('/local/clusters/full')).status, 404)
  // Each attempt is an entry of the audit log.
  const { items } = (await api.get('/audit?limit=1000')).body
  const isOfCluster = ({ action, path }: { action: string; path: string }) =>
    action.startsWith('DELETE') && path.endsWith('/clusters/full')
  assert.ok(items.filter(isOfCluster).length <= 3, JSON.stringify(items.filter(isOfCluster)))
})

const rejection = {
  ...{
    type: '/docs/problems/GuardrailBroken',
    title: 'A guardrail forbids this',
    status: 403,
    code: 'GuardrailBroken',
  },
  ...{ detail: 'A guardrail forbids it.', requestId: 'r' },
}

test('the deletion of a cluster can be cancelled, and goes on without its dialog', { skip }, async (t) => {
  const { url, token, api } = program!
  await createServices('left', ['one'])
  const profile = await newBrowserProfile(t, url, {
    expectedErrors: [/\((Conflict|Forbidden)\)/, /\(Not Found\).*clusters/],
  })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/clusters/left`)
  await waitForText(page, /Running tasks\s*1/)
  await api.delete('/local/clusters/left/services/one?force=true')
  await page.reload()
  await waitForText(page, /Stopping tasks\s*1/)
  const dialog = page.getByRole('dialog')
  const start = async () => {
    await page.getByRole('button', { name: 'Delete…' }).click()
    await dialog.getByLabel('Type left to confirm').fill('left')
    await dialog.locator('button[aria-disabled="false"]').filter({ hasText: 'Delete' }).click()
  }
  await start()
  await dialog.getByText(/Then the cluster is deleted/).waitFor()
  await dialog.getByRole('button', { name: 'Do not delete the cluster' }).click()
  await page.getByText('The cluster left is not deleted.').waitFor()
  await waitForText(page, /There are no services in left/)
  // The last task may have stopped already.
  while ((await api.get('/local/clusters/left/services/one')).body.status === 'DRAINING');
  assert.equal((await api.get('/local/clusters/left')).body.status, 'ACTIVE')
  const closed = Promise.withResolvers<void>()
  let isRejected = true
  await page.route(/\/clusters\/left$/, async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue()
    await closed.promise
    if (isRejected) await route.fulfill({ status: 403, json: rejection })
    else await route.continue()
  })
  await start()
  await dialog.getByRole('button', { name: 'Close' }).click()
  closed.resolve()
  await page.getByText('The cluster left was not deleted.').waitFor()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await dialog.getByText('A guardrail forbids it.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  isRejected = false
  await start()
  await page.getByText('The cluster left was deleted.').waitFor()
  assert.equal((await api.get('/local/clusters/left')).status, 404)
})

test('a cluster with a service that cannot be deleted stays, and the page can be left', { skip }, async (t) => {
  const { url, token } = program!
  await createServices('kept', ['one'])
  const page = await signedInPage(
    await newBrowserProfile(t, url, { expectedErrors: [/\(Forbidden\).*services/] }),
    url,
    token,
  )
  await page.route('**/services/one?*', (route) =>
    route.request().method() === 'DELETE' ? route.fulfill({ status: 403, json: rejection }) : route.continue(),
  )
  await page.goto(`${url}/console/local/clusters/kept`)
  await page.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Type kept to confirm').fill('kept')
  await dialog.getByRole('button', { name: 'Delete 1 service and the cluster' }).click()
  await dialog.getByText('A guardrail forbids it.').waitFor()
  const mayLeave = () => page.evaluate(`dispatchEvent(new Event('beforeunload', { cancelable: true }))`)
  assert.equal(await mayLeave(), true)
})

test('a service that is being deleted stays in the lists, and is not called steady', { skip }, async (t) => {
  const { url, token, api } = program!
  await createServices('leaving', ['slow'], 120)
  await api.delete('/local/clusters/leaving/services/slow?force=true')
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const path of ['/', '/console/local/services', '/console/local/clusters/leaving']) {
    await page.goto(url + path)
    const row = page.getByRole('row').filter({ hasText: 'slow' })
    await row.getByText('Being deleted: the last tasks are stopping.').waitFor()
    if (path === '/') await page.getByRole('heading', { level: 1, name: /(is|are) changing$/ }).waitFor()
  }
})
