// Open terminals whose clients send broken frames, wrong messages, or nothing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { seededRandom } from '../fuzz/random.ts'
import { randomFrames } from '../fuzz/raw-frames.ts'
import { startScriptedSessions } from '../testing/scripted-sessions.ts'
import { connectTerminal } from '../testing/terminal-client.ts'

const { program, url, path, agents } = await startScriptedSessions()

async function openTerminal() {
  const opened = await program.api.post(path, { command: 'sh' })
  assert.equal(opened.status, 201, opened.text)
  return opened.body as { id: string; url: string }
}

test('broken frames end their terminal and nothing else', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(seed)
    const { url: path } = await openTerminal()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    const head = [
      `GET ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: ecs-api.exec.v1',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    const [first] = (await once(socket, 'data')) as [Buffer]
    assert.match(String(first), /^HTTP\/1\.1 101 /, `seed ${seed}`)
    const channel = await agents.connection()
    channel.output(0, '# ')
    for (let i = 0; i < 3; i++) socket.write(randomFrames(random))
    socket.end()
    // The gateway leaves the session of a client that is gone.
    if (channel.socket.readyState !== channel.socket.CLOSED) await once(channel.socket, 'close')
  }
})

test('a text message that is not a valid size gets a warning, and the terminal stays open', async () => {
  const terminal = connectTerminal(url, (await openTerminal()).url)
  const channel = await agents.connection()
  channel.output(0, '# ')
  await terminal.waitUntilShown(/# /)
  const wrong = ['', '{', 'null', '[]', '{"resize": null}', '{"resize": {"columns": 0, "rows": 1.5}}', '{"exit": {}}']
  for (const text of wrong) terminal.socket.send(text)
  terminal.type('typed')
  for (let sent = ''; sent !== 'typed'; ) sent = (await channel.next()).text
  assert.equal(terminal.warnings.length, wrong.length)
  for (const warning of terminal.warnings) assert.match(warning, /must be \{"resize"/)
  channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
  assert.equal((await terminal.exit).reason, 'CommandEnded')
})

test('a client that causes endless warnings and does not read them is disconnected', async () => {
  const socket = new WebSocket(url.replace('http', 'ws') + (await openTerminal()).url, 'ecs-api.exec.v1')
  const channel = await agents.connection()
  channel.output(0, '# ')
  await once(socket, 'message')
  socket.pause()
  const lost = once(channel.socket, 'close')
  let isLost = false
  lost.then(() => {
    isLost = true
  })
  socket.on('error', () => {})
  while (!isLost) {
    for (let i = 0; i < 1_000; i++) socket.send('x')
    await pause(1)
  }
  socket.terminate()
})

test('a client that does not read stops the output, and gets all of it when it reads again', async () => {
  const socket = new WebSocket(url.replace('http', 'ws') + (await openTerminal()).url, 'ecs-api.exec.v1')
  const channel = await agents.connection()
  let received = 0
  const ended = new Promise<string>((resolve) => {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) received += data.byteLength
      else resolve(String(data))
    })
  })
  socket.pause()
  const chunk = Buffer.alloc(1000)
  const total = 40_000
  /** Resolves when everything that was sent before is in the operating system's buffers. */
  const flushed = () => new Promise((resolve) => channel.socket.ping(undefined, undefined, resolve))
  let sent = 0
  const sending = (async () => {
    for (; sent < total; sent++) {
      channel.output(sent, chunk)
      if (sent % 100 === 0) await flushed()
    }
    channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
  })()
  // 40 MB fit neither into the buffers of the connections nor into the gateway's limit, so sending comes to a stop.
  for (let before = -1; before !== sent; await pause(500)) before = sent
  assert.ok(sent < 0.75 * total, `${sent} of ${total} were sent`)
  socket.resume()
  await sending
  assert.equal(await ended, '{"exit":{"code":null,"reason":"CommandEnded"}}')
  assert.equal(received, total * chunk.length)
})

test('a command that does not read stops the input, and gets all of it when it reads again', async () => {
  const socket = new WebSocket(url.replace('http', 'ws') + (await openTerminal()).url, 'ecs-api.exec.v1')
  const channel = await agents.connection()
  channel.output(0, '# ')
  await once(socket, 'message')
  const chunk = Buffer.alloc(10_240)
  const total = 4_000
  let sent = 0
  const sending = (async () => {
    for (; sent < total; sent++) await new Promise((resolve) => socket.send(chunk, resolve))
  })()
  for (let before = -1; before !== sent; await pause(500)) before = sent
  assert.ok(sent < 0.75 * total, `${sent} of ${total} were sent`)
  let received = 0
  while (received < total * chunk.length) {
    const { type, payloadType, sequence, text } = await channel.next()
    if (type === 'input_stream_data') channel.acknowledge(sequence)
    if (payloadType === 1) received += text.length
  }
  await sending
  channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
  const [end] = await once(socket, 'message')
  assert.equal(String(end), '{"exit":{"code":null,"reason":"CommandEnded"}}')
})
