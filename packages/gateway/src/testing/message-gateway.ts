/**
 * AWS's end of exec data channels, controlled by a test. The layout of the messages is from the sources of AWS's
 * Session Manager plugin, and no code is shared with the gateway.
 */
import { createHash, randomUUID } from 'node:crypto'
import { EventEmitter, on, once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'

/** Bit 0: the first message of its stream; bit 1: the last. */
const onlyMessageFlags = 0b11

/** A message of the client. */
interface ClientMessage {
  type: string
  sequence: number
  flags: number
  payloadType: number
  text: string
}

export interface DataChannel {
  request: IncomingMessage
  socket: WebSocket
  /** The first message, which is text. */
  token: Record<string, string>
  /** The next new binary message of the client. Messages that the client repeats are skipped. */
  next: () => Promise<ClientMessage>
  /** The next message that the client repeats. */
  nextRepeated: () => Promise<ClientMessage>
  /** Sends output with this sequence number; the payload type is 1 by default. */
  output: (sequence: number, text: string | Buffer, payloadType?: number) => void
  acknowledge: (sequence: number) => void
  send: (type: string, more?: { sequence?: number; flags?: number; payloadType?: number; payload?: Buffer }) => void
}

export interface MessageGateway {
  /** The URL of a session. Like AWS's URLs, it has characters that should be percent-encoded. */
  streamUrl: string
  /** The next connection that has sent its first message. */
  connection: () => Promise<DataChannel>
}

/** Starts the server; it closes after the file's tests. */
export async function startMessageGateway(): Promise<MessageGateway> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const connections = on(server, 'connection')
  after(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    streamUrl: `ws://127.0.0.1:${port}/v1/data-channel/ecs-execute-command-1?role=publish_subscribe&cell-number=AAEA/b+c=`,
    async connection() {
      const { value } = await connections.next()
      const [socket, request] = value as [WebSocket, IncomingMessage]
      return channelOn(socket, request)
    },
  }
}

async function channelOn(socket: WebSocket, request: IncomingMessage): Promise<DataChannel> {
  const received = new EventEmitter()
  const messages = on(received, 'message')
  const token = Promise.withResolvers<Record<string, string>>()
  const receivedSequences = new Set<number>()
  let isFirst = true
  socket.on('message', (data: Buffer, isBinary) => {
    if (isFirst !== !isBinary) token.reject(new Error('the first message is text, and all others are binary'))
    else if (isFirst) token.resolve(JSON.parse(String(data)))
    else received.emit('message', decodeMessage(data))
    isFirst = false
  })
  const send: DataChannel['send'] = (
    type,
    { sequence = 0, flags = 0, payloadType = 0, payload = Buffer.alloc(0) } = {},
  ) => socket.send(encodeMessage(type, { sequence, flags, payloadType, payload }))
  async function nextMessage(isRepeated: boolean): Promise<ClientMessage> {
    for (;;) {
      const [message] = (await messages.next()).value as [ClientMessage]
      const isKnown = message.type === 'input_stream_data' && receivedSequences.has(message.sequence)
      if (message.type === 'input_stream_data') receivedSequences.add(message.sequence)
      if (isKnown === isRepeated) return message
    }
  }

  return {
    request,
    socket,
    token: await token.promise,
    next: () => nextMessage(false),
    nextRepeated: () => nextMessage(true),
    output: (sequence, text, payloadType = 1) =>
      send('output_stream_data', {
        sequence,
        flags: sequence === 0 ? 1 : 0,
        payloadType,
        payload: Buffer.from(text as string),
      }),
    acknowledge: (sequence) => {
      const payload = {
        AcknowledgedMessageType: 'input_stream_data',
        AcknowledgedMessageId: randomUUID(),
        AcknowledgedMessageSequenceNumber: sequence,
        IsSequentialMessage: true,
      }
      send('acknowledge', { flags: onlyMessageFlags, payload: Buffer.from(JSON.stringify(payload)) })
    },
    send,
  }
}

function encodeMessage(
  type: string,
  { sequence, flags, payloadType, payload }: { sequence: number; flags: number; payloadType: number; payload: Buffer },
): Buffer {
  const head = Buffer.alloc(120)
  head.writeUInt32BE(116, 0)
  head.write(type.padEnd(32), 4)
  head.writeUInt32BE(1, 36)
  head.writeBigUInt64BE(BigInt(Date.now()), 40)
  head.writeBigInt64BE(BigInt(sequence), 48)
  head.writeBigUInt64BE(BigInt(flags), 56)
  Buffer.from(randomUUID().replaceAll('-', ''), 'hex').copy(head, 64)
  createHash('sha256').update(payload).digest().copy(head, 80)
  head.writeUInt32BE(payloadType, 112)
  head.writeUInt32BE(payload.byteLength, 116)
  return Buffer.concat([head, payload])
}

function decodeMessage(bytes: Buffer): ClientMessage {
  const payload = bytes.subarray(120)
  const digest = createHash('sha256').update(payload).digest()
  if (bytes.readUInt32BE(0) !== 116 || bytes.readUInt32BE(36) !== 1 || bytes.readUInt32BE(116) !== payload.byteLength)
    throw new Error('a message with a wrong header')
  if (!digest.equals(bytes.subarray(80, 112))) throw new Error('a message with a wrong digest')
  return {
    type: bytes.toString('utf8', 4, 36).trimEnd(),
    sequence: Number(bytes.readBigInt64BE(48)),
    flags: Number(bytes.readBigUInt64BE(56)),
    payloadType: bytes.readUInt32BE(112),
    text: payload.toString(),
  }
}
