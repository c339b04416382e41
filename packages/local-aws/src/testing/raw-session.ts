/**
 * A client of an ECS Exec session for tests. After the token it sends nothing by itself, not even acknowledgements.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import {
  decodeMessage,
  encodeMessage,
  payloadTypes,
  type SessionMessage,
  SYN_AND_FIN,
} from '../protocol/session-message.ts'

export interface RawSession {
  socket: WebSocket
  /** All received messages, in order. */
  received: SessionMessage[]
  /** Resolves with all received messages as soon as they match. */
  waitUntilReceived(isExpected: (received: SessionMessage[]) => boolean): Promise<SessionMessage[]>
  sendInput(sequence: number, text: string | Uint8Array, payloadType?: number): void
  acknowledge(message: SessionMessage): void
  sendEmpty(type: SessionMessage['type']): void
}

export async function openRawSession({
  streamUrl,
  tokenValue,
}: {
  streamUrl?: string
  tokenValue?: string
}): Promise<RawSession> {
  const socket = new WebSocket(streamUrl!)
  const received: SessionMessage[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data: Buffer) => {
    const message = decodeMessage(data)
    if (message) received.push(message)
    for (const check of waiting) check()
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
    waitUntilReceived: (isExpected) =>
      new Promise((resolve) => {
        const check = () => {
          if (!isExpected(received)) return
          waiting.delete(check)
          resolve(received)
        }
        waiting.add(check)
        check()
      }),
    sendInput: (sequence, text, payloadType = payloadTypes.bytes) =>
      send({ type: 'input_stream_data', sequence, payloadType, payload: Buffer.from(text) }),
    acknowledge: ({ type, id, sequence }) => {
      const payload = {
        AcknowledgedMessageType: type,
        AcknowledgedMessageId: id,
        AcknowledgedMessageSequenceNumber: sequence,
        IsSequentialMessage: true,
      }
      send({ type: 'acknowledge', flags: SYN_AND_FIN, payload: Buffer.from(JSON.stringify(payload)) })
    },
    sendEmpty: (type) => send({ type }),
  }
}

/** The sequence numbers of output, or of acknowledged input, in the order of arrival. */
export function sequenceNumbersOf(
  received: readonly SessionMessage[],
  type: 'output_stream_data' | 'acknowledge',
): number[] {
  return received
    .filter((message) => message.type === type)
    .map(({ sequence, payload }) =>
      type === 'acknowledge'
        ? Number(JSON.parse(Buffer.from(payload).toString()).AcknowledgedMessageSequenceNumber)
        : sequence,
    )
}

export function outputTextOf(received: readonly SessionMessage[]): string {
  const output = new Map(
    received.filter(({ type }) => type === 'output_stream_data').map(({ sequence, payload }) => [sequence, payload]),
  )
  return Buffer.concat([...output].sort(([a], [b]) => a - b).map(([, payload]) => payload)).toString()
}
