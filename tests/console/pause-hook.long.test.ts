// A deployment that waits at a PAUSE hook, whose responses are written here because the embedded engine has no hooks:
// each page says what it waits for, and its dialog continues it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext } from 'playwright-core'
import { faultsOfAppearance } from './appearance.ts'
import {
  createExampleServices,
  fetchWithoutEtag,
  newBrowserProfile,
  requireSuccess,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const wwwPage = '/console/local/clusters/prod/services/www'

const pausedMembers = {
  status: 'IN_PROGRESS',
  finishedAt: undefined,
  lifecycleStage: 'POST_SCALE_UP',
  lifecycleHookDetails: [
    {
      hookId: 'approval',
      targetType: 'PAUSE',
      status: 'AWAITING_ACTION',
      expiresAt: '2099-01-01T00:00:00.000Z',
      timeoutAction: 'ROLLBACK',
    },
  ],
  waitingFor: 'Waiting for you after the scale-up',
  nextStep: { at: '2099-01-01T00:00:00.000Z', text: 'Without an answer ECS rolls back' },
}
const plan = {
  changes: [],
  calls: [{ action: 'ContinueServiceDeployment', input: { hookId: 'approval', action: 'CONTINUE' } }],
  effects: ['ECS continues the deployment.'],
  warnings: [],
}

/** The newest deployment of www waits at a hook until a request continues it. Returns the bodies of those requests. */
async function pauseDeployment(profile: BrowserContext): Promise<unknown[]> {
  const bodies: unknown[] = []
  await profile.route(/\/v1\/.*\/services\/www\/deployments(\/|\?|$)/, async (route) => {
    const request = route.request()
    const { pathname, searchParams } = new URL(request.url())
    if (pathname.endsWith('/continue') && searchParams.get('dryRun') === 'true') return route.fulfill({ json: plan })
    if (pathname.endsWith('/continue')) bodies.push(request.postDataJSON())
    const response = await (pathname.endsWith('/continue')
      ? route.fetch({ url: request.url().replace('/continue', ''), method: 'GET', postData: '' })
      : fetchWithoutEtag(route))
    const json = await response.json()
    const changed = (deployment: { id: string }) =>
      deployment.id === exampleIds!.deploymentId && bodies.length === 0
        ? { ...deployment, ...pausedMembers }
        : deployment
    await route.fulfill({ response, json: json.items ? { ...json, items: json.items.map(changed) } : changed(json) })
  })
  return bodies
}

for (const [place, path] of [
  ['the page of its service', wwwPage],
  ['its own page', `${wwwPage}/deployments/${exampleIds?.deploymentId}`],
] as const)
  test(`a deployment at a PAUSE hook is continued on ${place}`, { skip, timeout: 300_000 }, async (t) => {
    const { url, token } = program!
    const profile = await newBrowserProfile(t, url)
    const bodies = await pauseDeployment(profile)
    const page = await signedInPage(profile, url, token)
    await page.goto(url + path)
    await page.locator('.sentence [data-tone="waiting"]').getByText('Waiting for you after the scale-up.').waitFor()
    await waitForText(page, /Without an answer ECS rolls back on (1 Jan 2099|31 Dec 2098) [\d:]{8}\./)
    const button = page.getByRole('button', { name: 'Continue…' })
    await button.and(page.locator('.primary')).waitFor()
    await button.click()
    const dialog = page.getByRole('dialog', { name: 'Continue the deployment of prod/www' })
    await dialog.getByText('ECS continues the deployment.').waitFor()
    assert.deepEqual(await faultsOfAppearance(page, `dialog-continue-${place.replaceAll(' ', '-')}`), [])
    await dialog.getByText(`ecs-api deployments continue local/prod/www ${exampleIds!.deploymentId}`).waitFor({
      state: 'attached',
    })
    await dialog.getByRole('button', { name: 'Continue', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('The deployment of prod/www continues.').waitFor()
    assert.deepEqual(bodies, [{}])
    // The page reads the deployment again: it has no hook any more.
    await button.waitFor({ state: 'detached' })
  })

test('a viewer sees that a deployment waits, and why it is not theirs to continue', { skip }, async (t) => {
  const { url, newToken } = program!
  const viewer = await newToken({ name: 'hook-reader', role: 'viewer' })
  const profile = await newBrowserProfile(t, url)
  await pauseDeployment(profile)
  const page = await signedInPage(profile, url, viewer)
  await page.goto(url + wwwPage)
  const button = page.getByRole('button', { name: 'Continue…' })
  await button.and(page.locator('[aria-disabled="true"]')).waitFor()
  assert.match((await button.getAttribute('title')) ?? '', /hook-reader does not have the permission change/)
})

test('lists and the overview say that a deployment waits, and the overview continues it', { skip }, async (t) => {
  const { url, token, api } = program!
  const dockerLabels = { 'ecs-api.simulated.pull-delay': '600' }
  await requireSuccess(api.post('/local/taskdefs', webDefinition('slow', { dockerLabels })))
  await requireSuccess(api.post('/local/clusters/prod/services', { name: 'gate', taskDefinition: 'slow', count: 1 }))
  const profile = await newBrowserProfile(t, url)
  await profile.route(/\/v1\/.*\/services\/gate\/deployments\?/, async (route) => {
    const response = await fetchWithoutEtag(route)
    const { items, ...rest } = await response.json()
    const paused = items.map((deployment: object) => ({ ...deployment, ...pausedMembers }))
    await route.fulfill({ response, json: { items: paused, ...rest } })
  })
  await profile.route(/\/services\/gate\/deployments\/.*\/continue\?dryRun=true/, (route) =>
    route.fulfill({ json: plan }),
  )
  const page = await signedInPage(profile, url, token)
  const rowIn = (table: string) =>
    page
      .getByRole('table', { name: table })
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: /^(prod\/)?gate$/ }) })
  const waitingText = (table: string) =>
    rowIn(table).locator('[data-tone="waiting"]').getByText('Waiting for you after the scale-up.')
  await page.goto(`${url}/console/local/services`)
  await waitingText('Services').waitFor()
  await page.goto(url)
  const table = 'Services that need attention'
  await waitingText(table).waitFor()
  await page.getByRole('heading', { level: 1, name: /need(s)? attention/ }).waitFor()
  await rowIn(table).getByRole('button', { name: 'Continue… of gate' }).click()
  await page
    .getByRole('dialog', { name: 'Continue the deployment of prod/gate' })
    .getByText('ECS continues the deployment.')
    .waitFor()
})
