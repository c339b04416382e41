// Fields of services and of task definitions in the forms of the console: their tags and their load balancers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOfAppearance } from './appearance.ts'
import {
  clickOnceEnabled,
  newBrowserProfile,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  webDefinition,
} from './browser.ts'
import { documentText } from './input.ts'

const skip = skipReason
const timeout = 300_000
const program = skip ? undefined : await startConsoleGateway()
// A plan is rejected on purpose.
const expectedErrors = [/\(Bad Request\).*dryRun/]
const servicesPath = '/local/clusters/prod/services'

test('the tags of a task definition are rows, and a revision may differ in them alone', {
  skip,
  timeout,
}, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/taskdefs', { ...webDefinition('tagged'), tags: { team: 'shop', old: '1' } })
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/taskdef?from=tagged`)
  const register = page.getByRole('button', { name: 'Register', exact: true })
  await page.getByText('Tags (2)').click()
  assert.equal(await page.getByLabel('Value of tag 1').inputValue(), 'shop')
  await page.getByRole('button', { name: 'Remove tag 2' }).click()
  await page.getByRole('button', { name: 'Add a tag' }).click()
  await page.getByLabel('Key of tag 2').fill('aws:owner')
  await page.getByLabel('Value of tag 2').fill('me')
  const reason = 'Tag keys that start with aws: are reserved for Amazon Web Services use.'
  await page.locator('#definition-tags-key-1-notes').getByText(reason, { exact: true }).waitFor()
  await register.and(page.locator(`[title="Tags: ${reason}"]`)).waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'tags'), [])
  await page.getByLabel('Key of tag 2').fill('team')
  // A map cannot have a key twice, so the form keeps both rows until one is changed.
  await page.locator('#definition-tags-key-1-notes').getByText('The tag key team is given more than once.').waitFor()
  await page.getByLabel('Key of tag 2').fill('owner')
  const document = page.getByLabel(/^Document/)
  assert.deepEqual(JSON.parse(await documentText(document)).tags, { team: 'shop', owner: 'me' })
  await waitForPlan(page, /Tag owner/)
  await clickOnceEnabled(register)
  await page.getByRole('heading', { name: 'tagged:2', exact: true }).waitFor()
  assert.deepEqual((await api.get('/local/taskdefs/tagged:2')).body.tags, { team: 'shop', owner: 'me' })
})

test('the tags of a service are set at its creation and changed in its settings', { skip, timeout }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  await api.post('/local/taskdefs', webDefinition('web'))
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/service?taskDefinition=web&cluster=prod`)
  await page.getByLabel('Name', { exact: true }).fill('www')
  await page.getByRole('group').getByText('Network', { exact: true }).click()
  await page.getByLabel('Subnets').fill('subnet-0a1b2c3d')
  await page.getByRole('group').getByText('Tags', { exact: true }).click()
  await page.getByRole('button', { name: 'Add a tag' }).click()
  await page.getByLabel('Value of tag 1').fill('shop')
  const create = page.getByRole('button', { name: 'Create', exact: true })
  await create.and(page.locator('[title="Tags: Tag keys must have 1 to 128 characters."]')).waitFor()
  await page.getByLabel('Key of tag 1').fill('team')
  await waitForPlan(page, /team=shop/)
  await clickOnceEnabled(create)
  await page.getByRole('heading', { name: 'www', exact: true }).waitFor()
  assert.deepEqual((await api.get(`${servicesPath}/www`)).body.tags, { team: 'shop' })

  await openServiceMenu(page)
  await page.getByRole('button', { name: 'Change settings…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Add a tag' }).click()
  await dialog.getByLabel('Key of tag 2').fill('a!')
  const change = dialog.getByRole('button', { name: 'Change the settings' })
  await change.and(page.locator('[title="Tags: The tag a! contains invalid characters."]')).waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'dialog-settings-tags'), [])
  await dialog.getByLabel('Key of tag 2').fill('owner')
  await dialog.getByRole('button', { name: 'Remove tag 1' }).click()
  await dialog.getByLabel('Value of tag 1').fill('me')
  await dialog.getByText('Edit as document').click()
  const document = dialog.getByLabel('Document (JSON Merge Patch)')
  assert.deepEqual(JSON.parse(await documentText(document)), { tags: { team: null, owner: 'me' } })
  await waitForPlan(page, /Tags of the service are removed/)
  await clickOnceEnabled(change)
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual((await api.get(`${servicesPath}/www`)).body.tags, { owner: 'me' })

  // The dialog of the tags alone has the same rules.
  await openServiceMenu(page)
  await page.getByRole('button', { name: 'Tags…' }).click()
  await dialog.getByLabel('Set tags').fill('aws:team=shop')
  await dialog
    .locator('#tags-notes')
    .getByText(/^Tags: Tag keys that start with aws: are reserved/)
    .waitFor()
})

const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef'

test('a service gets a load balancer at its creation, and another in its settings', { skip, timeout }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  await api.post('/local/taskdefs', webDefinition('balanced', { ports: [80, 8080] }))
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/service?taskDefinition=balanced&cluster=prod`)
  await page.getByLabel('Name', { exact: true }).fill('balanced')
  await page.getByRole('group').getByText('Network', { exact: true }).click()
  await page.getByLabel('Subnets').fill('subnet-0a1b2c3d')
  await page.getByText('Load balancer', { exact: true }).click()
  const form = page.locator('form')
  // The plan has read the definition, whose container and port are proposed.
  await waitForPlan(page, /ECS creates the service balanced/)
  await form.getByRole('button', { name: 'Add a load balancer' }).click()
  const container = page.getByLabel('Container', { exact: true })
  assert.equal(await container.inputValue(), 'web')
  assert.equal(await page.getByLabel('Container port').inputValue(), '80')
  assert.deepEqual(
    await page
      .locator('#balancer-0-port-suggestions option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value'))),
    ['80', '8080'],
  )
  const create = page.getByRole('button', { name: 'Create', exact: true })
  await create.and(page.locator('[title^="Load balancer: Type the ARN of a target group"]')).waitFor()
  await page.getByLabel('Target group').fill(targetGroupArn)
  const waitForNote = (id: string, text: string) =>
    page.locator(`#${id}-notes`).getByText(text, { exact: true }).waitFor()
  await page.getByLabel('Container port').fill('81')
  await waitForNote('balancer-0-port', 'The container web did not have a container port 81 defined.')
  await container.fill('api')
  await waitForNote('balancer-0-container', 'The container api does not exist in the task definition.')
  assert.deepEqual(await faultsOfAppearance(page, 'load-balancer'), [])
  await container.fill('web')
  await page.getByLabel('Container port').fill('8080')
  await waitForPlan(page, /targetGroupArn/)
  await clickOnceEnabled(create)
  await page.getByRole('heading', { name: 'balanced', exact: true }).waitFor()
  const balancersOf = async () => (await api.get(`${servicesPath}/balanced`)).body.loadBalancers
  const first = { containerName: 'web', containerPort: 8080, targetGroupArn }
  assert.deepEqual(await balancersOf(), [first])

  await openServiceMenu(page)
  await page.getByRole('button', { name: 'Change settings…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Add a load balancer' }).click()
  await dialog.locator('#balancer-1-port').fill('x')
  await dialog.locator('#balancer-1-group').fill(targetGroupArn.replace('web', 'api'))
  await dialog.locator('#balancer-1-port-notes').filter({ hasText: '"x" where a whole number is expected' }).waitFor()
  await dialog.getByRole('alert').getByText('Correct Container port of load balancer 2').waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'dialog-settings-balancers'), [])
  await dialog.locator('#balancer-1-port').fill('80')
  await dialog.getByRole('button', { name: 'Remove the load balancer 1' }).click()
  assert.equal(await dialog.getByLabel('Target group').inputValue(), targetGroupArn.replace('web', 'api'))
  await waitForPlan(page, /One deployment replaces the tasks/)
  await clickOnceEnabled(dialog.getByRole('button', { name: 'Change the settings' }))
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(await balancersOf(), [
    { ...first, containerPort: 80, targetGroupArn: targetGroupArn.replace('web', 'api') },
  ])
})
