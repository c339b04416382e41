// Whole sessions of a connection with a fake agent, whose messages are those that AWS's plugin gets from a real agent.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { type DataChannel, startMessageGateway } from '../../testing/message-gateway.ts'
import { decryptedPayload, encryptedPayload } from '../../testing/session-payload.ts'
import { type ChannelEnd, Connection, type ConnectionOptions } from './connection.ts'

const gateway = await startMessageGateway()
const { streamUrl } = gateway

/** Opens a connection. `events` has the calls of its listener as texts. */
function connect(more: Partial<ConnectionOptions> = {}) {
  const events: string[] = []
  const { promise: end, resolve } = Promise.withResolvers<ChannelEnd>()
  let onEvent = () => {}
  const record = (event: string) => {
    events.push(event)
    onEvent()
  }
  const connection = new Connection(
    {
      address: { streamUrl, tokenValue: 'AAEAtoken' },
      size: { columns: 120, rows: 40 },
      httpAgents: undefined,
      resume: async () => undefined,
      generateKey: () => Promise.reject(new Error('no key is requested here')),
      ...more,
    },
    {
      onOutput: (bytes) => record(`output ${bytes}`),
      onNotice: (text) => record(`notice ${text}`),
      onPaused: (isPaused) => record(isPaused ? 'paused' : 'resumed'),
      onAcknowledged: () => {},
      onEnd: resolve,
    },
  )
  connection.open()
  const until = (event: string) =>
    new Promise<void>((done) => {
      onEvent = () => events.includes(event) && done()
      onEvent()
    })
  return { connection, events, until, end }
}

/** Asserts that the next message of the client, the connection under test, is this one. */
async function assertSends(channel: DataChannel, expected: object): Promise<void> {
  const { type, sequence, flags, payloadType, text } = await channel.next()
  assert.deepEqual({ type, sequence, flags, payloadType, text }, expected)
}
const input = (sequence: number, text: string, payloadType = 1) => ({
  ...{ type: 'input_stream_data', sequence, flags: 0, payloadType },
  text,
})

async function assertAcknowledges(channel: DataChannel, sequence: number): Promise<void> {
  const { type, flags, payloadType, text, sequence: sequenceOfAcknowledgement } = await channel.next()
  assert.deepEqual([type, sequenceOfAcknowledgement, flags, payloadType], ['acknowledge', 0, 3, 0])
  const { AcknowledgedMessageId, ...acknowledgement } = JSON.parse(text)
  assert.match(AcknowledgedMessageId, /^[0-9a-f-]{36}$/)
  assert.deepEqual(acknowledgement, {
    AcknowledgedMessageType: 'output_stream_data',
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  })
}

const sendChannelClosed = (channel: DataChannel, Output: string) => {
  channel.send('channel_closed', { payload: Buffer.from(JSON.stringify({ SchemaVersion: 1, Output })) })
}

test('a session without a handshake, from the token to the end of the command', async () => {
  const { connection, events, until, end } = connect()
  const channel = await gateway.connection()
  // A plain upgrade: the URL as it is, no subprotocol, no origin, nothing signed.
  const { url, headers } = channel.request
  assert.equal(url, new URL(streamUrl).pathname + new URL(streamUrl).search)
  assert.ok(url?.endsWith('cell-number=AAEA/b+c='))
  for (const header of ['sec-websocket-protocol', 'origin', 'authorization']) assert.equal(headers[header], undefined)
  const { RequestId, ClientId, ...token } = channel.token
  assert.deepEqual(token, { MessageSchemaVersion: '1.0', TokenValue: 'AAEAtoken', ClientVersion: '1.2.677.0' })
  for (const uuid of [RequestId, ClientId]) assert.match(uuid ?? '', /^[0-9a-f-]{36}$/)

  connection.write(Buffer.from('too early'))
  channel.send('start_publication', { payloadType: 17 })
  channel.output(0, '# ')
  await assertAcknowledges(channel, 0)
  await assertSends(channel, input(0, '{"cols":120,"rows":40}', 3))
  await assertSends(channel, input(1, 'too early'))
  // Messages that are not acknowledged come again, the oldest first.
  const { sequence, text } = await channel.nextRepeated()
  assert.deepEqual([sequence, text], [0, '{"cols":120,"rows":40}'])
  channel.acknowledge(0)
  channel.acknowledge(1)
  channel.output(2, 'second')
  await assertAcknowledges(channel, 2)
  channel.output(1, 'first ')
  await assertAcknowledges(channel, 1)
  await until('output second')
  connection.resize({ columns: 80, rows: 24 })
  await assertSends(channel, input(2, '{"cols":80,"rows":24}', 3))
  channel.acknowledge(2)
  channel.send('pause_publication')
  await until('paused')
  channel.send('start_publication')
  await until('resumed')
  sendChannelClosed(channel, '')
  assert.deepEqual(await end, { kind: 'closed', text: '' })
  assert.deepEqual(events, ['output # ', 'output first ', 'output second', 'paused', 'resumed'])
})

test('a session with a handshake and encryption', async () => {
  const plaintext = randomBytes(64)
  const ciphertext = randomBytes(200)
  const [agentKey, clientKey] = [plaintext.subarray(0, 32), plaintext.subarray(32)]
  const keyRequests: object[] = []
  const { connection, events, until, end } = connect({
    generateKey: async (request) => {
      keyRequests.push(request)
      return { plaintext, ciphertext }
    },
  })
  const channel = await gateway.connection()
  const sendJson = (sequence: number, payloadType: number, value: object) =>
    channel.output(sequence, JSON.stringify(value), payloadType)
  sendJson(0, 5, {
    AgentVersion: '3.3.1142.0',
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: null } },
      { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'alias/sessions' } },
    ],
  })
  await assertAcknowledges(channel, 0)
  const response = await channel.next()
  assert.deepEqual([response.sequence, response.payloadType], [0, 6])
  assert.deepEqual(JSON.parse(response.text), {
    ClientVersion: '1.2.677.0',
    ProcessedClientActions: [
      { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
      {
        ActionType: 'KMSEncryption',
        ActionStatus: 1,
        ActionResult: { KMSCipherTextKey: ciphertext.toString('base64') },
        Error: '',
      },
    ],
    Errors: null,
  })
  assert.deepEqual(keyRequests, [{ keyId: 'alias/sessions', challenge: undefined }])
  channel.acknowledge(0)
  const challenge = randomBytes(64)
  sendJson(1, 8, { Challenge: encryptedPayload(agentKey, challenge).toString('base64') })
  await assertAcknowledges(channel, 1)
  const answer = await channel.next()
  assert.deepEqual([answer.sequence, answer.payloadType], [1, 9])
  const returned = Buffer.from(JSON.parse(answer.text).Challenge, 'base64')
  assert.deepEqual(decryptedPayload(clientKey, returned), challenge)
  channel.acknowledge(1)
  sendJson(2, 7, { HandshakeTimeToComplete: 1_000_000, CustomerMessage: 'This session is encrypted using AWS KMS.' })
  await assertAcknowledges(channel, 2)
  // Sizes are not encrypted.
  await assertSends(channel, input(2, '{"cols":120,"rows":40}', 3))
  channel.acknowledge(2)
  channel.output(3, encryptedPayload(agentKey, Buffer.from('# ')))
  await assertAcknowledges(channel, 3)
  await until('output # ')
  connection.write(Buffer.from('exit\r'))
  const typed = await channel.next()
  assert.deepEqual([typed.sequence, typed.payloadType, typed.text.includes('exit')], [3, 1, false])
  sendChannelClosed(channel, '')
  assert.deepEqual(await end, { kind: 'closed', text: '' })
  assert.deepEqual(events, ['notice This session is encrypted using AWS KMS.', 'output # '])
})

test('a lost connection is resumed with a new token, and sends again what was not acknowledged', async () => {
  let resumed = 0
  const { connection, until, end } = connect({
    resume: async () => (resumed++ === 0 ? { streamUrl, tokenValue: 'AAEAsecond' } : undefined),
  })
  const first = await gateway.connection()
  first.output(0, 'before ')
  await assertAcknowledges(first, 0)
  await assertSends(first, input(0, '{"cols":120,"rows":40}', 3))
  first.acknowledge(0)
  connection.write(Buffer.from('typed'))
  await assertSends(first, input(1, 'typed'))
  first.socket.terminate()
  const second = await gateway.connection()
  assert.equal(second.token.TokenValue, 'AAEAsecond')
  assert.equal(second.token.ClientId, first.token.ClientId)
  await assertSends(second, input(1, 'typed'))
  second.acknowledge(1)
  second.output(1, 'after')
  await assertAcknowledges(second, 1)
  await until('output after')
  second.socket.terminate()
  assert.deepEqual(await end, { kind: 'lost' })
})

test('a token that AWS refuses, and a session that ends with a reason', async () => {
  const refused = connect()
  const channel = await gateway.connection()
  sendChannelClosed(channel, 'The token is not valid.')
  channel.socket.close(1008)
  assert.deepEqual(await refused.end, { kind: 'refused' })

  const failed = connect()
  const other = await gateway.connection()
  const text = 'Unable to start command: Failed to start pty: fork/exec /bin/bash: no such file or directory'
  sendChannelClosed(other, `\n----------ERROR-------\n${text}\n`)
  other.socket.close(1000)
  assert.deepEqual(await failed.end, { kind: 'closed', text })
})

test('after close, the WebSocket is closed and the listener is not called any more', async () => {
  const { connection, events } = connect()
  const channel = await gateway.connection()
  channel.output(0, '# ')
  await assertAcknowledges(channel, 0)
  connection.close()
  await once(channel.socket, 'close')
  assert.deepEqual(events, ['output # '])
})
