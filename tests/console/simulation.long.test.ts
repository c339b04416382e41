// Failures of simulated containers by form: a command that is followed, and a menu that no other account has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOfAppearance } from './appearance.ts'
import {
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForPlan,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

test('simulated containers fail by a menu and by a command, and the page says that they are simulated', {
  skip,
}, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.27' }] })
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } }
  const www = { name: 'www', taskDefinition: 'web', count: 1, deploymentConfiguration }
  await api.post('/local/clusters/prod/services?wait=STABLE&fail=true', www)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const path = `${url}/console/local/clusters/prod/services/www`
  const dialog = page.getByRole('dialog')
  const openDeploy = async () => {
    await page.goto(`${path}?do=deploy`)
    await dialog.getByText('Variables, command, ports, health check and size', { exact: true }).first().click()
  }
  const deploy = dialog.getByRole('button', { name: 'Deploy', exact: true, disabled: false })

  await openDeploy()
  const menu = dialog.getByLabel('The simulated container')
  assert.deepEqual(await menu.locator('option').allTextContents(), [
    'runs',
    'exits with a code',
    'has an image that cannot be pulled',
  ])
  await menu.selectOption('exits')
  await dialog.getByLabel('Exit code').fill('7')
  await waitForPlan(page, /One deployment replaces[\s\S]*simulated\.exit-code/)
  await dialog.getByText('Show the 2 calls to the embedded engine').waitFor()
  assert.deepEqual(await faultsOfAppearance(page, 'dialog-deploy-simulation'), [])
  await deploy.click()
  await waitForText(page, /exit code 7/)
  await waitForText(page, /Containers\s*simulated/)

  // The dialog shows another definition as soon as the service is rolled back.
  await waitForText(page, /ECS rolled back to web:1/)
  await openDeploy()
  await dialog.getByLabel('Command').fill('node server.js')
  await waitForPlan(page, /the command of web is not run: its container counts as running/)
  await dialog.getByLabel('Command').fill(`sh -c 'exit 5'`)
  // The menu does not say that a container runs whose command ends it.
  await menu.locator('option:checked').getByText('runs, or ends as its command says').waitFor({ state: 'attached' })
  await waitForPlan(page, /One deployment replaces/)
  await dialog.getByText(/is not run/).waitFor({ state: 'detached' })
  await deploy.click()
  await waitForText(page, /exit code 5/)

  await page.goto(`${url}/console/local/new/service`)
  await page.getByLabel('An image').check()
  await page.getByLabel('Image', { exact: true }).fill('nginx:1.29')
  await page.getByText('Command, health check, size and roles').click()
  await page.getByLabel('The simulated container').selectOption('no-image')
  await page.getByRole('button', { name: 'Create', exact: true, disabled: false }).click()
  await waitForText(page, /The image does not exist/)

  // The log of changes leads to the deployment that a change has made.
  await page.goto(`${url}/console/admin/audit`)
  const failed = page
    .getByRole('row')
    .filter({ hasText: 'changed prod/www' })
    .getByRole('link', { name: /^failed/ })
  assert.match((await failed.first().getAttribute('href')) ?? '', /\/services\/www\/deployments\/./)
})
