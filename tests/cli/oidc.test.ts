// `ecs-api login --oidc` signs a person in at the identity provider that the gateway names.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { startIdentityProvider } from '../../packages/gateway/src/testing/identity-provider.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const provider = await startIdentityProvider({ id: 'ecs-api-console', secret: 'unused' })
after(() => provider.close())
const rules = [{ claim: 'groups', value: 'team-*', role: 'operator' as const }]
const oidc = { issuer: provider.issuer, audience: 'ecs-api', clientId: 'ecs-api-console', nameClaim: 'email', rules }
const { listen } = await startTestProgram({ oidc })
const { url } = await listen()

test('login --oidc shows an address and a code, waits, and stores the id token', async () => {
  const cli = cliWithHome(newFolder())
  let shown = ''
  const enterCode = (text: string) => {
    shown += text
    const [, entered] = /The code is ([0-9a-f]+)\./.exec(shown) ?? []
    if (entered !== undefined) provider.approveDevice(entered, { email: 'ada@example.org', groups: ['team-web'] })
  }
  const { code, stdout, stderr } = await cli(['login', url, '--name', 'people', '--oidc'], {
    onStart: (child) => child.stderr!.on('data', (chunk) => enterCode(String(chunk))),
  })
  assert.match(stderr, new RegExp(`Open ${provider.issuer}/enter in a browser`))
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^Signed in to http\S+ as oidc:ada@example\.org \(operator\), profile people\.$/m)
  assert.match((await cli(['whoami'])).stdout, /^token +oidc:ada@example\.org \(profile people\)$/m)
})

test('Ctrl-C while login --oidc waits, for the person or for the provider: 130, and nothing is stored', async () => {
  const cli = cliWithHome(newFolder())
  const waits = await cli(['login', url, '--name', 'people', '--oidc'], { signalAfter: /Waiting for you/ })
  assert.equal(waits.code, 130, waits.stderr)
  assert.match(waits.stderr, /\nInterrupted\.\n$/)
  assert.equal((await cli(['whoami', '--profile', 'people'])).code, 2)
  const { promise: asked, resolve: onRequest } = Promise.withResolvers<void>()
  const silent = createServer(() => onRequest())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  after(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const issuer = `http://127.0.0.1:${(silent.address() as { port: number }).port}`
  const gateway = await startTestProgram({ oidc: { ...oidc, issuer } })
  const hangs = await cli(['login', (await gateway.listen()).url, '--oidc'], {
    onStart: (child) => void asked.then(() => child.kill('SIGINT')),
  })
  assert.deepEqual([hangs.code, hangs.stderr], [130, 'Interrupted.\n'])
})

test('a gateway without an identity provider says how to sign in', async () => {
  const plain = await startTestProgram()
  const home = newFolder()
  const { code, stderr } = await cliWithHome(home)(['login', (await plain.listen()).url, '--oidc'])
  assert.equal(code, 3)
  assert.match(stderr, /no identity provider for people\.\nSign in with a token: ecs-api login URL/)
})
