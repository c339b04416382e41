// The console attacked from another port of its host, and by whoever uses the browser next.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { testBrowser } from '../packages/gateway/src/testing/browser.ts'
import { identityProvider } from '../packages/gateway/src/testing/identity-provider.ts'
import { testProgram } from '../packages/gateway/src/testing/program.ts'
import { cannotRun, newProfile } from './console-browser.ts'

const skip = cannotRun
const client = { id: 'ecs-api-console', secret: 'the-secret-of-the-client' }

const provider = skip ? undefined : await identityProvider(client)
after(() => provider?.close())
const rules = [{ claim: 'email', value: '*', role: 'operator' as const }]
const { issuer = '' } = provider ?? {}
const ofClient = { clientId: client.id, clientSecret: client.secret }
const oidc = { issuer, audience: 'ecs-api', ...ofClient, nameClaim: 'email', rules }
const withOidc = skip ? undefined : await testProgram({}, [], undefined, { oidc })

test('a page on another port cannot sign a person in as its owner, and the person can sign in', { skip }, async (t) => {
  const url = new URL((await withOidc!.listen()).url).origin

  const attacker = testBrowser(url)
  const begun = await attacker.fetch('GET', `/session/oidc?key=${'a'.repeat(43)}`)
  const { code, state } = provider!.authorize(begun.headers.get('location')!, { email: 'eve@example.org' })
  const server = createServer((_, response) => {
    response.setHeader('set-cookie', attacker.setCookies)
    response.writeHead(302, { location: `${url}/console/sign-in?code=${code}&state=${state}` }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const evil = `http://127.0.0.1:${(server.address() as { port: number }).port}/`

  const profile = await newProfile(t, url, { expected: [/^request: http:\/\/127\.0\.0\.1:\d+\//, /401 \(Unauth/] })
  provider!.person = { email: 'ada@example.org' }
  const page = await profile.newPage()
  await page.goto(evil)
  await page.getByText('This sign-in was not begun in this browser. Sign in again.').waitFor()
  assert.deepEqual(
    (await profile.cookies(url)).filter(({ name }) => /session/.test(name)),
    [],
  )
  await page.getByRole('button', { name: /^Sign in at/ }).click()
  await page.getByRole('banner').getByText('oidc:ada@example.org').waitFor()
  await page.goto(evil)
  await page.getByRole('banner').getByText('oidc:ada@example.org').waitFor()
  assert.equal(await page.evaluate('localStorage.getItem("ecs-api.oidc-key")'), null)
})
