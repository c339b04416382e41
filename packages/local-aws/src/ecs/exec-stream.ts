/**
 * One session of ECS Exec on its WebSocket, in the agent's part of Systems Manager's data channel protocol: handshake, numbered output,
 * acknowledged input, the terminal's size, the end. The stream below is a TCP connection: nothing is lost or changes its order, so nothing is sent twice.
 */
import type { WebSocket } from 'ws'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import { decodeMessage, encodeMessage, payloadTypes, type SessionMessage, TERMINATE_SESSION } from '../protocol/session-message.ts'
import type { ExecSession } from '../runtimes/runtime.ts'

export interface SessionParts {
  sessionId: string
  socket: WebSocket
  /** Starts the command, with a terminal. */
  run: () => Promise<ExecSession>
  clock: Clock
  ids: Ids
}

const AGENT_VERSION = '3.3.0.0'
/** The agent's own limit for one message's payload. */
const MOST_PAYLOAD = 1024
const MOST_RESIZES = 20
const RESIZE_AGAIN_MS = 50
/** A client that reads slowly makes the command wait. */
const MOST_BUFFERED = 1_048_576

export async function runSession({ sessionId, socket, run, clock, ids }: SessionParts): Promise<void> {
  const ended = new AbortController()
  const shaken = Promise.withResolvers<void>()
  /** What was typed, and how large the terminal is, before the command runs. */
  const early: Uint8Array[] = []
  let size: Size | undefined
  let command: ExecSession | undefined
  let next = 0
  let expected = 0

  function send(type: SessionMessage['type'], payloadType: number, payload: Uint8Array | object, sequence = 0): void {
    const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload))
    socket.send(encodeMessage({ type, sequence, flags: sequence === 0 ? 1 : 0, id: ids.uuid(), payloadType, payload: bytes }, clock.now()))
  }
  function sendOutput(payloadType: number, payload: Uint8Array | object): void {
    send('output_stream_data', payloadType, payload, next++)
  }

  function type(bytes: Uint8Array): void {
    if (!command) return void early.push(bytes)
    if (command.stream.write(bytes)) return
    socket.pause()
    command.stream.once('drain', () => socket.resume())
  }
  /** A command that has only just been started may not have a terminal to size yet; one that has just ended has none any more. */
  async function resize(): Promise<void> {
    const wanted = size
    for (let tries = 0; command && wanted && wanted === size && tries < MOST_RESIZES && !ended.signal.aborted; tries++) {
      try {
        return await command.resize(wanted)
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RESIZE_AGAIN_MS))
      }
    }
  }

  function take(message: SessionMessage): void {
    if (message.type !== 'input_stream_data') return
    const { id, sequence } = message
    send('acknowledge', 0, {
      AcknowledgedMessageType: message.type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    })
    // A client that saw no acknowledgement in time sends again.
    if (sequence < expected) return
    expected = sequence + 1
    switch (message.payloadType) {
      case payloadTypes.handshakeResponse:
        shaken.resolve()
        break
      case payloadTypes.size:
        size = sizeOf(message.payload) ?? size
        void resize()
        break
      case payloadTypes.flag:
        if (message.payload.byteLength === 4 && Buffer.from(message.payload).readUInt32BE() === TERMINATE_SESSION) ended.abort()
        break
      case payloadTypes.output:
        type(Uint8Array.from(message.payload))
    }
  }

  socket.on('message', (data, isBinary) => {
    const message = isBinary && Buffer.isBuffer(data) ? decodeMessage(data) : undefined
    if (message) take(message)
  })
  socket.once('close', () => ended.abort())
  ended.signal.addEventListener('abort', () => {
    shaken.resolve()
    command?.stream.destroy()
  })

  async function show({ stream }: ExecSession): Promise<void> {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      for (let at = 0; at < chunk.byteLength; at += MOST_PAYLOAD) sendOutput(payloadTypes.output, chunk.subarray(at, at + MOST_PAYLOAD))
      while (socket.bufferedAmount > MOST_BUFFERED && !ended.signal.aborted) await drained(socket)
    }
  }

  const started = performance.now()
  sendOutput(payloadTypes.handshakeRequest, {
    AgentVersion: AGENT_VERSION,
    RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: {} } }],
  })
  await shaken.promise
  if (ended.signal.aborted) return socket.close()
  sendOutput(payloadTypes.handshakeComplete, { HandshakeTimeToComplete: Math.round((performance.now() - started) * 1e6), CustomerMessage: '' })

  let farewell = ''
  try {
    command = await run()
    void resize()
    for (const bytes of early.splice(0)) type(bytes)
    await show(command)
    const exitCode = await command.exitCode()
    if (exitCode) farewell = `The command ended with exit code ${exitCode}.`
  } catch (error) {
    farewell = error instanceof Error ? error.message : 'The command could not be run.'
  }
  if (socket.readyState !== socket.OPEN) return
  send('channel_closed', 0, {
    MessageId: ids.uuid(),
    CreatedDate: new Date(clock.now()).toISOString(),
    DestinationId: sessionId,
    SessionId: sessionId,
    MessageType: 'channel_closed',
    SchemaVersion: 1,
    Output: farewell,
  })
  socket.close(1000)
}

interface Size {
  rows: number
  columns: number
}

function sizeOf(payload: Uint8Array): Size | undefined {
  try {
    const { cols, rows } = JSON.parse(Buffer.from(payload).toString()) as { cols?: unknown; rows?: unknown }
    return Number.isInteger(cols) && Number.isInteger(rows) ? { columns: Number(cols), rows: Number(rows) } : undefined
  } catch {
    return undefined
  }
}

/** A ping is answered after what was sent before it: by then the client has taken that. */
function drained(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('pong', done)
      socket.off('close', done)
      resolve()
    }
    socket.once('pong', done).once('close', done)
    socket.ping()
  })
}
