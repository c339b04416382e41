// The buttons of a service: its settings, and the reason of a disabled button.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOfAppearance } from './appearance.ts'
import {
  createExampleServices,
  hideSimulation,
  newBrowserProfile,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  waitForText,
  webDefinition,
} from './browser.ts'
import { documentText, typeDocument } from './input.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const servicesPath = '/local/clusters/prod/services'
const pageOf = (service: string) => `/console${servicesPath}/${service}`

test('the settings of a service are changed in the form and in the document', { skip }, async (t) => {
  const { url, token, api } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}${pageOf('www')}/configuration`)
  // A table comes first, of the service and of the containers that it runs; the document is the second view.
  const part = (name: string) => page.getByRole('region', { name, exact: true })
  await part('Container web').getByText('nginx:1.30').waitFor()
  await part('Container web').getByText('awslogs-group=/web').waitFor()
  await part('Tags').getByText('team=shop').waitFor()
  await part('Network').getByText('Subnets').waitFor()
  await part('Service www').getByText('Desired count').waitFor()
  await page.getByRole('link', { name: 'Task definition web:2' }).waitFor()
  assert.equal(await page.getByText('"desiredCount": 3').count(), 0)
  // Constants of ECS are words in the table.
  await part('Deployments').getByText('Availability Zone rebalancing').waitFor()
  assert.doesNotMatch(await page.getByRole('main').innerText(), /ENABLED|ROLLING|REPLICA|FARGATE|CUSTOMER/)
  await page.getByRole('button', { name: 'JSON' }).click()
  await page.getByText('"desiredCount": 3').waitFor()
  await page.getByRole('button', { name: 'Table' }).click()
  // The tags are in the panel of every tab, too.
  await page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Now' }) })
    .getByText('team=shop')
    .waitFor()
  await page.getByRole('button', { name: 'Change settings…' }).click()
  const dialog = page.getByRole('dialog')
  const change = dialog.getByRole('button', { name: 'Change the settings' })
  assert.equal(await change.getAttribute('title'), 'Nothing has changed yet.')
  await dialog.getByLabel('Circuit breaker').selectOption('on, rolls back')
  await dialog.getByText('Edit as document').click()
  const document = dialog.getByLabel('Document (JSON Merge Patch)')
  assert.deepEqual(JSON.parse(await documentText(document)), {
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  await waitForPlan(page, /Circuit breaker/)
  await dialog.getByLabel('Minimum healthy percent').fill('50')
  await dialog.getByLabel('Health check grace period, seconds').fill('30')
  // A field with its current value again is no change.
  await dialog.getByLabel('Allow terminals').uncheck()
  await dialog.getByLabel('Allow terminals').check()
  await dialog.getByLabel('Subnets').fill('subnet-0a1b2c3d, subnet-x')
  await dialog.getByRole('alert').getByText('Correct Subnets').waitFor()
  await dialog
    .locator('#subnets-notes')
    .getByText(/The subnet ID 'subnet-x' does not exist/)
    .waitFor()
  assert.equal(await change.getAttribute('aria-disabled'), 'true')
  const patch = JSON.parse(await documentText(document))
  assert.deepEqual(patch.subnets, ['subnet-0a1b2c3d', 'subnet-x'])
  delete patch.subnets
  await typeDocument(document, '{')
  await dialog.getByText(/The document is not JSON/).waitFor()
  await dialog.getByText('Correct the document first.').waitFor()
  await typeDocument(document, JSON.stringify({ ...patch, tags: { owner: 'shop' } }))
  assert.equal(await dialog.getByLabel('Minimum healthy percent').inputValue(), '50')
  await waitForPlan(page, /Tag owner/)
  await change.click()
  await dialog.waitFor({ state: 'detached' })
  const { deploymentConfiguration, ...changed } = (await api.get(`${servicesPath}/www`)).body
  assert.deepEqual(deploymentConfiguration.deploymentCircuitBreaker.rollback, true)
  assert.deepEqual(
    [deploymentConfiguration.minimumHealthyPercent, changed.healthCheckGracePeriodSeconds, changed.tags.owner],
    [50, 30, 'shop'],
  )
  assert.equal(changed.taskDefinition, 'web:2')
})

test('the network of another service fills the fields, in a new service and in the settings', { skip }, async (t) => {
  const { url, token, api, newAccount } = program!
  const account = await newAccount()
  const network = { subnets: ['subnet-0a1b2c3d', 'subnet-0e5f6a7b'], securityGroups: ['sg-0a1b2c3d'] }
  const create = async (name: string, fields: object) => {
    const body = { name, taskDefinition: 'web', count: 0, ...fields }
    const { status, text } = await api.post(`/${account}/clusters/prod/services`, body)
    assert.equal(status, 201, text)
  }
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, webDefinition('web'))
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const form = `${url}/console/${account}/new/service?taskDefinition=web&cluster=prod`
  const other = page.getByLabel('As another service')
  await page.goto(form)
  await page.getByRole('group').getByText('Network', { exact: true }).click()
  await page.getByLabel('Subnets').waitFor()
  assert.equal(await other.count(), 0)
  await create('www', { ...network, assignPublicIp: true })
  for (const name of ['a', 'b', 'c', 'd']) await create(name, { subnets: ['subnet-0000000f'] })

  // The choice appears beside what is typed, and the services with the same network share one line.
  await page.getByLabel('Name', { exact: true }).fill('next')
  await other.locator('option', { hasText: 'and 1 more' }).waitFor({ state: 'attached' })
  assert.deepEqual((await other.locator('option').allTextContents()).slice(1), [
    'As prod/a, prod/b, prod/c and 1 more',
    'As prod/www',
  ])
  await other.selectOption({ label: 'As prod/www' })
  assert.equal(await page.getByLabel('Subnets').inputValue(), network.subnets.join(', '))
  assert.equal(await page.getByLabel('Security groups').inputValue(), 'sg-0a1b2c3d')
  assert.equal(await page.getByLabel('Give each task a public address').isChecked(), true)
  await waitForPlan(page, /ECS creates the service next/)
  assert.deepEqual(await faultsOfAppearance(page, 'network-of-another-service'), [])
  await page.getByLabel('Security groups').fill('')
  assert.equal(await other.inputValue(), '')
  await other.selectOption({ label: 'As prod/www' })
  await waitForPlan(page, /ECS creates the service next/)
  await page.getByRole('button', { name: 'Create', exact: true }).and(page.locator('[aria-disabled="false"]')).click()
  await page.getByRole('heading', { name: 'next', exact: true }).waitFor()
  const servicesOfAccountPath = `/${account}/clusters/prod/services`
  assert.deepEqual((await api.get(`${servicesOfAccountPath}/next`)).body.networkConfiguration.awsvpcConfiguration, {
    ...network,
    assignPublicIp: 'ENABLED',
  })

  // The settings hold only what differs from the service.
  await page.goto(`${url}/console/${account}/clusters/prod/services/next?do=settings`)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('As another service').selectOption({ label: 'As prod/a, prod/b, prod/c and 1 more' })
  await dialog.getByText('Edit as document').click()
  const document = dialog.getByLabel('Document (JSON Merge Patch)')
  assert.deepEqual(JSON.parse(await documentText(document)), {
    subnets: ['subnet-0000000f'],
    securityGroups: [],
    assignPublicIp: false,
  })
  await waitForPlan(page, /subnet-0000000f/)
  await dialog.getByLabel('As another service').selectOption({ label: 'As prod/www' })
  assert.equal(await documentText(document), '{}')
})

test('the disabled terminal leads to the setting of its service', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'closed', taskDefinition: 'web', count: 1 })
  const [task] = (await api.get(`${servicesPath}/closed/tasks`)).body.items
  const profile = await newBrowserProfile(t, url)
  await hideSimulation(profile)
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/clusters/prod/tasks/${task.id}`)
  assert.equal(await page.getByRole('button', { name: 'Terminal' }).getAttribute('aria-disabled'), 'true')
  await waitForText(page, /No terminal: The task was started without terminals/)
  await page.getByRole('link', { name: 'Allow terminals…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Settings of prod/closed' })
  await dialog.getByLabel('Allow terminals').check()
  assert.ok(await dialog.getByLabel('Replace the tasks now').isChecked())
  await waitForPlan(page, /One deployment replaces the tasks/)
  await dialog.getByRole('button', { name: 'Change the settings' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.equal(new URL(page.url()).search, '')
  assert.equal((await api.get(`${servicesPath}/closed`)).body.enableExecuteCommand, true)
})

test('terminals that were allowed without a replacement: the task leads to the restart', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'later', taskDefinition: 'web', count: 1 })
  const [task] = (await api.get(`${servicesPath}/later/tasks`)).body.items
  const profile = await newBrowserProfile(t, url)
  await hideSimulation(profile)
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}${pageOf('later')}?do=settings`)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Allow terminals').check()
  await dialog.getByLabel('Replace the tasks now').uncheck()
  await waitForPlan(page, /Tasks that run now get no terminal until they are replaced/)
  // The gateway marks code by backticks, which are not shown.
  const planned = page.getByRole('region', { name: 'Plan' })
  assert.deepEqual(await planned.locator('p code').allTextContents(), ['"forceNewDeployment": true'])
  assert.doesNotMatch((await planned.locator('p').allTextContents()).join(' '), /`/)
  await dialog.getByRole('button', { name: 'Change the settings' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.goto(`${url}/console/local/clusters/prod/tasks/${task.id}`)
  await waitForText(page, /No terminal: The task was started before the service allowed terminals/)
  await page.getByRole('link', { name: 'Restart the service…' }).click()
  await page.getByRole('dialog', { name: 'Restart prod/later' }).waitFor()
})

test('the settings that were ticked stay while a new revision gets its role', { skip }, async (t) => {
  const { url, token, api } = program!
  const { taskRoleArn, ...withoutRole } = webDefinition('norole')
  await api.post('/local/taskdefs', withoutRole)
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'norole', taskDefinition: 'norole', count: 1 })
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}${pageOf('norole')}?do=settings`)
  const terminals = page.getByRole('dialog').getByLabel('Allow terminals')
  await terminals.check()
  await page.getByRole('link', { name: 'Give it one in a new revision' }).click()
  await page.getByRole('heading', { name: 'A new revision of norole, from norole:1' }).waitFor()
  await page.goto(`${url}${pageOf('norole')}?do=settings`)
  await page.getByText('This is what you typed before.').waitFor()
  assert.ok(await terminals.isChecked())
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await openServiceMenu(page)
  await page.getByRole('button', { name: 'Change settings…' }).click()
  await terminals.waitFor()
  assert.equal(await terminals.isChecked(), false)
})

test('a disabled button stays in its place and says why', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'first', taskDefinition: 'web', count: 1 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + pageOf('first'))
  await waitForText(page, /1 of 1 task/)
  const rollback = page.getByRole('button', { name: 'Roll back…' })
  await page.locator('[title="There is no other release to roll back to."]').waitFor()
  assert.equal(await rollback.getAttribute('aria-disabled'), 'true')
  assert.doesNotMatch((await rollback.getAttribute('class')) ?? '', /primary/)
  await rollback.click({ force: true })
  assert.equal(await page.getByRole('dialog').count(), 0)
  const stop = page.getByRole('button', { name: 'Stop deployment…' })
  assert.equal(await stop.getAttribute('title'), 'No deployment is in progress.')
  const buttons = () => page.getByRole('main').locator('[data-action]').allTextContents()
  const before = await buttons()

  // A deployment that does not end: its image cannot be pulled.
  const broken = { 'ecs-api.simulated.pull-error': 'pull access denied' }
  await api.post('/local/taskdefs', webDefinition('broken', { dockerLabels: broken }))
  await api.patch(`${servicesPath}/first`, { taskDefinition: 'broken' })
  await page.locator('button[aria-disabled="false"]', { hasText: 'Stop deployment…' }).waitFor()
  assert.deepEqual(await buttons(), before)
  // Now there is an earlier release, so the rollback is the primary action.
  await page.locator('button.primary', { hasText: 'Roll back…' }).waitFor()
  await page.getByRole('button', { name: 'Roll back…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Release 1 (the newest stable one)').waitFor({ state: 'attached' })
  await waitForPlan(page, /release 1|Release 1|web:/)
  await dialog.getByText('curl and command line').click()
  await dialog.getByText('ecs-api rollback local/prod/first --to 1').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await stop.click()
  await waitForPlan(page, /rolls the service back/)
  await dialog.getByRole('button', { name: 'Stop the deployment', disabled: false }).click()
  await dialog.waitFor({ state: 'detached' })
  const [stopped] = (await api.get(`${servicesPath}/first/deployments`)).body.items
  assert.match(stopped.status, /^(STOP|ROLLBACK)/)
})

test('a change that changes nothing cannot be sent, and says why', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'same', taskDefinition: 'web', count: 1 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(url + pageOf('same'))
  await page.getByRole('button', { name: 'Scale…' }).click()
  const dialog = page.getByRole('dialog')
  const scale = dialog.getByRole('button', { name: /^Scale to/ })
  // Before the person has changed the number, the dialog makes no plan.
  await scale.and(page.locator('[title="Nothing has changed yet."]')).waitFor()
  assert.equal(await scale.getAttribute('aria-disabled'), 'true')
  await dialog.getByText('The plan of the changes appears here.').waitFor()
  await dialog.getByLabel('Desired count').fill('2')
  await dialog.getByRole('button', { name: 'Scale to 2' }).waitFor()
  await scale.and(page.locator('[aria-disabled="false"]')).waitFor()
  await page.goto(`${url + pageOf('same')}?do=settings`)
  await dialog.getByText('Edit as document').click()
  await typeDocument(dialog.getByLabel(/^Document/), '{"count": 1}')
  const nothing = 'Nothing changes: everything has the requested values already.'
  const change = dialog.getByRole('button', { name: 'Change the settings' })
  await change.and(page.locator(`[title="${nothing}"]`)).waitFor()
  // The plan says it, so the text beside the button is only for screen readers.
  const isVisible = page.locator(':not(.visually-hidden):not(.visually-hidden *)')
  assert.equal(await dialog.getByText(nothing).and(isVisible).count(), 1)
  await page.goto(`${url}/console/local/new/taskdef?from=web`)
  const register = page.getByRole('button', { name: 'Register', exact: true })
  await register.and(page.locator('[title^="No field differs from web:"]')).waitFor()
  await page.getByLabel('Image').fill('nginx:1.31')
  await register.and(page.locator('[aria-disabled="false"]')).waitFor()
})

test('each page has the commands that do the same once', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const cluster = '/console/local/clusters/prod'
  for (const path of [
    `${cluster}/services/www/logs`,
    `${cluster}/services/www`,
    `${cluster}/tasks/${exampleIds!.runningTask}`,
    cluster,
    '/console/local/clusters',
    '/console/local/services',
    '/console/local/tasks',
    '/console/local/taskdefs',
    '/console/local/taskdefs/web:1',
    '/console/admin/tokens',
  ]) {
    await page.goto(url + path)
    await page.getByText('curl and command line').first().waitFor()
    assert.equal(await page.getByText('curl and command line').count(), 1, path)
  }
})
