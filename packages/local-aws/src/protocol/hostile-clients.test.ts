import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { CreateClusterCommand, ListClustersCommand } from '@aws-sdk/client-ecs'
import { WebSocket } from 'ws'
import type { LocalAwsOptions } from '../options.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]
const authorization = `Authorization: AWS4-HMAC-SHA256 Credential=AKIANOBODY/20261123/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
const listClusters = [
  'Content-Type: application/x-amz-json-1.1',
  'X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters',
]

test('an upgrade with a request target that is not a URL gets a 404', async (t) => {
  const { send, assertEngineResponds } = await startEngine(t)
  for (const target of ['//', '//[', 'http://[', '*', '/nothing/here'])
    assert.match(await send([`GET ${target} HTTP/1.1`, 'Host: localhost', ...upgrade]), /^HTTP\/1\.1 404 /, target)
  await assertEngineResponds()
})

test('a client that resets its connection during an upgrade ends only that connection', async (t) => {
  const { open, assertEngineResponds, faults } = await startEngine(t)
  for (const path of ['/', '/v1/data-channel/ecs-execute-command-0']) {
    for (let i = 0; i < 20; i++) {
      const socket = await open()
      socket.write([`GET ${path} HTTP/1.1`, 'Host: localhost', ...upgrade, '', ''].join('\r\n'))
      if (i % 2 === 0) await once(socket, 'data')
      socket.resetAndDestroy()
    }
  }
  await assertEngineResponds()
  assert.deepEqual(faults, [])
})

test('an engine that verifies no signatures rejects requests that a web page may have sent', async (t) => {
  const { send, port } = await startEngine(t)
  const request = (...headers: string[]) =>
    send(['POST / HTTP/1.1', ...headers, ...listClusters, authorization, 'Content-Length: 2', '', '{}'])
  assert.match(await request('Host: evil.example'), /^HTTP\/1\.1 403 [\s\S]*AccessDeniedException.*--verify/)
  assert.match(await request(`Host: evil.example:${port}`), /^HTTP\/1\.1 403 /)
  assert.match(await request('Host: localhost', 'Origin: https://evil.example'), /^HTTP\/1\.1 403 /)
  assert.match(await request('Host: localhost', 'Origin: null'), /^HTTP\/1\.1 403 /)
  assert.match(
    await send(['GET /v1/data-channel/x HTTP/1.1', 'Host: localhost', 'Origin: http://evil.example', ...upgrade]),
    /^HTTP\/1\.1 403 /,
  )
  for (const host of ['localhost', `LOCALHOST:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'aws.localhost'])
    assert.match(await request(`Host: ${host}`), /^HTTP\/1\.1 200 /, host)
})

test('an engine that verifies signatures accepts any Host: the signature covers it', async (t) => {
  const { send } = await startEngine(t, { verifySignatures: true })
  const response = await send([
    'POST / HTTP/1.1',
    'Host: aws.example',
    ...listClusters,
    authorization,
    'Content-Length: 2',
    '',
    '{}',
  ])
  assert.match(response, /UnrecognizedClientException/)
})

test('a request without credentials is answered before its body arrives', async (t) => {
  const { send } = await startEngine(t)
  const head = ['POST / HTTP/1.1', 'Host: localhost', ...listClusters, 'Content-Length: 8000000']
  assert.match(await send([...head, '', '{']), /MissingAuthenticationTokenException/)
  assert.match(await send([...head, 'Authorization: AWS4-HMAC-SHA256 x', '', '{']), /IncompleteSignatureException/)
  const verifying = await startEngine(t, { verifySignatures: true })
  assert.match(await verifying.send([...head, authorization, '', '{']), /UnrecognizedClientException/)
})

test('a client that ends its body early causes no unexpected error in the engine', async (t) => {
  const { open, assertEngineResponds, faults } = await startEngine(t)
  const head = ['POST / HTTP/1.1', 'Host: localhost', ...listClusters, authorization]
  for (const rest of [
    ['Content-Length: 10', '', '{'],
    ['Transfer-Encoding: chunked', '', '5\r\n{'],
  ]) {
    for (const end of ['resetAndDestroy', 'end'] as const) {
      const socket = await open()
      socket.on('error', () => {}).write([...head, 'Expect: 100-continue', ...rest].join('\r\n'))
      // The engine has read the head and waits for the body.
      await once(socket, 'data')
      socket[end]()
      await once(socket, 'close')
    }
  }
  await assertEngineResponds()
  assert.deepEqual(faults, [])
})

test('the total bytes of bodies being read are bounded', async (t) => {
  const { open, assertEngineResponds } = await startEngine(t)
  const body = Buffer.alloc(8_000_000, ' ')
  const sockets = await Promise.all(Array.from({ length: 12 }, open))
  const rejected = sockets.map(async (socket) => {
    socket.write(
      ['POST / HTTP/1.1', 'Host: localhost', ...listClusters, authorization, 'Content-Length: 8000001', '', ''].join(
        '\r\n',
      ),
    )
    socket.write(body)
    const [first] = await once(socket, 'data')
    return String(first)
  })
  assert.match(await Promise.any(rejected), /^HTTP\/1\.1 503 [\s\S]*ServiceUnavailableException/)
  for (const socket of sockets) socket.destroy()
  await assertEngineResponds()
})

test('sockets that have not sent their token are bounded', async (t) => {
  const { url } = await startEngine(t)
  const sockets = Array.from({ length: 100 }, () => new WebSocket(`${url.replace('http', 'ws')}/v1/data-channel/x`))
  t.after(() => sockets.forEach((socket) => void socket.terminate()))
  await Promise.all(sockets.map((socket) => once(socket, 'open')))
  const oneTooMany = new WebSocket(`${url.replace('http', 'ws')}/v1/data-channel/x`)
  const [code] = await once(oneTooMany, 'close')
  assert.equal(code, 1013)
  sockets[0]!.terminate()
  await waitUntil(async () => {
    const another = new WebSocket(`${url.replace('http', 'ws')}/v1/data-channel/x`)
    await once(another, 'open')
    another.send('{"TokenValue":"wrong"}')
    const [closedWith] = await once(another, 'close')
    return closedWith === 1008
  })
})

async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue()));
}

async function startEngine(t: TestContext, options: Partial<LocalAwsOptions> = {}) {
  const faults: unknown[] = []
  const { aws, ecs } = await openTestEngine(t, { ...options, onUnexpectedError: (error) => faults.push(error) })
  const { url } = await aws.listen()
  const port = Number(new URL(url).port)
  const openSocket = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return {
    url,
    port,
    faults,
    open: openSocket,
    /** Returns the first bytes of the response to these lines; an empty line ends the head. */
    send: async (lines: string[]): Promise<string> => {
      const socket = await openSocket()
      socket.write(lines.includes('') ? lines.join('\r\n') : [...lines, '', ''].join('\r\n'))
      let text = ''
      for await (const chunk of socket) {
        text += chunk
        if (/\r\n\r\n[\s\S]+/.test(text) || text.includes('content-length: 0')) break
      }
      return text
    },
    assertEngineResponds: async () => {
      await ecs.send(new CreateClusterCommand({ clusterName: 'up' }))
      assert.equal((await ecs.send(new ListClustersCommand({}))).clusterArns?.length, 1)
    },
  }
}
