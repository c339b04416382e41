// The deployments of a service in the console: an empty list is shown only when the list was read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createExampleServices,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))

test('a deployment is called deployed, and its circuit breaker off, on each page', { skip }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const service = `${url}/console/local/clusters/prod/services/www`
  await page.goto(service)
  await page.getByRole('region', { name: 'Tasks by revision' }).getByText('deployed', { exact: true }).waitFor()
  const fact = (name: string) =>
    page.locator('.facts .pair').filter({ has: page.locator('dt').getByText(name, { exact: true }) })
  assert.match(await fact('Circuit breaker').innerText(), /\boff\b/)
  await page.goto(`${service}/deployments/${exampleIds!.deploymentId}`)
  await waitForText(page, /Deployed in/)
  assert.match(await fact('Circuit breaker').innerText(), /\boff$/)
  await page.goto(`${url}/console/admin/audit`)
  await page.getByRole('link', { name: 'deployed', exact: true }).first().waitFor()
})

test('deployments that are loading, or cannot be read, are not called absent', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(
    await newBrowserProfile(t, url, { expectedErrors: [/403 \(Forbidden\)/] }),
    url,
    token,
  )
  const responding = Promise.withResolvers<void>()
  await page.route(/\/deployments\?/, async (route) => {
    await responding.promise
    const problem = { code: 'PermissionMissing', title: 'Forbidden', status: 403, detail: 'Not for this token.' }
    await route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  })
  await page.goto(`${url}/console/local/clusters/prod/services/www/deployments`)
  await waitForText(page, /Loading the deployments\./)
  const isCalledAbsent = () => page.getByText('There is no deployment').isVisible()
  assert.equal(await isCalledAbsent(), false)
  responding.resolve()
  await waitForText(page, /Not for this token\./)
  assert.equal(await isCalledAbsent(), false)
})
