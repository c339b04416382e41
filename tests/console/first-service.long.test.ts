// The first service of an account that has nothing: the form registers its definition, creates its cluster, and loses
// nothing that was typed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOfAppearance } from './appearance.ts'
import {
  newBrowserProfile,
  openAllDetails,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  webDefinition,
} from './browser.ts'
import { documentText, typeDocument } from './input.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

test('the first service: an image is enough, and one button makes everything', { skip }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.getByText(/its task definition and its cluster are created with it/).waitFor()
  await page.getByRole('link', { name: 'Create a service' }).click()

  const create = page.getByRole('button', { name: 'Create', exact: true })
  const reason = async () => [await create.getAttribute('aria-disabled'), await create.getAttribute('title')]
  await create.and(page.locator('[title="Type an image."]')).waitFor()
  assert.equal(await page.getByLabel('An image').isChecked(), true)
  await page.getByLabel('Image', { exact: true }).fill('registry.example:5000/shop/web.front:1.2@sha256:0')
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'web-front')
  await page.getByLabel('Image', { exact: true }).fill('nginx:1.29')
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'nginx')
  await page.getByLabel('Ports').fill('80')
  await page.getByLabel('Cluster', { exact: true }).fill('demo')
  await page.getByText('There is no cluster demo yet: the form creates it.').waitFor()

  // The task definition has the name of the service, as on the command line. A typed name stays.
  const [name, family] = [page.getByLabel('Name', { exact: true }), page.getByLabel('Family of the task definition')]
  assert.equal(await family.inputValue(), 'nginx')
  await name.fill('shop')
  assert.equal(await family.inputValue(), 'shop')
  await family.fill('site')
  await page.getByLabel('Image', { exact: true }).fill('httpd:2.4')
  assert.equal(await name.inputValue(), 'shop')
  await name.fill('httpd-of-shop')
  assert.equal(await family.inputValue(), 'site')
  await page.getByLabel('Environment').fill('LEVEL=debug')

  // The person leaves the page and comes back: the typed values are still there.
  await page.getByRole('link', { name: 'Clusters' }).click()
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  await page.goBack()
  await page.getByText('This is what you typed before.').waitFor()
  assert.equal(await page.getByLabel('Image', { exact: true }).inputValue(), 'httpd:2.4')
  assert.equal(await page.getByLabel('Cluster', { exact: true }).inputValue(), 'demo')

  for (const sentence of [
    /The new task definition site is registered\./,
    /ECS creates the cluster demo\./,
    /ECS creates the service httpd-of-shop and starts 1 task/,
  ])
    await waitForPlan(page, sentence)
  // The plan has a few labelled lines for each resource. Its values are hidden until the person has them shown.
  const partOfPlan = (name: string) => page.getByRole('region', { name: 'Plan' }).getByRole('region', { name })
  const shownFact = (part: string, label: string) =>
    partOfPlan(part)
      .locator('div')
      .filter({ has: page.getByRole('term').getByText(label, { exact: true }) })
      .getByRole('definition')
  await partOfPlan('Cluster demo').waitFor()
  await partOfPlan('Container httpd-of-shop').getByText('LEVEL=(hidden)').waitFor()
  await page.getByRole('button', { name: 'Show the values' }).click()
  assert.equal(await shownFact('Task definition site', 'Size').textContent(), '0.25 vCPU, 512 MiB')
  await shownFact('Container httpd-of-shop', 'Variables').getByText('LEVEL=debug').waitFor()
  assert.equal(await shownFact('Container httpd-of-shop', 'Image').textContent(), 'httpd:2.4')
  assert.equal(await shownFact('Container httpd-of-shop', 'Ports').textContent(), '80')
  assert.equal(await shownFact('Service httpd-of-shop', 'Desired count').textContent(), '1')
  assert.doesNotMatch(await page.getByRole('region', { name: 'Plan' }).innerText(), /\{"|\(hidden\)|^\//m)
  await partOfPlan('Container httpd-of-shop').getByText('LEVEL=(hidden)').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Hide the values' }).click()
  await partOfPlan('Container httpd-of-shop').getByText('LEVEL=(hidden)').waitFor()
  await page.getByText('curl and command line').click()
  const commands = page.locator('.command code')
  assert.deepEqual(
    (await commands.allTextContents()).map((text) => text.replace(/'\{.*\}'/, 'JSON').replace(/http:\S*\/v1/, '/v1')),
    [
      'ecs-api clusters create local/demo',
      'printf %s JSON | ecs-api taskdefs create --account local -f -',
      'ecs-api services create local/demo/httpd-of-shop --task-definition site --count 1 --circuit-breaker rollback',
      ...['clusters', 'taskdefs', 'clusters/demo/services'].map(
        (path) =>
          `curl -X POST /v1/ecs/local/${path} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d JSON`,
      ),
    ],
  )
  assert.deepEqual(await reason(), ['false', null])
  await create.click()
  await page
    .getByRole('main')
    .getByText(/1 of 1 task/)
    .first()
    .waitFor()
  assert.equal((await api.get('/local/clusters/demo/services/httpd-of-shop')).body.taskDefinition, 'site:1')
  const { cpu, memory, containerDefinitions } = (await api.get('/local/taskdefs/site:1')).body
  const [{ name: container, image, portMappings, environment, logConfiguration }] = containerDefinitions
  assert.deepEqual(
    [
      cpu,
      memory,
      container,
      image,
      portMappings[0].containerPort,
      environment,
      logConfiguration.options['awslogs-group'],
    ],
    [256, 512, 'httpd-of-shop', 'httpd:2.4', 80, { LEVEL: 'debug' }, '/ecs/site'],
  )

  // After the request, the next form is empty, and begins with the source of the last service.
  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('Image', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('An image').isChecked(), true)
  await create.and(page.locator('[title="Type an image."]')).waitFor()
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), '')
})

test('the plan of a creation says how the containers of its definition will run', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('An image').check()
  await page.getByLabel('Image', { exact: true }).fill('nginx:1.29')
  await page.getByText('Command, health check, size and roles').click()
  await page.getByLabel('Command').fill('nginx -g x')
  await waitForPlan(page, /The new task definition nginx is registered\..*the command of nginx is not run/)
})

test('a service of an existing definition: its cluster is created in the form', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/taskdefs', webDefinition('shop'))
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/new/service?taskDefinition=shop:1`)
  const create = page.getByRole('button', { name: 'Create', exact: true })
  const reason = async () => [await create.getAttribute('aria-disabled'), await create.getAttribute('title')]
  await page.getByLabel('Task definition', { exact: true }).and(page.locator('[value="shop:1"]')).waitFor()
  assert.deepEqual(await reason(), ['true', 'Type a name.'])
  await page.getByLabel('Name', { exact: true }).fill('www')
  await page.getByLabel('Cluster', { exact: true }).fill('absent')
  await page.getByText('There is no cluster absent yet.').waitFor()
  assert.deepEqual(await reason(), ['true', 'Create the cluster absent first.'])
  await page.getByRole('region', { name: 'Missing cluster' }).getByText('curl and command line').click()
  await page.getByText('ecs-api clusters create local/absent').waitFor()
  await page.getByRole('button', { name: 'Create the cluster absent' }).click()
  await waitForPlan(page, /ECS creates the service www and starts 1 task/)
  assert.equal((await api.get('/local/clusters/absent')).status, 200)
  await create.and(page.locator('[aria-disabled="false"]:not([title])')).waitFor()

  // The choice between an image and a task definition loses nothing.
  await page.getByLabel('An image').check()
  await create.and(page.locator('[title="Type an image."]')).waitFor()
  await page.getByLabel('A task definition').check()
  await page.getByLabel('Task definition', { exact: true }).and(page.locator('[value="shop:1"]')).waitFor()
  await waitForPlan(page, /ECS creates the service www and starts 1 task/)
  await create.and(page.locator('[aria-disabled="false"]')).click()
  await page
    .getByRole('main')
    .getByText(/1 of 1 task/)
    .first()
    .waitFor()
  assert.equal((await api.get('/local/clusters/absent/services/www')).body.taskDefinition, 'shop:1')
  // The next form begins with a task definition, too, and names its first empty field.
  await page.goto(`${url}/console/local/new/service`)
  assert.equal(await page.getByLabel('A task definition').isChecked(), true)
  await create.and(page.locator('[title="Choose a task definition."]')).waitFor()
})

test('a second press after a failed step registers nothing again', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/twice', {})
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/409 \(Conflict\)/, /\(Bad Gateway\)/] })
  const page = await signedInPage(profile, url, token)
  const create = page.getByRole('button', { name: 'Create', exact: true })
  const revisions = async () =>
    (await api.get('/local/taskdefs?family=twice')).body.items.map(({ name }: { name: string }) => name)
  await page.goto(`${url}/console/local/new/service?cluster=twice`)
  await page.getByLabel('An image').check()
  await page.getByLabel('Image', { exact: true }).fill('twice:1')
  await waitForPlan(page, /The new task definition twice is registered\./)

  // The registration is done, but its response is lost.
  let isLost = true
  await page.route('**/taskdefs', async (route) => {
    if (route.request().method() !== 'POST' || !isLost) return route.continue()
    await route.fetch()
    return route.fulfill({ status: 502, json: { ...conflict, status: 502, code: 'AwsError', detail: 'It is lost.' } })
  })
  await create.click()
  await page.getByRole('alert').getByText('It is lost.').waitFor()
  assert.deepEqual(await revisions(), ['twice:1'])
  isLost = false

  // The next press gets the same revision, and the service is rejected.
  await page.route('**/services', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 409, json: conflict }) : route.continue(),
  )
  await create.click()
  await page.getByRole('alert').getByText('It is in use elsewhere.').waitFor()
  const registered = page.getByText('twice:1 is registered already: Create uses it, and registers no other.')
  await registered.waitFor()
  assert.deepEqual(await revisions(), ['twice:1'])
  assert.equal(await page.getByLabel('Image', { exact: true }).inputValue(), 'twice:1')

  // Also after a reload of the page; the commands name the registered revision.
  await page.reload()
  await waitForPlan(page, /ECS creates the service twice and starts 1 task/)
  await registered.waitFor()
  assert.equal(await page.getByText('is registered already').count(), 1)
  assert.deepEqual(await faultsOfAppearance(page, 'service-registered-only'), [])
  await page.getByText('curl and command line').click()
  await page.getByText(/^ecs-api services create local\/twice\/twice --task-definition twice:1 /).waitFor()
  await page.unroute('**/services')
  await create.and(page.locator('[aria-disabled="false"]')).click()
  await page
    .getByRole('main')
    .getByText(/1 of 1 task/)
    .first()
    .waitFor()
  assert.deepEqual(await revisions(), ['twice:1'])
  assert.equal((await api.get('/local/clusters/twice/services/twice')).body.taskDefinition, 'twice:1')
})

test('both plans of an image show their errors, and terminals need a task role', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/errors', {})
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/new/service?cluster=errors`)
  await page.getByLabel('An image').check()
  await page.getByLabel('Image', { exact: true }).fill('errors:1')
  await page.getByLabel('Ports').fill('99999')
  await page.getByLabel('Desired count').fill('5001')
  const alerts = page.getByRole('alert')
  // One panel for the errors of both plans. Its links lead to the fields.
  await alerts.filter({ hasText: 'Correct Ports, Desired count' }).waitFor()
  assert.equal(await alerts.count(), 1)
  assert.equal(await alerts.getByText('Copy the request id').count(), 1)
  await alerts.getByRole('button', { name: 'Ports', exact: true }).click()
  await page.getByLabel('Ports').and(page.locator(':focus')).waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  const reason = page.locator('form .reason').filter({ visible: true })
  await reason.getByText(/^Correct Ports and 1 more\.$/).waitFor()
  const bottomOf = async (selector: string) => {
    const { y, height } = (await page.locator(selector).boundingBox())!
    return y + height
  }
  for (const [link, id] of [
    ['Ports', 'container-0-ports'],
    ['Desired count', 'count'],
  ] as const) {
    await page.evaluate('scrollTo(0, 0)')
    await (link === 'Ports' ? reason : alerts).getByRole('button', { name: link, exact: true }).click()
    await page.locator(`#${id}:focus`).waitFor()
    const footer = (await page.locator('form .row:has(> button[type="submit"])').boundingBox())!
    assert.ok((await bottomOf(`#${id}-notes`)) <= footer.y, `the buttons cover the error of ${link}`)
    // The keyboard of a phone makes the window smaller.
    await page.setViewportSize({ width: 390, height: 420 })
    const isAboveButtons = `document.querySelector('#${id}-notes').getBoundingClientRect().bottom <=
      document.querySelector('form .row:has(> button[type="submit"])').getBoundingClientRect().top`
    while (!(await page.evaluate<boolean>(isAboveButtons)));
    await page.setViewportSize({ width: 390, height: 844 })
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page
    .locator('#container-0-ports-notes')
    .filter({ hasText: /65535|port/i })
    .waitFor()
  await page.locator('#count-notes').filter({ hasText: /5000/ }).waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'service-two-errors'), [])
  await page.getByLabel('Ports').fill('8080')
  await page.getByLabel('Desired count').fill('1')
  await waitForPlan(page, /ECS creates the service errors/)
  await page.getByLabel('Allow terminals').check()
  const create = page.getByRole('button', { name: 'Create', exact: true })
  await create.and(page.locator('[title="Choose a task role: terminals need one."]')).waitFor()
  // A local account accepts any role: one button fills one in.
  await page.getByRole('button', { name: /^Use arn:aws:iam::\d{12}:role\/task$/ }).click()
  await waitForPlan(page, /ECS creates the service errors/)
  await openAllDetails(page)
  assert.match(await page.getByLabel('Task role').inputValue(), /^arn:aws:iam::\d{12}:role\/task$/)
  assert.deepEqual(await faultsOfAppearance(page, 'service-of-image'), [])
  await typeDocument(
    page.getByLabel('Document (JSON or YAML)'),
    '{"name": "errors", "count": 1, "taskDefinition": "x"}',
  )
  await create.and(page.locator('[title^="Remove taskDefinition from the document"]')).waitFor()
})

test('on AWS an image needs an execution role, and subnets where the account has none', { skip }, async (t) => {
  const { url, token, api } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
  // The page cannot reach AWS: the account says that it is one on AWS, and its plans have no default subnets.
  await profile.route('**/v1/ecs/accounts*', async (route) => {
    const response = await route.fetch()
    // A 304 has no body: the page has the changed response already.
    if (response.status() !== 200) return route.fulfill({ response })
    const { items, ...others } = await response.json()
    const onAws = items.map(({ number, ...account }: { number: string }) => ({ ...account, mode: 'aws' }))
    return route.fulfill({ response, json: { ...others, items: onAws } })
  })
  await profile.route('**/services?dryRun=true', async (route) => {
    const response = await route.fetch()
    const plan = await response.json()
    for (const { input } of plan.calls ?? [])
      if (!/subnets/.test(route.request().postData() ?? '')) delete input.networkConfiguration
    return route.fulfill({ response, json: plan })
  })
  await api.post('/local/taskdefs', { ...webDefinition('seen'), taskRoleArn: 'arn:aws:iam::123456789012:role/seen' })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/new/service?cluster=nowhere-yet`)
  await page.getByLabel('An image').check()
  await page.getByLabel('Image', { exact: true }).fill('onaws:1')
  const create = page.getByRole('button', { name: 'Create', exact: true })
  await page
    .locator('#execution-role-notes')
    .getByText(/needs an execution role/)
    .waitFor()
  await page
    .getByRole('alert')
    .getByText(/execution role/i)
    .first()
    .waitFor()
  assert.equal(await create.getAttribute('title'), 'The plan is rejected.')
  await page.getByText('Command, health check, size and roles').click()
  const systems = await page.getByLabel('Operating system').locator('option').allTextContents()
  assert.deepEqual([systems[0], systems.includes('WINDOWS_SERVER_2022_CORE')], ['LINUX (default)', true])
  await page.getByLabel('Execution role').fill('arn:aws:iam::123456789012:role/execution')
  // On AWS the role must exist: those of other task definitions are offered.
  await page.getByLabel('Allow terminals').check()
  await page.getByRole('button', { name: 'Use arn:aws:iam::123456789012:role/seen' }).click()
  await page.getByLabel('Task role').and(page.locator('[value$="role/seen"]')).waitFor()
  await page.getByLabel('Allow terminals').uncheck()
  await waitForPlan(page, /ECS creates the cluster nowhere-yet\./)
  await create.and(page.locator('[aria-disabled="false"]')).click()
  // The cluster is created. The service is checked before anything is registered.
  await create.and(page.locator('[title^="Type subnets, under Network"]')).waitFor()
  assert.equal((await api.get('/local/clusters/nowhere-yet')).status, 200)
  assert.deepEqual((await api.get('/local/taskdefs?family=onaws')).body.items, [])
  await page.getByRole('group').getByText('Network', { exact: true }).click()
  await page.getByLabel('Subnets').fill('subnet-0a1b2c3d')
  await create.and(page.locator('[aria-disabled="false"]')).click()
  await page.getByRole('heading', { name: 'onaws', exact: true }).waitFor()
  const created = (await api.get('/local/clusters/nowhere-yet/services/onaws')).body
  assert.equal(created.taskDefinition, 'onaws:1')
  await profile.unrouteAll({ behavior: 'ignoreErrors' })
})

test('the plan names what the change would be rejected for, and the next edit clears it', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/plain', {})
  const { taskRoleArn, ...withoutRole } = webDefinition('plain')
  assert.ok(taskRoleArn)
  await api.post('/local/taskdefs', withoutRole)
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/, /409 \(Conflict\)/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/new/service?taskDefinition=plain:1&cluster=plain`)
  await page.getByLabel('Name', { exact: true }).fill('terminals')
  await waitForPlan(page, /ECS creates the service terminals/)
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
  await waitForPlan(page, /ECS creates the service terminals/)
  assert.equal(await alert.count(), 0)

  // A rejection of the request itself is gone with the next edit, too.
  await page.route('**/services', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 409, json: conflict }) : route.continue(),
  )
  await create.click()
  await alert.getByText('It is in use elsewhere.').waitFor()
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'terminals')
  await page.getByLabel('Desired count').fill('2')
  await waitForPlan(page, /starts 2 tasks/)
  assert.equal(await alert.count(), 0)
})

test('the document of a service has what the form lacks', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/documents', {})
  await api.post('/local/taskdefs', webDefinition('documents'))
  // A plan is asked for while a document is half written.
  const page = await signedInPage(
    await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] }),
    url,
    token,
  )
  await page.goto(`${url}/console/local/new/service?taskDefinition=documents&cluster=documents`)
  await page.getByLabel('Name', { exact: true }).fill('api')
  await page.getByRole('group').getByText('Network', { exact: true }).click()
  await page.getByLabel('Subnets').fill('subnet-0a1b2c3d')
  await page.getByText('Edit as document').click()
  const document = page.getByLabel('Document (JSON or YAML)')
  const body = JSON.parse(await documentText(document))
  assert.deepEqual(body, {
    name: 'api',
    taskDefinition: 'documents',
    count: 1,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    subnets: ['subnet-0a1b2c3d'],
  })
  await typeDocument(document, JSON.stringify({ ...body, subnets: 'none' }))
  await page
    .getByRole('alert')
    .getByText(/Subnets/)
    .first()
    .waitFor()
  await typeDocument(document, JSON.stringify({ ...body, platformVersion: '1.3.0', tags: { team: 'shop' } }))
  await page.getByLabel('Circuit breaker: roll back when a deployment fails').uncheck()
  await waitForPlan(page, /ECS creates the service api/)
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
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/401 \(Unauthorized\)/] })
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
