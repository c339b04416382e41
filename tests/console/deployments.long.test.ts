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
if (program) await createExampleServices(program)

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
