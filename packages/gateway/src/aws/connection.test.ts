import assert from 'node:assert/strict'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { after, test } from 'node:test'
import { LocalAws } from '@ecs-api/local-aws'
import { startTestProgram } from '../testing/program.ts'
import { createSelfSignedCertificate } from '../testing/self-signed.ts'

// An AWS in this process, reached over TCP with keys that it verifies.
const number = '111122223333'
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const engine = new LocalAws({
  data: ':memory:',
  accounts: [{ number, name: 'remote', ...keys, externalId: 'open:sesame' }],
  verifySignatures: true,
})
await engine.open()
after(() => engine.close())
const { url } = await engine.listen({ host: '127.0.0.1', port: 0 })

async function listenOnFreePort(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  return (server.address() as AddressInfo).port
}

// A proxy that counts its requests: plain (absolute address) and tunnelled (CONNECT).
const proxied = { plain: 0, tunnelled: 0 }
const proxy = createHttpServer((incoming, outgoing) => {
  proxied.plain++
  const forward = httpRequest(incoming.url!, { method: incoming.method, headers: incoming.headers }, (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(forward)
})
proxy.on('connect', (request, socket) => {
  proxied.tunnelled++
  const [host, port] = request.url!.split(':')
  const target = connect(Number(port), host!, () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    target.pipe(socket).pipe(target)
  })
  for (const end of [target, socket]) end.on('error', () => end.destroy())
})
const proxyUrl = `http://127.0.0.1:${await listenOnFreePort(proxy)}`

// The same AWS behind TLS, with a certificate of an authority that is not trusted.
const tls = createSelfSignedCertificate()
const secure = createHttpsServer(tls, (incoming, outgoing) => {
  const forward = httpRequest(
    new URL(incoming.url!, url),
    { method: incoming.method, headers: incoming.headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    },
  )
  incoming.pipe(forward)
})
const secureUrl = `https://localhost:${await listenOnFreePort(secure)}`

const roleArn = `arn:aws:iam::${number}:role/ecs-api`
const account = (name: string, more: object) => ({
  mode: 'aws' as const,
  name,
  region: 'eu-west-1',
  defaults: {},
  endpoint: url,
  credentials: keys,
  ...more,
})
const { api } = await startTestProgram({
  accounts: [
    account('keys', {}),
    account('wrong-keys', { credentials: { ...keys, secretAccessKey: 'wrong' } }),
    account('role', { credentials: { ...keys, roleArn, externalId: 'open:sesame' } }),
    account('wrong-id', { credentials: { ...keys, roleArn, externalId: 'open:barley' } }),
    account('proxied', { proxy: proxyUrl }),
    account('private', { endpoint: secureUrl, ca: tls.cert }),
    account('unknown-authority', { endpoint: secureUrl }),
    account('private-proxied', { endpoint: secureUrl, ca: tls.cert, proxy: proxyUrl }),
  ],
})

/** Lists the clusters of the account. @returns the status, and the code of a problem */
async function statusAndCode(name: string): Promise<[number, string?]> {
  const { status, body } = await api.get(`/${name}/clusters`, { headers: { 'cache-control': 'no-cache' } })
  return body.code ? [status, body.code] : [status]
}

test('an account’s keys sign its calls, and wrong keys give a 503', async () => {
  assert.deepEqual(await statusAndCode('keys'), [200])
  assert.deepEqual(await statusAndCode('wrong-keys'), [503, 'AwsCredentialsRefused'])
})

test('a role is assumed with its external id, at the account’s own endpoint', async () => {
  assert.deepEqual(await statusAndCode('role'), [200])
  assert.deepEqual(await statusAndCode('wrong-id'), [502, 'AwsAccessDenied'])
  const { items } = (await api.get('/accounts')).body
  const role = items.find(({ name }: { name: string }) => name === 'role')
  assert.equal(role.reachable, true, role.reason)
})

test('a configured proxy serves plain endpoints directly and TLS endpoints through a tunnel', async () => {
  for (const through of ['proxied', 'private-proxied']) {
    const before = { ...proxied }
    assert.deepEqual(await statusAndCode(through), [200])
    assert.deepEqual(await statusAndCode(through), [200], 'also on an open connection')
    assert.ok(
      through === 'proxied' ? proxied.plain === before.plain + 2 : proxied.tunnelled >= 1,
      JSON.stringify({ before, proxied }),
    )
  }
})

test('a private authority is trusted only for the account that configures it', async () => {
  assert.deepEqual(await statusAndCode('private'), [200])
  assert.deepEqual(await statusAndCode('unknown-authority'), [503, 'AwsUnreachable'])
})

test('resources of one account do not show in another', async () => {
  assert.equal((await api.post('/keys/clusters', { name: 'remote-away' })).status, 201)
  assert.equal(
    (await api.get('/role/clusters/remote-away')).status,
    200,
    'the same AWS account through other credentials',
  )
  assert.equal((await api.get('/local/clusters/remote-away')).status, 404)
})
