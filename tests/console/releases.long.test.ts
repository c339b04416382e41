// The releases of a service: a rollback starts from the release that it restores, and its result names the image of
// that release.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
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
const servicesPath = '/local/clusters/prod/services'
const wwwPage = '/console/local/clusters/prod/services/www'

/** Release 1 has nginx:1.29, release 2 nginx:1.30, release 3 fails and is rolled back. */
before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', webDefinition('web'))
  const dockerLabels = { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '3' }
  await api.post('/local/taskdefs', webDefinition('crash', { image: 'nginx:broken', dockerLabels }))
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  const body = { name: 'www', taskDefinition: 'web', count: 1, deploymentConfiguration }
  const created = await api.post(`${servicesPath}?wait=STABLE&fail=true`, body)
  assert.equal(created.status, 201, created.text)
  await api.patch(`${servicesPath}/www?wait=STABLE&fail=true`, { containers: { web: { image: 'nginx:1.30' } } })
  await api.patch(`${servicesPath}/www?wait=STABLE`, { taskDefinition: 'crash' })
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { ...body, name: 'one' })
  await api.patch(`${servicesPath}/one?wait=STABLE`, { taskDefinition: 'crash' })
})

test('any two releases are compared, and a deployment names its release', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await t.test('a deployment has its release, images, failed tasks and time', async () => {
    await page.goto(`${url}${wwwPage}/deployments`)
    const failed = page
      .getByRole('table', { name: 'Deployments' })
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: 'crash:1', exact: true }) })
    const cell = (title: string) => failed.locator(`[data-title="${title}"]`).innerText()
    await failed.getByText('image nginx:broken, docker labels', { exact: true }).waitFor()
    assert.equal(await cell('Release'), '3')
    assert.match(await cell('Failed tasks'), /^[1-9]/)
    assert.match(await cell('Took'), /^\d+ (s|min)$/)
    assert.equal(await cell('Status'), 'Failed, rolled back: container web: exit code 3.')
    await failed.getByRole('link', { name: 'crash:1' }).click()
    await page.getByRole('heading', { name: 'crash:1', level: 1 }).waitFor()
  })
  await t.test('the address changes with the chosen releases', async () => {
    await page.goto(`${url}${wwwPage}/releases/1/diff/2`)
    await waitForText(page, /nginx:1\.30/)
    await page
      .getByLabel('with', { exact: true })
      .selectOption('release 3 (failed): image nginx:broken, docker labels, crash:1')
    await page.getByRole('heading', { name: 'Release 1 compared with 3', level: 1 }).waitFor()
    // The comparison offers no rollback to the failed release.
    await page.getByRole('link', { name: 'Roll back to release 1…' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Roll back to release 3' }).count(), 0)
    await page
      .getByRole('region', { name: 'Differences' })
      .getByText(/nginx:broken/)
      .first()
      .waitFor()
    await page.getByLabel('Compare', { exact: true }).selectOption('2')
    await page
      .getByRole('region', { name: 'Differences' })
      .getByText(/nginx:1\.30/)
      .first()
      .waitFor()
    assert.equal(new URL(page.url()).pathname, `${wwwPage}/releases/2/diff/3`)
    await page.getByLabel('Compare', { exact: true }).selectOption('3')
    await waitForText(page, /This is one release/)
    await page.goBack()
    await page.getByRole('heading', { name: 'Release 2 compared with 3', level: 1 }).waitFor()
  })
})

test('hidden values are shown on request, between releases and in plans', { skip }, async (t) => {
  const { url, token, api } = program!
  const container = { environment: { LEVEL: 'debug' }, command: ['sleep', '10'] }
  await api.post('/local/taskdefs', webDefinition('hidden', container))
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'hides', taskDefinition: 'hidden', count: 1 })
  const change = { environment: { LEVEL: 'info' }, command: ['sleep', '20'] }
  await api.patch(`${servicesPath}/hides?wait=STABLE&fail=true`, { containers: { web: change } })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const changeOf = (field: string) => page.locator('.pair').filter({ hasText: field })
  await page.goto(`${url}/console${servicesPath}/hides/releases/1/diff/2`)
  await changeOf('Command of web').getByText('(hidden): 1 of 2 words differ').waitFor()
  await page.getByRole('button', { name: 'Show the values' }).click()
  await changeOf('Command of web').getByText('["sleep","10"]').waitFor()
  await changeOf('Command of web').getByText('["sleep","20"]').waitFor()
  await changeOf('Variable LEVEL of web').getByText('debug').waitFor()
  await changeOf('Variable LEVEL of web').getByText('info').waitFor()

  // The choice is one for all plans and comparisons in this tab, also after the page is loaded again.
  await page.goto(`${url}/console${servicesPath}/hides?do=rollback`)
  const dialog = page.getByRole('dialog')
  await dialog.locator('.change-from').getByText('info').waitFor()
  await page.goto(`${url}/console${servicesPath}/hides?do=deploy`)
  await dialog.getByText('Variables, command, ports, health check and size', { exact: true }).first().click()
  await dialog.getByLabel('Environment').fill('LEVEL=trace')
  await dialog.locator('.pair').filter({ hasText: 'Variable LEVEL of' }).getByText('trace').waitFor()
  await dialog.getByRole('button', { name: 'Hide the values' }).click()
  await dialog
    .locator('.pair')
    .filter({ hasText: 'Variable LEVEL of' })
    .getByText('trace')
    .waitFor({ state: 'detached' })
  await page.goto(`${url}/console${servicesPath}/hides/releases/1/diff/2`)
  await changeOf('Variable LEVEL of web').getByText('(hidden)').first().waitFor()
  await page.getByRole('button', { name: 'Show the values' }).click()
  await changeOf('Variable LEVEL of web').getByText('debug').waitFor()

  // Another tab has a choice of its own, and a sign-out ends it.
  const otherTab = await page.context().newPage()
  await otherTab.goto(page.url())
  await otherTab.getByRole('button', { name: 'Show the values' }).waitFor()
  await page.locator('.menu > summary').filter({ hasText: 'admin' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await changeOf('Variable LEVEL of web').getByText('(hidden)').first().waitFor()
})

test('a rollback starts from the release that it restores', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const row = (release: number) =>
    page
      .getByRole('table', { name: 'Releases' })
      .getByRole('row')
      .filter({ has: page.locator('td:first-child', { hasText: new RegExp(`^${release}(?!\\d)`) }) })
  const dialog = page.getByRole('dialog', { name: 'Roll back prod/www' })
  await t.test('a release that failed is marked, and its dialog warns', async () => {
    await page.goto(`${url}${wwwPage}/deployments`)
    await row(3).getByText('failed', { exact: true }).waitFor()
    await row(3)
      .getByRole('link', { name: /^Roll back…/ })
      .click()
    await dialog.getByText(/Release 3 failed when it was deployed/).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
  await t.test('after the rollback of ECS the newest stable release that does not run is chosen', async () => {
    await page.goto(`${url}${wwwPage}`)
    await page.getByRole('button', { name: 'Roll back…' }).click()
    await dialog.getByText('Release 1 (the newest stable one)').waitFor({ state: 'attached' })
    assert.equal(await dialog.getByLabel('Release').inputValue(), '1')
    await page.keyboard.press('Escape')
  })
  await t.test('where the last stable release runs, the dialog says so and chooses none that failed', async () => {
    await page.goto(`${url}/console/local/clusters/prod/services/one`)
    await page.getByRole('button', { name: 'Roll back…' }).click()
    const ofOne = page.getByRole('dialog', { name: 'Roll back prod/one' })
    await ofOne.getByText('Release 1, the last stable one, runs already.').waitFor()
    assert.equal(await ofOne.getByLabel('Release').inputValue(), '')
    const button = ofOne.getByRole('button', { name: 'Roll back', exact: true })
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await page.keyboard.press('Escape')
  })
  await t.test('the comparison of two releases leads to the rollback', async () => {
    await page.goto(`${url}${wwwPage}/releases/1/diff/2`)
    await page.getByRole('link', { name: 'prod', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Roll back to release 1…' }).click()
    await dialog.waitFor()
    assert.equal(await dialog.getByLabel('Release').inputValue(), '1')
  })
  await t.test('the restored release has the name of its image, and says what it restores', async () => {
    await dialog.getByRole('region', { name: 'Plan' }).waitFor()
    await dialog.getByRole('button', { name: /^Roll back to release/ }).click()
    await dialog.waitFor({ state: 'detached' })
    await waitForText(page, /restores release 1/)
    await waitForText(page, /Image\s*nginx:1\.29/)
    await page.getByRole('link', { name: 'Deployments and releases' }).click()
    await row(4).getByText('restores release 1').waitFor()
    await row(4).getByText('nginx:1.29', { exact: true }).waitFor()
    assert.doesNotMatch(await page.getByRole('main').innerText(), /[0-9a-f]{64}/)
  })
  await t.test('after the rollback the dialog does not propose a release that the rollback left', async () => {
    await page.goto(`${url}${wwwPage}`)
    await page.getByRole('button', { name: 'Roll back…' }).click()
    await dialog.getByText('Release 1 was restored, and no release before it was stable. Choose one.').waitFor()
    assert.equal(await dialog.getByLabel('Release').inputValue(), '')
  })
  await t.test('a restart of the restored release keeps the name of its image', async () => {
    await page.keyboard.press('Escape')
    assert.equal((await api.post(`${servicesPath}/www/restart?wait=STABLE`, {})).status, 200)
    await waitForText(page, /Image\s*nginx:1\.29/)
    await page.getByRole('link', { name: 'Deployments and releases' }).click()
    await row(5).getByText('restart', { exact: true }).waitFor()
    await row(5).getByText('nginx:1.29', { exact: true }).waitFor()
  })
})

test('releases of one image can be told apart by how they differ', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/taskdefs', webDefinition('kinds', { environment: { LEVEL: 'debug' } }))
  const kinds = `${servicesPath}/kinds`
  await api.post(`${servicesPath}?wait=STABLE&fail=true`, { name: 'kinds', taskDefinition: 'kinds', count: 1 })
  for (const container of [{ environment: { LEVEL: 'info' } }, { command: ['nginx', '-g', 'daemon off;'] }])
    await api.patch(`${kinds}?wait=STABLE&fail=true`, { containers: { web: container } })
  await api.post(`${kinds}/restart?wait=STABLE&fail=true`, {})
  await api.post(`${kinds}/rollback?wait=STABLE&fail=true`, { release: 2 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/services/kinds/deployments`)
  const changes = ['restores release 2', 'restart', 'command', 'LEVEL', 'first release']
  for (const table of ['Deployments', 'Releases']) {
    const cells = page.getByRole('table', { name: table }).locator('td[data-title="Change"]')
    await cells.filter({ hasText: 'LEVEL' }).waitFor()
    assert.deepEqual(await cells.allTextContents(), changes)
  }
  await page.getByRole('button', { name: 'Roll back…' }).click()
  const options = page.getByRole('dialog').getByLabel('Release').locator('option')
  await options.filter({ hasText: ': command, kinds:3, nginx:1.29' }).waitFor({ state: 'attached' })
  assert.deepEqual(
    (await options.allTextContents())
      .filter((text) => text.startsWith('Release'))
      .map((text) => text.replace(/ \(.*?\)/, '')),
    [
      'Release 4: restart, kinds:3, nginx:1.29',
      'Release 3: command, kinds:3, nginx:1.29',
      'Release 2: LEVEL, kinds:2, nginx:1.29',
      'Release 1: first release, kinds:1, nginx:1.29',
    ],
  )
})
