/** A client of an ECS Exec session, in the part of the AWS CLI's Session Manager plugin. */
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { decodeMessage, encodeMessage, payloadTypes, type SessionMessage } from '../protocol/session-message.ts'

export interface SessionClient {
  type(text: string): void
  resize(cols: number, rows: number): void
  /** Resolves when what was shown so far has this in it. */
  shows(text: string): Promise<void>
  /** All that was shown. */
  shown(): string
  /** How many of what was sent has been acknowledged. */
  acknowledged(): number
  hangUp(): void
  /** Resolves with the last words, when the other side has closed the channel. */
  closed: Promise<string>
}

export function connectSession({ streamUrl, tokenValue }: { streamUrl?: string; tokenValue?: string }): SessionClient {
  const socket = new WebSocket(streamUrl!)
  const closed = Promise.withResolvers<string>()
  const opened = new Promise<void>((resolve) => socket.once('open', resolve))
  let shown = ''
  let sequence = 0
  let expected = 0
  let acknowledged = 0
  let onShown = () => {}

  const send = (payloadType: number, payload: Uint8Array | object) => {
    const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload))
    const message: SessionMessage = {
      type: 'input_stream_data',
      sequence,
      flags: sequence === 0 ? 1 : 0,
      id: randomUUID(),
      payloadType,
      payload: bytes,
    }
    sequence++
    opened.then(() => socket.send(encodeMessage(message, Date.now())))
  }
  const take = (message: SessionMessage) => {
    if (message.type === 'acknowledge') acknowledged++
    if (message.type === 'channel_closed') closed.resolve((JSON.parse(Buffer.from(message.payload).toString()) as { Output: string }).Output)
    if (message.type !== 'output_stream_data') return
    if (message.sequence !== expected++) closed.reject(new Error(`message ${message.sequence} came instead of ${expected - 1}`))
    if (message.payloadType === payloadTypes.handshakeRequest)
      send(payloadTypes.handshakeResponse, { ClientVersion: '1.2.0.0', ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1 }] })
    if (message.payloadType === payloadTypes.output) {
      shown += Buffer.from(message.payload).toString()
      onShown()
    }
  }
  socket.on('open', () => socket.send(JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: randomUUID(), TokenValue: tokenValue })))
  socket.on('message', (data) => {
    const message = decodeMessage(data as Buffer)
    if (message) take(message)
    else closed.reject(new Error('a broken message came'))
  })
  socket.on('close', (code, reason) => closed.reject(new Error(`closed: ${code} ${reason}`)))
  socket.on('error', (error) => closed.reject(error))
  closed.promise.catch(() => {})

  return {
    type: (text) => send(payloadTypes.output, Buffer.from(text)),
    resize: (cols, rows) => send(payloadTypes.size, { cols, rows }),
    shown: () => shown,
    acknowledged: () => acknowledged,
    shows: (text) =>
      Promise.race([
        new Promise<void>((resolve) => {
          onShown = () => shown.includes(text) && resolve()
          onShown()
        }),
        closed.promise.then((words) => {
          if (!shown.includes(text)) throw new Error(`the session ended (${words}) and had shown only: ${shown}`)
        }),
      ]),
    hangUp: () => socket.close(),
    closed: closed.promise,
  }
}
