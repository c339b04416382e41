// The short messages of the console: their words, their place, and their end.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const wwwPath = '/local/clusters/prod/services/www'

before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', webDefinition('web'))
  const dockerLabels = { 'ecs-api.simulated.pull-error': 'no such image' }
  await api.post('/local/taskdefs', webDefinition('broken', { dockerLabels }))
  const service = { name: 'www', taskDefinition: 'web', count: 1 }
  const { status, text } = await api.post('/local/clusters/prod/services?wait=STABLE', service)
  assert.equal(status, 201, text)
})

const messageOf = (page: Page) => page.locator('[role=status]').filter({ hasText: /is being|was / })

async function scale(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: 'Scale…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Desired count').fill(String(count))
  await dialog.getByRole('button', { name: /^Scale to/ }).click()
}

test('a message covers nothing of the page and takes no click', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const [count, [width, height]] of [
    [2, [1440, 900]],
    [3, [1280, 800]],
    [4, [390, 844]],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.goto(`${url}/console${wwwPath}`)
    await scale(page, count)
    const message = messageOf(page).getByText(`prod/www is being scaled to ${count} tasks.`, { exact: true })
    await message.waitFor()
    const box = await message.boundingBox()
    assert.ok(box)
    const covered = await page.evaluate<string[]>(`[...document.querySelectorAll(
      'main *, nav *, footer *${width > 700 ? ', header > :not(.space)' : ''}')]
      .filter((part) => !part.matches('.visually-hidden, .visually-hidden *'))
      .filter((part) => { const { x, y, right, bottom } = part.getBoundingClientRect()
        return right > ${box.x} && x < ${box.x + box.width} && bottom > ${box.y} && y < ${box.y + box.height} })
      .map((part) => part.outerHTML.slice(0, 100))`)
    assert.deepEqual(covered, [], `at ${width} px`)
    const point = `${box.x + box.width / 2}, ${box.y + box.height / 2}`
    assert.equal(await page.evaluate(`document.elementFromPoint(${point}).closest('[role=status]')`), null)
    await message.waitFor({ state: 'detached' })
  }
})

test('a message ends when the change that it announced has failed', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console${wwwPath}`)
  await page.getByRole('button', { name: 'Deploy…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/another task definition/).fill('broken')
  const message = messageOf(page).getByText('prod/www is being deployed.')
  // On a busy machine the change fails so soon that the message is gone before the test looks.
  await page.evaluate(`window.shown = ''
    new MutationObserver(() => shown += document.body.textContent)
      .observe(document.body, { subtree: true, childList: true, characterData: true })`)
  // The timer of the message (5 s) does not end it here.
  await dialog.getByRole('button', { name: 'Deploy', exact: true, disabled: false }).waitFor()
  await page.evaluate('window.setTimeout = ((set) => (run, ms) => set(run, ms === 5000 ? 1e9 : ms))(setTimeout)')
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click()
  // A function: the console's policy forbids a text to be evaluated again and again.
  await page.waitForFunction(() => String(Reflect.get(globalThis, 'shown')).includes('prod/www is being deployed.'))
  await waitForText(page, /[1-9]\d* failed/)
  await message.waitFor({ state: 'detached' })
})

test('the dialogs of a stop, a scaling and a deletion name what happens', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const only = { name: 'only', taskDefinition: 'web', count: 1 }
  assert.equal((await api.post('/local/clusters/prod/services?wait=STABLE', only)).status, 201)
  const [{ id }] = (await api.get('/local/clusters/prod/services/only/tasks')).body.items
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/409 \(Conflict\).*clusters\/jobs/] })
  const page = await signedInPage(profile, url, token)
  const dialog = page.getByRole('dialog')
  await page.goto(`${url}/console/local/clusters/prod/tasks/${id}`)
  await page.getByRole('button', { name: 'Stop…' }).click()
  await dialog.getByText('The service prod/only starts another task in its place.').waitFor()
  await dialog.getByLabel('Reason').fill('stuck & slow')
  await dialog.getByText('curl and command line').click()
  await dialog.getByText(`ecs-api stop local/prod/${id} --reason 'stuck & slow'`).waitFor()
  await dialog.getByRole('button', { name: 'Stop the task' }).and(page.locator('.danger')).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('stuck & slow').first().waitFor()
  assert.equal((await api.get(`/local/clusters/prod/tasks/${id}`)).body.stoppedReason, 'stuck & slow')

  await page.goto(`${url}/console/local/clusters/prod/services/only`)
  await scale(page, 4)
  await messageOf(page).getByText('prod/only is being scaled to 4 tasks.').waitFor()
  await page.getByRole('button', { name: 'Restart…' }).click()
  await messageOf(page).getByText('being scaled').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await waitForText(page, /4 of 4 tasks running, steady/)
  await page.getByRole('button', { name: 'Scale…' }).click()
  await dialog.getByLabel('Desired count').fill('1')
  await dialog.getByText('ECS stops 3 tasks of the service only: then 1 task runs.').waitFor()

  // A deletion that is rejected asks for no confirmation: nothing stops a task without a service.
  await api.post('/local/clusters', { name: 'jobs' })
  await api.post('/local/clusters/jobs/tasks?wait=RUNNING', { taskDefinition: 'web' })
  await page.goto(`${url}/console/local/clusters/jobs`)
  await page.getByRole('button', { name: 'Delete…' }).click()
  await dialog.getByText('The plan is rejected.').waitFor()
  assert.equal(await dialog.getByLabel(/to confirm/).count(), 0)
})

test('the message of a creation says so once the service is steady', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/new/service?cluster=prod`)
  await page.getByLabel('A task definition').check()
  await page.getByLabel('Task definition', { exact: true }).fill('web')
  await page.getByLabel('Name', { exact: true }).fill('fresh')
  const create = page.getByRole('button', { name: 'Create', exact: true, disabled: false })
  await create.waitFor()
  await page.evaluate('window.setTimeout = ((set) => (run, ms) => set(run, ms === 5000 ? 1e9 : ms))(setTimeout)')
  await create.click()
  await messageOf(page).getByText('The service fresh was created.', { exact: true }).waitFor()
  await waitForText(page, /tasks? running, steady/)
})

test('the message of a deletion says so when it is done, can be closed and stays on its page', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const services = '/local/clusters/prod/services'
  // The page has left the service before its task has stopped.
  const dockerLabels = { 'ecs-api.simulated.ignore-sigterm': 'true' }
  await api.post('/local/taskdefs', webDefinition('stubborn', { stopTimeout: 4, dockerLabels }))
  const deleteOnPage = async (name: string) => {
    const created = await api.post(`${services}?wait=STABLE`, { name, taskDefinition: 'stubborn', count: 1 })
    assert.equal(created.status, 201, created.text)
    await page.goto(`${url}/console${services}/${name}?do=delete`)
    await page.getByLabel(`Type ${name} to confirm`).fill(name)
    await page.getByRole('button', { name: 'Delete the service' }).and(page.locator('[aria-disabled="false"]')).click()
    await page.getByRole('heading', { name: 'Services', level: 1 }).waitFor()
    await messageOf(page).getByText(`prod/${name} is being deleted.`, { exact: true }).waitFor()
  }
  await deleteOnPage('shortlived')
  await messageOf(page).getByText('prod/shortlived was deleted.', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Close the message' }).click()
  await messageOf(page).waitFor({ state: 'detached' })

  await deleteOnPage('second')
  await messageOf(page).getByText('prod/second was deleted.', { exact: true }).waitFor()
  // Its timer (5 s) does not end it here.
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Clusters' }).click()
  await page.getByRole('heading', { name: 'Clusters', level: 1 }).waitFor()
  assert.equal(await messageOf(page).count(), 0)
})
