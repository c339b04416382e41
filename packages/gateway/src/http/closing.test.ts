/** Shutting down a server with open connections: only requests in progress delay it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { newFolder, startGatewayProcess } from '../testing/process.ts'
import { createSelfSignedCertificate } from '../testing/self-signed.ts'

/** Starts a gateway in a process of its own. */
async function startGateway(t: TestContext, tls?: ReturnType<typeof createSelfSignedCertificate>) {
  const { folder, remove } = await newFolder()
  t.after(remove)
  if (tls) for (const kind of ['cert', 'key'] as const) await writeFile(join(folder, `${kind}.pem`), tls[kind])
  const configuration = {
    ...(tls && { tls: { cert: 'file:cert.pem', key: 'file:key.pem' } }),
    accounts: { local: { mode: 'local', runtime: 'simulated' } },
  }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify(configuration))
  const service = await startGatewayProcess({ folder })
  t.after(() => service.child.kill('SIGKILL'))
  return service
}

/** Waits until the socket has emitted the event, and destroys it after the test. */
async function waitUntilOpen(t: TestContext, socket: Socket, event = 'connect'): Promise<Socket> {
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, event)
  return socket
}

/** Sends SIGTERM, and asserts that the gateway exits within this time. */
async function assertEndsWithin(service: Awaited<ReturnType<typeof startGateway>>, ms: number): Promise<void> {
  const began = performance.now()
  service.child.kill('SIGTERM')
  assert.deepEqual(await service.exit, { code: 0, signal: null })
  const tookMs = performance.now() - began
  assert.ok(tookMs < ms, `it took ${Math.round(tookMs)} ms`)
}

test('idle connections do not delay the shutdown, and half a request delays it only briefly', async (t) => {
  const service = await startGateway(t)
  const port = Number(new URL(service.url).port)
  for (let i = 0; i < 3; i++) await waitUntilOpen(t, connect(port, '127.0.0.1'))
  const half = await waitUntilOpen(t, connect(port, '127.0.0.1'))
  half.write('GET /healthz HTTP/1.1\r\nHost: ')
  await (await fetch(`${service.url}/healthz`)).text()
  await assertEndsWithin(service, 5_000)
})

test('open TLS connections, also unfinished handshakes, do not delay the shutdown', async (t) => {
  const tls = createSelfSignedCertificate()
  const service = await startGateway(t, tls)
  const port = Number(new URL(service.url).port)
  await waitUntilOpen(t, connect(port, '127.0.0.1'))
  const handshaking = await waitUntilOpen(t, connect(port, '127.0.0.1'))
  handshaking.write(Buffer.from([22, 3, 1]))
  const half = await waitUntilOpen(
    t,
    connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: tls.cert }),
    'secureConnect',
  )
  half.write('GET /healthz HT')
  const silent = await waitUntilOpen(
    t,
    connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: tls.cert }),
    'secureConnect',
  )
  silent.resume()
  await assertEndsWithin(service, 5_000)
})
