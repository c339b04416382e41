/** Abusive clients: their cost is bounded, and other clients are still served. ABUSE=full sends more of everything. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { newFolder, startGatewayProcess } from '../testing/process.ts'

const isFullRun = process.env.ABUSE === 'full'
const { folder, remove } = await newFolder()
const service = await startGatewayProcess({ folder })
after(async () => {
  service.child.kill('SIGKILL')
  await service.exit
  await remove()
})
const { port } = new URL(service.url)
const auth = `Authorization: Bearer ${service.token}`

/** Resident memory in MiB. */
function memory(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.child.pid}/status`, 'utf8'))![1]) / 1024
}

async function assertServed(): Promise<void> {
  const answer = await fetch(`${service.url}/v1/ecs/local/clusters`, {
    headers: { authorization: `Bearer ${service.token}` },
    signal: AbortSignal.timeout(5_000),
  })
  assert.equal(answer.status, 200)
  await answer.text()
}

async function openSocket(): Promise<Socket> {
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

function waitUntilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))
}

/** Writes until the server stops reading or closes. */
async function writeUntilClosed(socket: Socket, chunk: string | Buffer, times: number): Promise<void> {
  for (let i = 0; i < times && socket.writable; i++) {
    if (!socket.write(chunk))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), waitUntilClosed(socket)])
  }
}

/** Collects the response until the server ends it. */
async function answerOn(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  await waitUntilClosed(socket)
  return text
}

test('idle connections cost little memory, and other clients are still served', async () => {
  const count = isFullRun ? 10_000 : 2_000
  const before = memory()
  const sockets: Socket[] = []
  for (let i = 0; i < count; i += 100) sockets.push(...(await Promise.all(Array.from({ length: 100 }, openSocket))))
  await assertServed()
  const each = ((memory() - before) * 1024) / count
  assert.ok(each < 40, `${each.toFixed(1)} KiB a connection`)
  for (const socket of sockets) socket.destroy()
  await assertServed()
})

test('a request sent in tiny pieces is ended in time', { timeout: 120_000 }, async (t) => {
  const trickling = await Promise.all(Array.from({ length: isFullRun ? 500 : 50 }, openSocket))
  const timers = trickling.map((socket) => {
    socket.write(`POST /v1/ecs/local/clusters HTTP/1.1\r\nHost: x\r\n${auth}\r\n`)
    return setInterval(() => socket.writable && socket.write('X-A: b\r\n'), 500)
  })
  t.after(() => timers.map(clearInterval))
  await assertServed()
  const answers = await Promise.all(trickling.map(answerOn))
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*"code":"RequestTimeout"/)
})

test('a body of 100 MB is rejected before it is read', async () => {
  const before = memory()
  const socket = await openSocket()
  const answer = answerOn(socket)
  socket.write(
    `POST /v1/ecs/local/clusters HTTP/1.1\r\nHost: x\r\n${auth}\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n`,
  )
  await writeUntilClosed(socket, Buffer.alloc(1024 * 1024, 32), 100)
  assert.match(await answer, /^HTTP\/1\.1 413 [\s\S]*"code":"BodyTooLarge"/)
  assert.ok(memory() - before < 50, `${memory() - before} MiB`)
  await assertServed()
})

test('an endless body without a length is rejected with a 413', async () => {
  const socket = await openSocket()
  const answer = answerOn(socket)
  socket.write(
    `POST /v1/ecs/local/clusters HTTP/1.1\r\nHost: x\r\n${auth}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  )
  await writeUntilClosed(socket, `10000\r\n${' '.repeat(65536)}\r\n`, 1000)
  assert.match(await answer, /^HTTP\/1\.1 413 /)
  await assertServed()
})

test('deeply nested JSON gets a 400, not a stack overflow', async () => {
  const depth = 500_000
  for (const body of [
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
    `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`,
    '['.repeat(depth),
  ]) {
    const headers = {
      authorization: `Bearer ${service.token}`,
      'content-type': 'application/json',
      'idempotency-key': `deep-${body.length}`,
    }
    const answer = await fetch(`${service.url}/v1/ecs/local/clusters`, { method: 'POST', headers, body })
    assert.equal(answer.status, 400, await answer.text())
  }
  await assertServed()
})

test('a flood of headers gets a 431', async () => {
  for (const flood of [`X-A: ${'a'.repeat(20_000)}\r\n`, 'X-A: b\r\n'.repeat(5_000)]) {
    const socket = await openSocket()
    const answer = answerOn(socket)
    socket.write(`GET /v1/ecs/local/clusters HTTP/1.1\r\nHost: x\r\n${auth}\r\n${flood}\r\n`)
    assert.match(await answer, /^HTTP\/1\.1 431 [\s\S]*"code":"HeadersTooLarge"/)
  }
  await assertServed()
})
