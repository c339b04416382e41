// The page of a cluster: its services, which are changed together, and their events. The overview of an account without
// services says whether there have ever been any.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  newBrowserProfile,
  requireSuccess,
  signedInPage,
  skipReason,
  startConsoleGateway,
  webDefinition,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const servicesPath = '/local/clusters/prod/services'

test('only an account that never had a service has no services “yet”', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  // The overview may ask for the diagnosis of the service at the moment of its deletion.
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Not Found\).*diagnosis/] })
  const page = await signedInPage(profile, url, token)
  await page.getByRole('heading', { name: 'No services yet' }).waitFor()
  await page.getByRole('heading', { name: 'The first service' }).waitFor()
  await requireSuccess(api.post('/local/clusters', { name: 'prod' }))
  await requireSuccess(api.post('/local/taskdefs', webDefinition('web')))
  await requireSuccess(api.post(`${servicesPath}?wait=STABLE`, { name: 'gone', taskDefinition: 'web', count: 1 }))
  await requireSuccess(api.delete(`${servicesPath}/gone?force=true&wait=INACTIVE`))
  await page.reload()
  await page.getByRole('heading', { name: 'No services', exact: true }).waitFor()
  await page.getByRole('heading', { name: 'A new service' }).waitFor()
  assert.equal(await page.getByText('No services yet').count(), 0)
})

test('services of a cluster are selected and restarted on its page', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await requireSuccess(api.put('/local/clusters/prod', {}))
  await requireSuccess(api.post('/local/taskdefs', webDefinition('web')))
  for (const name of ['a', 'b', 'c'])
    await requireSuccess(api.post(`${servicesPath}?wait=STABLE`, { name, taskDefinition: 'web', count: 1 }))
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod`)
  for (const name of ['a', 'c']) await page.getByRole('checkbox', { name: `Select prod/${name}` }).check()
  await page.getByRole('region', { name: 'Selected services' }).getByRole('button', { name: 'Restart…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Restart 2 services', disabled: false }).click()
  await page.getByText('2 services: being restarted.').waitFor()
  const deploymentsOf = async (name: string) => (await api.get(`${servicesPath}/${name}/deployments`)).body.items.length
  assert.deepEqual([await deploymentsOf('a'), await deploymentsOf('b'), await deploymentsOf('c')], [2, 1, 2])
})

test('the tasks of events are short links, on the pages of the cluster and of the service', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, api } = program!
  await requireSuccess(api.put('/local/clusters/prod', {}))
  await requireSuccess(api.post('/local/taskdefs', webDefinition('web')))
  await requireSuccess(api.post(`${servicesPath}?wait=STABLE`, { name: 'events', taskDefinition: 'web', count: 1 }))
  const [{ id }] = (await api.get(`${servicesPath}/events/tasks`)).body.items
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const path of ['', '/services/events/events']) {
    await page.goto(`${url}/console/local/clusters/prod${path}`)
    const events = page.getByRole('table', { name: 'Events' })
    await events
      .getByText(`(service events) has started 1 tasks: (task ${id.slice(0, 8)}).`)
      .first()
      .waitFor()
    await events
      .getByRole('link', { name: id.slice(0, 8) })
      .first()
      .click()
    await page.getByRole('heading', { name: `Task ${id.slice(0, 8)}` }).waitFor()
    assert.equal(new URL(page.url()).pathname, `/console/local/clusters/prod/tasks/${id}`)
  }
})
