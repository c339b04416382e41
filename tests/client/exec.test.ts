// Terminals and commands through the client, by the global WebSocket and by that of the package ws.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket as PausableWebSocket, WebSocketServer } from 'ws'
import { createClient, isProblem, type Terminal } from '../../packages/client/src/index.ts'
import { startScriptedSessions } from '../../packages/gateway/src/testing/scripted-sessions.ts'

const { program, url, agents } = await startScriptedSessions()
const task = 'prod/0123456789abcdef0123456789abcdef'
const socketClasses = { global: undefined, ws: PausableWebSocket as unknown as typeof WebSocket }
const clientWith = (name: keyof typeof socketClasses) => {
  const socketClass = socketClasses[name]
  return createClient({ url, token: program.token, ...(socketClass && { WebSocket: socketClass }) }).account('remote')
}

/** Reads the output until it matches the pattern or ends. */
async function readOutput(terminal: Terminal, until: RegExp): Promise<string> {
  const reader = terminal.readable.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!until.test(text)) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  reader.releaseLock()
  return text
}

/** A gateway that opens a session for each request, but no WebSocket, and a client of it. */
async function gatewayWithoutSockets(name: keyof typeof socketClasses) {
  const server = createServer((_, response) => {
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"a1b2","url":"/terminal/secret"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const socketClass = socketClasses[name]
  const client = createClient({ url: address, ...(socketClass && { WebSocket: socketClass }) }).account('remote')
  return { server, client }
}

/** Opens a terminal whose gateway the test plays: `peer` is the gateway's end of the WebSocket. */
async function scriptedTerminal(name: keyof typeof socketClasses) {
  const { server, client } = await gatewayWithoutSockets(name)
  const peers = new WebSocketServer({ server })
  after(() => {
    for (const peer of peers.clients) peer.terminate()
  })
  const connected = once(peers, 'connection') as Promise<[PausableWebSocket]>
  const terminal = await client.tasks.exec(task, { command: 'sh' })
  return { terminal, peer: (await connected)[0] }
}

for (const name of ['global', 'ws'] as const) {
  test(`output that arrives after the reader has left is dropped (${name})`, async () => {
    const { terminal, peer } = await scriptedTerminal(name)
    peer.send(Buffer.from('first'))
    // While it is paused, the gateway's end does not see the client's close frame.
    peer.pause()
    for await (const bytes of terminal.readable) {
      assert.equal(new TextDecoder().decode(bytes), 'first')
      break
    }
    await new Promise((resolve) => peer.send(Buffer.from('second'), resolve))
    peer.resume()
    assert.deepEqual(await terminal.exited, { code: null, reason: 'Closed' })
  })

  test(`a message that is not JSON ends the terminal (${name})`, async () => {
    const { terminal, peer } = await scriptedTerminal(name)
    peer.send('{')
    assert.match((await terminal.exited).reason, /^SyntaxError/)
    assert.equal(await readOutput(terminal, /never/), '')
  })

  test(`a terminal has input, output, sizes, warnings and an end (${name})`, async () => {
    const terminal = await clientWith(name).tasks.exec(task, { command: 'sh', columns: 100, rows: 30 })
    const channel = await agents.connection()
    const warnings: string[] = []
    terminal.onWarning = (warning) => warnings.push(warning)
    channel.output(0, 'héllo # ')
    assert.equal(await readOutput(terminal, /# /), 'héllo # ')
    const writer = terminal.writable.getWriter()
    await writer.write(new TextEncoder().encode('typed'))
    for (let sent = ''; sent !== 'typed'; ) sent = (await channel.next()).text
    terminal.resize({ columns: 0, rows: 0 })
    terminal.resize({ columns: 120, rows: 40 })
    for (let sent = ''; !/120/.test(sent); ) sent = (await channel.next()).text
    assert.match(warnings[0]!, /resize/)
    channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
    assert.deepEqual(await terminal.exited, { code: null, reason: 'CommandEnded' })
    assert.equal(await readOutput(terminal, /never/), '')
    await assert.rejects(writer.write(new Uint8Array(1)))
  })

  test(`an abort ends the terminal and its session (${name})`, async () => {
    const aborting = new AbortController()
    const terminal = await clientWith(name).tasks.exec(task, { command: 'sh' }, { signal: aborting.signal })
    const channel = await agents.connection()
    const sessionClosed = once(channel.socket, 'close')
    aborting.abort()
    assert.equal((await terminal.exited).reason, 'Aborted')
    await sessionClosed
  })
}

for (const name of ['global', 'ws'] as const)
  test(`an abort while the terminal connects throws its reason and closes the connection (${name})`, async (t) => {
    const { server, client } = await gatewayWithoutSockets(name)
    // The gateway never responds to the upgrade.
    const upgrade = once(server, 'upgrade') as Promise<[IncomingMessage, Socket]>
    const aborting = new AbortController()
    const reason = new Error('enough')
    const terminal = assert.rejects(client.tasks.exec(task, { command: 'sh' }, { signal: aborting.signal }), reason)
    const [, socket] = await upgrade
    t.after(() => socket.destroy())
    const connectionClosed = once(socket.resume(), 'end')
    aborting.abort(reason)
    await terminal
    await connectionClosed
  })

test('a reader that does not read holds the command back, when the socket can be paused', async () => {
  const terminal = await clientWith('ws').tasks.exec(task, { command: 'sh' })
  const channel = await agents.connection()
  const chunk = Buffer.alloc(1000)
  const total = 40_000
  const untilFlushed = () => new Promise((resolve) => channel.socket.ping(undefined, undefined, resolve))
  let sent = 0
  const sending = (async () => {
    for (; sent < total; sent++) {
      channel.output(sent, chunk)
      if (sent % 100 === 0) await untilFlushed()
    }
    channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
  })()
  for (let before = -1; before !== sent; await sleep(500)) before = sent
  assert.ok(sent < 0.75 * total, `${sent} of ${total} were sent`)
  let received = 0
  for await (const bytes of terminal.readable) received += bytes.byteLength
  await sending
  assert.equal(received, total * chunk.byteLength)
})

test('a rejected request throws its problem', async () => {
  await assert.rejects(
    clientWith('global').tasks.exec(task, { command: 'sh', container: 'none' }),
    (error) => isProblem(error) && error.status === 400,
  )
})

for (const name of ['global', 'ws'] as const)
  test(`a terminal that a proxy rejects is named by its id: its URL is a secret (${name})`, async () => {
    // Without a listener for upgrades, Node answers with a plain response, as does a proxy without WebSockets.
    const { client } = await gatewayWithoutSockets(name)
    const error = await client.tasks.exec(task, { command: 'sh' }).then(
      () => assert.fail('connected'),
      (thrown: Error) => thrown,
    )
    assert.equal(error.name, 'NoResponse')
    assert.match(error.message, /a1b2/)
    assert.doesNotMatch(`${error.stack}`, /secret/)
  })
