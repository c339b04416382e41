// The dialog that deploys a changed image, variables, command and size. It sends only the changed fields.
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
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

// biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
const isCutOff = (element: any): boolean => element.scrollHeight > element.clientHeight + 1

/** Whether the middle of the element is visible, and nothing covers it. */
// biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
const isOnTop = (element: any): boolean => {
  const { left, top, width, height } = element.getBoundingClientRect()
  return element.contains(element.ownerDocument.elementFromPoint(left + width / 2, top + height / 2))
}

test('a deployment changes variables, the command and the size', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  const definition = webDefinition('vars', { environment: { LEVEL: 'info', OLD: '1', KEPT: 'a=b' } })
  await api.post('/local/taskdefs', {
    ...definition,
    cpu: 256,
    memory: 512,
    containerDefinitions: [...definition.containerDefinitions, { name: 'side', image: 'proxy:1', essential: false }],
  })
  const vars = '/local/clusters/prod/services/vars'
  await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', {
    name: 'vars',
    taskDefinition: 'vars',
    count: 1,
  })
  // A plan is asked for while a value is not yet valid.
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console${vars}?do=deploy`)
  const dialog = page.getByRole('dialog')
  const deploy = dialog.getByRole('button', { name: 'Deploy', exact: true })
  await dialog.getByText('Variables, command, ports, health check and size', { exact: true }).first().click()
  const web = dialog.getByRole('group', { name: 'Container web' })
  assert.equal(await web.getByLabel('Environment').inputValue(), 'LEVEL=info\nOLD=1\nKEPT=a=b')
  assert.equal(await deploy.getAttribute('title'), 'Change a field, or choose another task definition.')
  assert.deepEqual(
    await dialog
      .getByLabel('CPU', { exact: true })
      .locator('option')
      .allTextContents()
      .then((texts) => texts[0]),
    '0.25 vCPU (256)',
  )

  await web.getByLabel('Environment').fill('KEPT=a=b\nLEVEL=debug\nNEW=x y')
  await dialog.getByLabel('Image of side').fill('proxy:2')
  await dialog.getByLabel('CPU', { exact: true }).selectOption('512')
  await waitForPlan(page, /One deployment replaces[\s\S]*Variable OLD of web/)
  await waitForPlan(page, /Variable NEW of web\s*added: /)
  await waitForPlan(page, /CPU\s*256/)
  await dialog.getByText('curl and command line').click()
  const [command, curl] = await dialog.locator('.command code').allTextContents()
  assert.equal(
    command,
    "ecs-api deploy local/prod/vars --unset web:OLD --env web:LEVEL=debug --env 'web:NEW=x y' --image side=proxy:2 --cpu 512 --memory 1024",
  )
  assert.match(curl!, /'\{"containers":\{"web":\{"environment":\{"OLD":null,"LEVEL":"debug","NEW":"x y"\}\},"side"/)
  assert.deepEqual(await faultsOfAppearance(page, 'dialog-deploy-variables'), [])
  // No flag is broken between its hyphens.
  const linesOfFlags = await dialog
    .locator('.command .flag')
    .evaluateAll((flags) => flags.map((flag) => flag.getClientRects().length))
  assert.deepEqual([...new Set(linesOfFlags)], [1])
  // The dialog is longer than the window, and its button is still visible.
  await page.setViewportSize({ width: 1360, height: 860 })
  assert.ok(await dialog.evaluate(isCutOff), 'the dialog fits into the window')
  for (const place of [web.getByLabel('Environment'), dialog.getByText('curl and command line')]) {
    await place.scrollIntoViewIfNeeded()
    assert.ok(await deploy.evaluate(isOnTop), 'the button is covered or out of sight')
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  // A command of several lines is visible as a whole.
  const commandField = web.getByLabel('Command')
  const commandBefore = await commandField.inputValue()
  await commandField.fill(`sh -c "${'wait for the database and '.repeat(8)}exec server"`)
  assert.equal(await commandField.evaluate(isCutOff), false)
  await commandField.fill(commandBefore)
  await page.setViewportSize({ width: 1440, height: 900 })

  // The current value again is no change. Flags cannot express a command.
  await dialog.getByLabel('Image of side').fill('proxy:1')
  await web.getByLabel('Command').fill('nginx -g "daemon off;"')
  const input = `{"containers":{"web":{"command":["nginx","-g","daemon off;"],"environment":{"OLD":null,"LEVEL":"debug","NEW":"x y"}}},"cpu":512,"memory":1024}`
  await dialog.getByText(`printf %s '${input}' | ecs-api services update local/prod/vars -f -`).waitFor()

  // Another task definition replaces all fields.
  await dialog.getByLabel(/another task definition/).fill('vars:1')
  assert.equal(await web.getByLabel('Environment').isDisabled(), true)
  await dialog.getByText('ecs-api deploy local/prod/vars --task-definition vars:1', { exact: true }).waitFor()
  await dialog.getByLabel(/another task definition/).fill('')

  // An error of the plan stands at its field.
  await dialog.getByLabel('Image of web').fill('no image')
  await dialog.locator('#image-web-notes').filter({ hasText: /./ }).waitFor()
  await dialog.getByRole('alert').filter({ hasText: 'Correct Image of web' }).waitFor()
  assert.equal(await dialog.getByText(/contains invalid characters/).count(), 1)
  await dialog.getByLabel('Image of web').fill('nginx:1.30')
  await waitForPlan(page, /nginx:1\.30/)
  await deploy.and(page.locator('[aria-disabled="false"]')).click()
  await dialog.waitFor({ state: 'detached' })
  await waitForText(page, /1 of 1 task/)
  const { cpu, memory, containerDefinitions } = (await api.get('/local/taskdefs/vars:2')).body
  const [first, side] = containerDefinitions
  assert.deepEqual([cpu, memory, side.image], [512, 1024, 'proxy:1'])
  assert.deepEqual(
    [first.image, first.environment, first.command],
    ['nginx:1.30', { KEPT: 'a=b', LEVEL: 'debug', NEW: 'x y' }, ['nginx', '-g', 'daemon off;']],
  )
})

test('a deployment changes the ports and the health check of each container', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  const check = { command: ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'], interval: 10, retries: 2 }
  const definition = webDefinition('checked')
  await api.post('/local/taskdefs', {
    ...definition,
    containerDefinitions: [
      ...definition.containerDefinitions,
      { name: 'side', image: 'proxy:1', essential: false, healthCheck: check },
    ],
  })
  const checked = '/local/clusters/prod/services/checked'
  const body = { name: 'checked', taskDefinition: 'checked', count: 1 }
  await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', body)
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/\(Bad Request\).*dryRun/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console${checked}?do=deploy`)
  const dialog = page.getByRole('dialog')
  const deploy = dialog.getByRole('button', { name: 'Deploy', exact: true })
  await dialog.getByLabel('Image of side').waitFor()
  await openAllDetails(page)
  const [web, side] = ['web', 'side'].map((name) => dialog.getByRole('group', { name: `Container ${name}` }))
  assert.equal(await web!.getByLabel('Ports').inputValue(), '80')
  await web!.getByLabel('Ports').fill('8080, 53/udp')
  await web!.getByLabel('Health check', { exact: true }).fill('wget -q http://localhost:8080/')
  await web!.getByLabel('Interval, seconds').fill('15')
  assert.equal(await side!.getByLabel('Health check', { exact: true }).inputValue(), check.command[1])
  await side!.getByLabel('Interval, seconds').fill('')
  await side!.getByLabel('Timeout, seconds').fill('7')
  await waitForPlan(page, /Ports of web808080, 53\/udp/)
  await waitForPlan(page, /Health check of web\(hidden\), every 15 s/)
  await dialog.getByRole('button', { name: 'Show the values' }).click()
  await waitForPlan(page, /Health check of web.*wget -q http:\/\/localhost:8080\/, every 15 s/)
  await waitForPlan(page, /Health check timeout of side57/)

  // A value that ECS rejects has its error at its field.
  await side!.getByLabel('Timeout, seconds').fill('700')
  await dialog
    .locator('#container-1-health-timeout-notes')
    .filter({ hasText: /range|between|60/ })
    .waitFor()
  await side!.getByLabel('Timeout, seconds').fill('7')
  await waitForPlan(page, /Health check timeout of side57/)
  const [command] = await dialog.locator('.command code').allTextContents()
  assert.match(command!, /ecs-api services update local\/prod\/checked -f -/)
  await deploy.and(page.locator('[aria-disabled="false"]')).click()
  await dialog.waitFor({ state: 'detached' })
  const [first, second] = (await api.get('/local/taskdefs/checked:2')).body.containerDefinitions
  const ports = first.portMappings.map(({ containerPort, protocol }: Record<string, unknown>) => [
    containerPort,
    protocol,
  ])
  assert.deepEqual(ports, [
    [8080, 'tcp'],
    [53, 'udp'],
  ])
  const wget = { command: ['CMD-SHELL', 'wget -q http://localhost:8080/'], interval: 15, timeout: 5, retries: 3 }
  assert.deepEqual(first.healthCheck, wget)
  assert.deepEqual(second.healthCheck, { ...check, interval: 30, timeout: 7 })

  // An empty command removes the health check.
  await page.goto(`${url}/console${checked}?do=deploy`)
  await dialog.getByLabel('Image of side').waitFor()
  await openAllDetails(page)
  await side!.getByLabel('Health check', { exact: true }).fill('')
  await waitForPlan(page, /Health check of side.*removed/)
  await deploy.and(page.locator('[aria-disabled="false"]')).click()
  await dialog.waitFor({ state: 'detached' })
  const { containerDefinitions } = (await api.get('/local/taskdefs/checked:3')).body
  assert.deepEqual([containerDefinitions[0].healthCheck, containerDefinitions[1].healthCheck], [wget, undefined])
})

test('a deployment starts from the running release, or from the one that failed', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.put('/local/clusters/prod', {})
  await api.post('/local/taskdefs', webDefinition('mended'))
  const mended = '/local/clusters/prod/services/mended'
  await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', {
    name: 'mended',
    taskDefinition: 'mended',
    count: 1,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  const change = { command: ['sh', '-c', 'exit 3'], environment: { LEVEL: 'debug' } }
  await api.patch(`${mended}?wait=STABLE`, { containers: { web: change } })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console${mended}?do=deploy`)
  const dialog = page.getByRole('dialog')
  const start = dialog.getByLabel('Start from')
  await dialog.getByText('Variables, command, ports, health check and size', { exact: true }).first().click()
  const web = dialog.getByRole('group', { name: 'Container web' })
  assert.equal(await start.inputValue(), '')
  assert.equal(await web.getByLabel('Command').inputValue(), '')
  assert.match(
    (await start.locator('option').allTextContents()).join('\n'),
    /^Release 1 \(running\): first release, mended:1, nginx:1\.29\nRelease 2 \(failed, deployed \d+ s ago\): .*mended:2/,
  )

  await start.selectOption('2')
  await waitForPlan(page, /Variable LEVEL of web/)
  assert.equal(await web.getByLabel('Command').inputValue(), `sh -c 'exit 3'`)
  assert.equal(await web.getByLabel('Environment').inputValue(), 'LEVEL=debug')
  await web.getByLabel('Command').fill('sleep 100')
  await waitForPlan(page, /A new revision of mended is registered/)
  await dialog.getByText('curl and command line').click()
  const [command] = await dialog.locator('.command code').allTextContents()
  const sent = { taskDefinition: 'mended:2', containers: { web: { command: ['sleep', '100'] } } }
  assert.equal(command, `printf %s '${JSON.stringify(sent)}' | ecs-api services update local/prod/mended -f -`)
  // The other release has its own values.
  await start.selectOption('')
  await dialog.getByText('Change a field, or choose another task definition.').waitFor()
  assert.equal(await web.getByLabel('Command').inputValue(), '')
  await start.selectOption('2')
  await web.getByLabel('Command').fill('sleep 100')
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).and(page.locator('[aria-disabled="false"]')).click()
  await dialog.waitFor({ state: 'detached' })
  await waitForText(page, /1 of 1 task/)
  const [container] = (await api.get('/local/taskdefs/mended:3')).body.containerDefinitions
  assert.deepEqual([container.command, container.environment], [['sleep', '100'], { LEVEL: 'debug' }])

  // After a deployment that succeeds there is nothing to mend.
  await api.get(`${mended}?wait=STABLE`)
  await page.goto(`${url}/console${mended}?do=deploy`)
  await dialog.getByLabel('Image of web').waitFor()
  await page.getByRole('table', { name: 'Tasks' }).waitFor()
  assert.equal(await start.count(), 0)
})
