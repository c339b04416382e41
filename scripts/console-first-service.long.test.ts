// The first service of an account that has nothing: the form creates its cluster, and loses nothing that was typed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { consoleProgram, newProfile, signedInPage, skipReason, webDefinition } from './console-browser.ts'

const skip = skipReason
const program = skip ? undefined : await consoleProgram()

const planned = (page: Page, text: RegExp) =>
  page.getByRole('region', { name: 'Plan' }).filter({ hasText: text }).waitFor()

test('the first service: its cluster is created in the form', { skip }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newProfile(t, url), url, token)
  await page.getByText('There is no cluster yet: the form creates one.').waitFor()
  const { taskRoleArn, ...withoutRole } = webDefinition('shop')
  assert.ok(taskRoleArn)
  await api.post('/local/taskdefs', withoutRole)
  await page.reload()
  await page.getByText('Done: shop:1.').waitFor()
  await page.getByRole('link', { name: 'Create a service' }).click()

  const create = page.getByRole('button', { name: 'Create', exact: true })
  const reason = async () => [await create.getAttribute('aria-disabled'), await create.getAttribute('title')]
  await page.getByLabel('Task definition').and(page.locator('[value="shop:1"]')).waitFor()
  assert.deepEqual(await reason(), ['true', 'Type a name.'])
  await page.getByLabel('Name', { exact: true }).fill('www')
  await page.getByLabel('Cluster', { exact: true }).fill('demo')
  await page.getByText('There is no cluster demo yet.').waitFor()
  assert.deepEqual(await reason(), ['true', 'Create the cluster demo first.'])
  await page.getByRole('region', { name: 'Missing cluster' }).getByText('curl and command line').click()
  await page.getByText('ecs-api clusters create local/demo').waitFor()

  // Away and back: what was typed is still there.
  await page.getByRole('link', { name: 'Clusters' }).click()
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  await page.goBack()
  await page.getByText('This is what you typed before.').waitFor()
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'www')
  assert.equal(await page.getByLabel('Cluster', { exact: true }).inputValue(), 'demo')

  await page.getByRole('button', { name: 'Create the cluster demo' }).click()
  await planned(page, /ECS creates the service www and starts 1 task/)
  assert.equal((await api.get('/local/clusters/demo')).status, 200)
  assert.deepEqual(await reason(), ['false', null])
  await create.click()
  await page
    .getByRole('main')
    .getByText(/1 of 1 task/)
    .first()
    .waitFor()
  assert.equal((await api.get('/local/clusters/demo/services/www')).body.taskDefinition, 'shop:1')

  // Sent: the next form is empty again.
  await page.goto(`${url}/console/local/new/service`)
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), '')
})

test('the plan names what the change would be rejected for, and the next edit clears it', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/plain', {})
  const { taskRoleArn, ...withoutRole } = webDefinition('plain')
  assert.ok(taskRoleArn)
  await api.post('/local/taskdefs', withoutRole)
  const profile = await newProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/, /409 \(Conflict\)/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/new/service?taskDefinition=plain:1&cluster=plain`)
  await page.getByLabel('Name', { exact: true }).fill('terminals')
  await planned(page, /ECS creates the service terminals/)
  const terminals = page.getByLabel('Allow terminals')
  await terminals.check()
  const alert = page.getByRole('alert')
  await alert.getByText(/a valid taskRoleArn is not being used/).waitFor()
  const create = page.getByRole('button', { name: 'Create', exact: true })
  assert.equal(await create.getAttribute('title'), 'The plan is rejected.')
  await page.getByText('plain:1 has no task role, which ECS Exec needs.').waitFor()
  // The documentation of the code opens beside the form.
  assert.equal(await alert.getByRole('link', { name: 'ExecNoTaskRole' }).getAttribute('target'), '_blank')
  await terminals.uncheck()
  await planned(page, /ECS creates the service terminals/)
  assert.equal(await alert.count(), 0)

  // A rejection of the request itself is gone with the next edit, too.
  await page.route('**/services', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 409, json: conflict }) : route.continue(),
  )
  await create.click()
  await alert.getByText('It is in use elsewhere.').waitFor()
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'terminals')
  await page.getByLabel('Desired count').fill('2')
  await planned(page, /starts 2 tasks/)
  assert.equal(await alert.count(), 0)
})

test('the document of a service has what the form lacks', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/documents', {})
  await api.post('/local/taskdefs', webDefinition('documents'))
  // A plan is asked for while a document is half written.
  const page = await signedInPage(await newProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] }), url, token)
  await page.goto(`${url}/console/local/new/service?taskDefinition=documents&cluster=documents`)
  await page.getByLabel('Name', { exact: true }).fill('api')
  await page.getByText('Network', { exact: true }).click()
  await page.getByLabel('Subnets').fill('subnet-0a1b2c3d')
  await page.getByText('Edit as document').click()
  const document = page.getByLabel('Document (JSON or YAML)')
  const body = JSON.parse(await document.inputValue())
  assert.deepEqual(body, {
    name: 'api',
    taskDefinition: 'documents',
    count: 1,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    subnets: ['subnet-0a1b2c3d'],
  })
  await document.fill(JSON.stringify({ ...body, subnets: 'none' }))
  await page
    .getByRole('alert')
    .getByText(/Subnets/)
    .first()
    .waitFor()
  await document.fill(JSON.stringify({ ...body, platformVersion: '1.3.0', tags: { team: 'shop' } }))
  await page.getByLabel('Roll back when a deployment fails').uncheck()
  await planned(page, /ECS creates the service api/)
  await page.getByText('curl and command line').click()
  await page.getByText(/ecs-api services create local\/documents\/api -f -/).waitFor()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'api', exact: true }).waitFor()
  const created = (await api.get('/local/clusters/documents/services/api')).body
  assert.deepEqual(
    [created.platformVersion, created.tags.team, created.networkConfiguration.awsvpcConfiguration.subnets],
    ['1.3.0', 'shop', ['subnet-0a1b2c3d']],
  )
})

test('nobody else sees what a person has typed', { skip }, async (t) => {
  const { url, token, newToken } = program!
  // Requests may be on their way while a session ends.
  const profile = await newProfile(t, url, { expectedErrors: [/401 \(Unauthorized\)/] })
  const page = await signedInPage(profile, url, token)
  const form = `${url}/console/local/new/service`
  await page.goto(form)
  await page.getByLabel('Name', { exact: true }).fill('mine')
  await page.reload()
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'mine')
  await page.getByText('This is what you typed before.').waitFor()
  // Another person signs in with the same tab, without a sign-out of the first one.
  const other = await newToken({ name: 'other', role: 'operator' })
  await page.evaluate(`fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: ${JSON.stringify(other)} }),
  }).then((response) => response.json()).then(({ csrfToken }) => localStorage.setItem('ecs-api.csrf', csrfToken))`)
  await page.goto(form)
  await page.getByLabel('Name', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), '')
  await page.getByLabel('Name', { exact: true }).fill('theirs')
  await page.locator('summary', { hasText: 'other' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Token').waitFor()
  const kept = await page.evaluate<string>('JSON.stringify(sessionStorage)')
  assert.doesNotMatch(kept, /mine|theirs/)
})

const conflict = {
  type: '/docs/problems/ResourceInUse',
  title: 'In use',
  status: 409,
  code: 'ResourceInUse',
  detail: 'It is in use elsewhere.',
  requestId: 'r',
}
