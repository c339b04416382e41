/** The bare messages of an ECS Exec session: a client that does only what its test says. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeMessage, encodeMessage, payloadTypes, type SessionMessage } from '../protocol/session-message.ts'

export interface SessionWire {
  socket: WebSocket
  /** All that came, in order. */
  received: SessionMessage[]
  /** Resolves with what came so far when that is so. */
  until(isSo: (received: SessionMessage[]) => boolean): Promise<SessionMessage[]>
  input(sequence: number, text: string | Uint8Array, payloadType?: number): void
  acknowledge(message: SessionMessage): void
  send(type: SessionMessage['type']): void
}

export async function openWire({
  streamUrl,
  tokenValue,
}: {
  streamUrl?: string
  tokenValue?: string
}): Promise<SessionWire> {
  const socket = new WebSocket(streamUrl!)
  const received: SessionMessage[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data: Buffer) => {
    const message = decodeMessage(data)
    if (message) received.push(message)
    for (const look of waiting) look()
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: randomUUID(), TokenValue: tokenValue }))

  function send(message: Partial<SessionMessage> & Pick<SessionMessage, 'type'>): void {
    const empty = { sequence: 0, flags: 0, id: randomUUID(), payloadType: 0, payload: Buffer.alloc(0) }
    socket.send(encodeMessage({ ...empty, ...message }, Date.now()))
  }

  return {
    socket,
    received,
    until: (isSo) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isSo(received)) return
          waiting.delete(look)
          resolve(received)
        }
        waiting.add(look)
        look()
      }),
    input: (sequence, text, payloadType = payloadTypes.output) =>
      send({ type: 'input_stream_data', sequence, payloadType, payload: Buffer.from(text) }),
    acknowledge: ({ type, id, sequence }) => {
      const payload = {
        AcknowledgedMessageType: type,
        AcknowledgedMessageId: id,
        AcknowledgedMessageSequenceNumber: sequence,
        IsSequentialMessage: true,
      }
      send({ type: 'acknowledge', flags: 3, payload: Buffer.from(JSON.stringify(payload)) })
    },
    send: (type) => send({ type }),
  }
}

/** The numbers of output or of acknowledged input, in the order in which they came. */
export function numbersOf(received: readonly SessionMessage[], type: 'output_stream_data' | 'acknowledge'): number[] {
  return received
    .filter((message) => message.type === type)
    .map(({ sequence, payload }) =>
      type === 'acknowledge'
        ? Number(JSON.parse(Buffer.from(payload).toString()).AcknowledgedMessageSequenceNumber)
        : sequence,
    )
}

export function textOf(received: readonly SessionMessage[]): string {
  const output = new Map(
    received.filter(({ type }) => type === 'output_stream_data').map(({ sequence, payload }) => [sequence, payload]),
  )
  return Buffer.concat([...output].sort(([a], [b]) => a - b).map(([, payload]) => payload)).toString()
}
