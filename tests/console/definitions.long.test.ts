// Task definitions in the console: the form and its document, the deployment of a revision, and the end of several.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  newBrowserProfile,
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

// A plan is asked for while a definition is not yet complete.
const expectedErrors = [/\(Bad Request\).*dryRun/]

test('the form makes a definition with a log, ports, a command and roles', { skip }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/taskdef`)
  const register = page.getByRole('button', { name: 'Register', exact: true })
  const web = page.getByRole('group', { name: 'Container', exact: false }).filter({ hasText: 'Container name' }).first()
  await register.and(page.locator('[title="Type a family."]')).waitFor()
  await page.getByLabel('Family').fill('shop')
  assert.equal(await register.getAttribute('title'), 'Type the image of web.')
  await web.getByLabel('Image').fill('nginx:1.29')
  await web.getByLabel('Container name').fill('app')
  await web.getByLabel('Ports').fill('80, 53/udp')
  await web.getByLabel('Command').fill(`sh -c "echo 'a b'; sleep 5" ''`)
  await web.getByLabel('Environment').fill('LEVEL=debug\n\nPAIR=a=b')
  await page.getByLabel('CPU', { exact: true }).selectOption('1024')
  assert.equal(await page.getByLabel('Memory').inputValue(), '2048')
  await page.getByLabel('Memory').selectOption('3072')
  await page.getByLabel('Task role').fill('arn:aws:iam::123456789012:role/shop')
  const document = page.getByLabel('Document (JSON or YAML)')
  const { executionRoleArn, ...written } = JSON.parse(await documentText(document))
  assert.match(executionRoleArn, /^arn:aws:iam::\d{12}:role\/ecsTaskExecutionRole$/)
  assert.deepEqual(written, {
    family: 'shop',
    cpu: 1024,
    memory: 3072,
    taskRoleArn: 'arn:aws:iam::123456789012:role/shop',
    containerDefinitions: [
      {
        name: 'app',
        image: 'nginx:1.29',
        ports: [80, '53/udp'],
        command: ['sh', '-c', "echo 'a b'; sleep 5", ''],
        environment: { LEVEL: 'debug', PAIR: 'a=b' },
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/shop',
            'awslogs-region': 'us-east-1',
            'awslogs-stream-prefix': 'ecs',
            'awslogs-create-group': 'true',
          },
        },
      },
    ],
  })
  await waitForPlan(page, /No service uses it/)

  // The document changes the form, and a document that is half written does not lose it.
  const [container] = written.containerDefinitions
  const changed = { ...written, executionRoleArn, containerDefinitions: [container, 5] }
  await typeDocument(document, JSON.stringify(changed))
  await typeDocument(document, JSON.stringify({ ...changed, containerDefinitions: [{ ...container, command: 7 }] }))
  await typeDocument(document, '{"family": "shop",')
  await page.getByText('Correct the document first.').waitFor()
  // YAML, too: the form then writes YAML.
  await typeDocument(
    document,
    'family: shop\ncontainerDefinitions:\n  - name: app\n    image: nginx:1.28\n   ports: [1]\n',
  )
  await page.getByText('The document is not YAML').waitFor()
  await typeDocument(document, 'family: shop\ncontainerDefinitions:\n  - name: app\n    image: nginx:1.28\n')
  await web.getByLabel('Image').and(page.locator('[value="nginx:1.28"]')).waitFor()
  await web.getByLabel('Ports').fill('81')
  assert.match(await documentText(document), /^family: shop\n[\s\S]*image: nginx:1\.28\n {4}ports:\n {6}- 81\n$/)
  await waitForPlan(page, /No service uses it/)
  await typeDocument(document, JSON.stringify({ ...changed, containerDefinitions: [{ ...container, ports: [8080] }] }))
  assert.equal(await web.getByLabel('Ports').inputValue(), '8080')
  assert.equal(await web.getByLabel('Command').inputValue(), `sh -c 'echo '\\''a b'\\''; sleep 5' ''`)
  await web.getByLabel('Send its output to the log').uncheck()
  await page.getByRole('button', { name: 'Add a container' }).click()
  await page.getByRole('button', { name: 'Remove the container sidecar1' }).click()

  await page.reload()
  await page.getByText('This is what you typed before.').waitFor()
  assert.equal(await web.getByLabel('Ports').inputValue(), '8080')
  await waitForPlan(page, /No service uses it/)
  await register.click()
  await page.getByRole('heading', { name: 'shop:1', exact: true }).waitFor()
  const registered = (await api.get('/local/taskdefs/shop:1')).body
  assert.deepEqual(registered.containerDefinitions[0].environment, { LEVEL: 'debug', PAIR: 'a=b' })
  assert.equal(registered.containerDefinitions[0].logConfiguration, undefined)

  // ECS returns the ports of a definition as port mappings.
  await page.getByRole('button', { name: 'Edit as a new revision…' }).click()
  await web.getByLabel('Ports').fill('8080, 9090')
  assert.deepEqual(
    JSON.parse(await documentText(document)).containerDefinitions[0].portMappings.map(
      ({ containerPort }: { containerPort: number }) => containerPort,
    ),
    [8080, 9090],
  )
  await page.getByLabel('Execution role').click()
  await page.locator('#execution-role-suggestions option[value="arn:aws:iam::123456789012:role/shop"]').waitFor({
    state: 'attached',
  })
})

test('each field has its own error, and a rejection names fields by their labels', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url, { expectedErrors }), url, token)
  await page.goto(`${url}/console/local/new/taskdef`)
  await page.getByLabel('Family').fill('not a family!')
  await page.getByLabel('Image').fill('nginx:1.29')
  await page.getByLabel('Command').fill('sh -c "echo')
  await page.getByLabel('Environment').fill('LEVEL=debug\nFOO')
  await page.getByLabel('Ports').fill('99999')
  const waitForNote = (id: string, text: RegExp) => page.locator(`#${id}-notes`).filter({ hasText: text }).waitFor()
  await waitForNote('container-0-command', /The quote " is not closed\./)
  await waitForNote('container-0-environment', /Line 2 is not NAME=value: it has no =\./)
  assert.equal(await page.getByLabel('Command').getAttribute('aria-invalid'), 'true')
  const alert = page.getByRole('alert').filter({ hasText: /Correct .*Family/ })
  await alert.waitFor()
  assert.doesNotMatch(await alert.innerText(), /\/family|does not fit/)
  await waitForNote('family', /./)
  await page.getByLabel('Command').fill('sh -c "echo"')
  await page.locator('#container-0-command-notes').filter({ hasNotText: 'not closed' }).waitFor()
  await page.getByLabel('Family').fill('labels')
  await page.getByRole('alert').filter({ hasText: 'Ports of web' }).waitFor()
  await waitForNote('container-0-ports', /65535|port/i)
})

test('a new revision is deployed from its page, with a plan that names what differs', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  await api.post('/local/taskdefs', webDefinition('next', { image: 'nginx:1.28' }))
  await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', {
    name: 'next',
    taskDefinition: 'next',
    count: 1,
  })
  await api.post('/local/taskdefs', { ...webDefinition('next', { image: 'nginx:1.29' }), cpu: 512, memory: 1024 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/taskdefs/next:2`)
  await page.getByRole('region', { name: 'Container web' }).getByText('nginx:1.29').waitFor()
  await page.getByRole('region', { name: 'Task', exact: true }).getByText('0.5 vCPU, 1024 MiB').waitFor()
  await page.getByRole('button', { name: 'JSON' }).click()
  await page.getByText('"cpu": 512').waitFor()
  await page.getByRole('button', { name: 'Deploy to prod/next…' }).click()
  const dialog = page.getByRole('dialog')
  assert.equal(await dialog.getByLabel(/another task definition/).inputValue(), 'next:2')
  for (const text of [/nginx:1\.28.*nginx:1\.29/, /CPU\s*256\s*512/, /One deployment replaces/])
    await waitForPlan(page, text)
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click()
  await page.getByRole('heading', { name: 'next', exact: true }).waitFor()
  await waitForText(page, /1 of 1 task/)
  assert.equal((await api.get('/local/clusters/prod/services/next')).body.taskDefinition, 'next:2')
})

test('several revisions are deregistered after one confirmation', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  for (const tag of ['1', '2', '3', '4'])
    await api.post('/local/taskdefs', webDefinition('many', { image: `web:${tag}` }))
  await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', {
    name: 'many',
    taskDefinition: 'many:2',
    count: 0,
  })
  // Meanwhile somebody else deregisters one revision, and one response is lost.
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Gateway\)/] })
  const page = await signedInPage(profile, url, token)
  await page.route('**/taskdefs/many%3A3', (route) =>
    route.request().method() === 'DELETE' ? route.fulfill({ status: 502, json: failure }) : route.continue(),
  )
  await page.goto(`${url}/console/local/taskdefs`)
  await page
    .getByRole('row', { name: /^many/ })
    .filter({ hasText: 'web:4' })
    .getByText(/ago|now/)
    .waitFor()
  await page.getByRole('link', { name: 'many', exact: true }).click()
  const revisions = page.getByRole('table', { name: 'Revisions' })
  await revisions.getByText('web:1').waitFor()
  // A new task of the family gets the newest revision, so the button leaves it out.
  await page.getByRole('button', { name: 'Select unused older revisions (2)' }).click()
  const selected = page.getByRole('region', { name: 'Selected revisions' })
  await selected.getByText('2 revisions selected').waitFor()
  await selected.getByRole('button', { name: 'Deregister…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Deregister 2 revisions of many' })
  const list = dialog.getByRole('listitem')
  assert.deepEqual(await list.allTextContents(), ['many:3no service uses it', 'many:1no service uses it'])
  const send = dialog.getByRole('button', { name: 'Deregister 2 revisions' })
  assert.equal(await send.getAttribute('title'), 'Type many first.')
  await dialog.getByLabel('Type many to confirm').fill('many')
  await send.click()
  await list.filter({ hasText: 'many:1' }).getByText('deregistered').waitFor()
  await list.filter({ hasText: 'many:3' }).getByText('AWS did not take it.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await revisions.getByRole('link', { name: '1', exact: true }).waitFor({ state: 'detached' })
  assert.deepEqual(
    (await api.get('/local/taskdefs?family=many')).body.items.map(({ name }: { name: string }) => name),
    ['many:4', 'many:3', 'many:2'],
  )
})

const failure = {
  type: '/docs/problems/AwsError',
  title: 'AWS failed',
  status: 502,
  code: 'AwsError',
  detail: 'AWS did not take it.',
  requestId: 'r',
}

test('a copy of an older revision is compared with the newest, by the plan and by the button', { skip }, async (t) => {
  const { url, token, api } = program!
  for (const tag of ['1', '2']) await api.post('/local/taskdefs', webDefinition('copied', { image: `web:${tag}` }))
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const register = page.getByRole('button', { name: 'Register', exact: true })
  await page.goto(`${url}/console/local/new/taskdef?from=copied:1`)
  await page.getByRole('heading', { name: 'A new revision of copied, from copied:1' }).waitFor()
  await waitForPlan(page, /web:2.*web:1/s)
  await waitForPlan(page, /The fields are compared with copied:2, the newest revision\./)
  await register.and(page.locator('[aria-disabled="false"]')).waitFor()
  await page.getByLabel('Image').fill('web:2')
  const reason = 'No field differs from copied:2, the newest revision.'
  await waitForPlan(page, new RegExp(reason))
  await register.and(page.locator(`[title="${reason}"]`)).waitFor()
})
