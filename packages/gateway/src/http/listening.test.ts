/** The HTTP server's network settings: origins, proxies, rates, TLS. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { test } from 'node:test'
import { newFolder, startGatewayProcess } from '../testing/process.ts'
import { startTestProgram } from '../testing/program.ts'
import { createSelfSignedCertificate } from '../testing/self-signed.ts'
import { unlimitedHttp } from '../testing/test-server.ts'

const plain = await startTestProgram()
const portal = 'https://portal.example.org'

test('pages of other origins can read responses only when their origin is configured', async () => {
  const closed = await plain.api.get('/accounts', { headers: { origin: portal } })
  assert.deepEqual([closed.status, closed.headers['access-control-allow-origin']], [200, undefined])
  const { api } = await startTestProgram({ http: { ...unlimitedHttp, cors: { origins: [portal] } } })
  const read = await api.get('/accounts', { headers: { origin: portal } })
  assert.equal(read.headers['access-control-allow-origin'], portal)
  const readable = [
    ...['Location', 'Link', 'ETag', 'Age', 'Retry-After', 'X-Request-Id', 'Idempotent-Replayed'],
    ...['Ecs-Api-Stale', 'Ecs-Api-Deployment', 'Server-Timing'],
  ]
  assert.deepEqual(read.headers['access-control-expose-headers']?.split(/, ?/), readable)
  assert.equal(
    (await api.get('/accounts', { headers: { origin: 'https://elsewhere.example' } })).headers[
      'access-control-allow-origin'
    ],
    undefined,
  )
  const problem = await api.get('/none/clusters', { headers: { origin: portal } })
  assert.deepEqual([problem.status, problem.headers['access-control-allow-origin']], [404, portal])
})

test('a preflight needs no token', async () => {
  const { app } = await startTestProgram({ http: { ...unlimitedHttp, cors: { origins: [portal] } } })
  const headers = {
    origin: portal,
    'access-control-request-method': 'PATCH',
    'access-control-request-headers': 'authorization,content-type',
  }
  const answer = await app.inject({ method: 'OPTIONS', url: '/v1/ecs/local/clusters/prod', headers })
  assert.equal(answer.statusCode, 204, answer.body)
  assert.match(String(answer.headers['access-control-allow-methods']), /PATCH/)
  assert.equal(answer.headers['access-control-allow-headers'], 'authorization,content-type')
})

test('a token that exceeds its rate gets a 429 with Retry-After, and other tokens do not', async () => {
  const { api, newToken } = await startTestProgram({
    http: { ...unlimitedHttp, rateLimit: { requests: 20, seconds: 60 } },
  })
  const busy = { headers: { authorization: `Bearer ${await newToken({ name: 'busy', role: 'viewer' })}` } }
  for (let i = 0; i < 20; i++) assert.equal((await api.get('/accounts', busy)).status, 200)
  const rejected = await api.get('/accounts', busy)
  assert.deepEqual([rejected.status, rejected.body.code], [429, 'RateLimitExceeded'])
  assert.ok(Number(rejected.headers['retry-after']) > 50 && Number(rejected.headers['retry-after']) <= 60)
  assert.equal((await api.get('/accounts')).status, 200)
  assert.equal((await api.get('/healthz', busy)).status, 200)
})

test('only a trusted proxy’s X-Forwarded-For sets the client’s address', async () => {
  const behind = await startTestProgram({ http: { ...unlimitedHttp, trustProxy: ['127.0.0.0/8'] } })
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  for (const { program, source } of [
    { program: behind, source: '203.0.113.7' },
    { program: plain, source: '127.0.0.1' },
  ]) {
    await program.api.put('/local/clusters/prod', {}, { headers })
    assert.equal((await program.api.get('/audit')).body.items[0].source, source)
  }
})

test('every response forbids framing, type sniffing and referrers', async () => {
  for (const path of ['/accounts', '/none/clusters', '/healthz']) {
    const { headers } = await plain.api.get(path)
    assert.deepEqual(
      [headers['x-frame-options'], headers['x-content-type-options'], headers['referrer-policy']],
      ['DENY', 'nosniff', 'no-referrer'],
      path,
    )
  }
})

test('with a certificate the service speaks TLS, and loads a new certificate on SIGHUP', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const [first, second] = [createSelfSignedCertificate(), createSelfSignedCertificate()]
  const install = async ({ cert, key }: typeof first) => {
    await writeFile(join(folder, 'cert.pem'), cert)
    await writeFile(join(folder, 'key.pem'), key)
  }
  await install(first)
  const account = { mode: 'local', runtime: 'simulated' }
  await writeFile(
    join(folder, 'ecs-api.yaml'),
    JSON.stringify({ tls: { cert: 'file:cert.pem', key: 'file:key.pem' }, accounts: { local: account } }),
  )
  const service = await startGatewayProcess({ folder })
  t.after(() => service.child.kill('SIGKILL'))
  assert.match(service.url, /^https:/)
  const sendRequest = async (path: string, ca: string) => {
    const { port } = new URL(service.url)
    const headers = { authorization: `Bearer ${service.token}` }
    const [answer] = await once(
      request({ host: '127.0.0.1', servername: 'localhost', port, path, headers, ca, agent: false }).end(),
      'response',
    )
    return answer as IncomingMessage
  }
  const get = async (ca: string) => (await sendRequest('/healthz', ca)).resume()
  const accountNames = async () => {
    const { items } = (await json(await sendRequest('/v1/ecs/accounts', second.cert))) as { items: { name: string }[] }
    return items.map(({ name }) => name)
  }
  const answer = await get(first.cert)
  assert.deepEqual([answer.statusCode, answer.headers['strict-transport-security']], [200, 'max-age=31536000'])
  await assert.rejects(get(second.cert))
  await install(second)
  service.child.kill('SIGHUP')
  await service.waitForOutput(/the configuration was read again/)
  assert.equal((await get(second.cert)).statusCode, 200)
  await assert.rejects(get(first.cert))
  // A key that does not match the certificate is rejected together with all other changes.
  await install({ cert: first.cert, key: second.key })
  const configuration = (accounts: object) =>
    JSON.stringify({ tls: { cert: 'file:cert.pem', key: 'file:key.pem' }, accounts })
  await writeFile(join(folder, 'ecs-api.yaml'), configuration({ local: account, another: account }))
  service.child.kill('SIGHUP')
  await service.waitForOutput(/the configuration is refused, the old one is kept/)
  assert.equal((await get(second.cert)).statusCode, 200)
  assert.deepEqual(await accountNames(), ['local'])
})
