/**
 * A client of an ECS Exec session that behaves like the AWS CLI's Session Manager plugin (aws/session-manager-plugin,
 * src/datachannel): it drops messages that arrive before its terminal is ready without acknowledging them, processes
 * output strictly by sequence number, and sends its own input again until it is acknowledged. It sends nothing before
 * the first output.
 */
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import {
  decodeMessage,
  digestMatches,
  encodeMessage,
  payloadTypes,
  type SessionMessage,
  SYN_AND_FIN,
} from '../protocol/session-message.ts'

export interface SessionClient {
  typeText(text: string): void
  resize(cols: number, rows: number): void
  /** Resolves when the printed output contains this text. */
  waitForOutput(text: string): Promise<void>
  /** All printed output. */
  printedOutput(): string
  /** The number of output messages dropped before the terminal was ready. */
  droppedMessageCount(): number
  /** Closes the WebSocket. */
  closeSocket(): void
  /** Ends the connection like a killed client. */
  cutConnection(): void
  /** Resolves with the reason in `channel_closed`, empty for a normal end. */
  closed: Promise<string>
}

export interface SessionClientOptions {
  /**
   * Whether the client is ready from the beginning. It then sends its size before any output arrives, which a command
   * that prints nothing needs.
   */
  isReady?: boolean
}

const CHECK_EVERY_MS = 100
const RESEND_AFTER_MS = 200
const MAX_EARLY_MESSAGES = 10_000
/** The size that the plugin sends when its output is not a terminal. */
const SIZE = { cols: 300, rows: 100 }

export function connectSession(
  { streamUrl, tokenValue }: { streamUrl?: string; tokenValue?: string },
  { isReady = false }: SessionClientOptions = {},
): SessionClient {
  const socket = new WebSocket(streamUrl!)
  const closed = Promise.withResolvers<string>()
  const ready = Promise.withResolvers<void>()
  const unacknowledged = new Map<number, { message: Uint8Array; sentAt: number }>()
  const earlyMessages = new Map<number, SessionMessage>()
  const terminal = new TextDecoder()
  let state: 'waiting' | 'preparing' | 'ready' = 'waiting'
  let shown = ''
  let nextSequence = 0
  let expectedSequence = 0
  let dropped = 0
  let onShown = () => {}

  function send(payloadType: number, payload: Uint8Array | object): void {
    const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload))
    const sequence = nextSequence++
    const message = encodeMessage(
      { type: 'input_stream_data', sequence, flags: 0, id: randomUUID(), payloadType, payload: bytes },
      Date.now(),
    )
    unacknowledged.set(sequence, { message, sentAt: Date.now() })
    socket.send(message)
  }

  function acknowledge({ type, id, sequence }: SessionMessage): void {
    const payload = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }
    const message = {
      type: 'acknowledge',
      sequence: 0,
      flags: SYN_AND_FIN,
      id: randomUUID(),
      payloadType: 0,
    } as const
    socket.send(encodeMessage({ ...message, payload: Buffer.from(JSON.stringify(payload)) }, Date.now()))
  }

  function becomeReady(): void {
    state = 'ready'
    send(payloadTypes.size, SIZE)
    ready.resolve()
  }

  function receiveOutput(message: SessionMessage): void {
    if (message.sequence < expectedSequence) return
    if (message.sequence > expectedSequence) {
      if (earlyMessages.size >= MAX_EARLY_MESSAGES) return
      earlyMessages.set(message.sequence, message)
      acknowledge(message)
      return
    }
    if (state !== 'ready') {
      dropped++
      if (state === 'waiting') setImmediate(becomeReady)
      state = 'preparing'
      return
    }
    print(message)
    acknowledge(message)
    for (let early = earlyMessages.get(expectedSequence); early; early = earlyMessages.get(expectedSequence)) {
      earlyMessages.delete(expectedSequence)
      print(early)
    }
  }

  function print({ payloadType, payload }: SessionMessage): void {
    expectedSequence++
    if (payloadType !== payloadTypes.bytes)
      closed.reject(new Error(`a payload of type ${payloadType} arrived in a session without a handshake`))
    shown += terminal.decode(payload, { stream: true })
    onShown()
  }

  function receive(message: SessionMessage): void {
    const payload = () => JSON.parse(Buffer.from(message.payload).toString())
    if (message.type === 'acknowledge') unacknowledged.delete(payload().AcknowledgedMessageSequenceNumber)
    if (message.type === 'channel_closed') closed.resolve(payload().Output)
    if (message.type === 'output_stream_data') receiveOutput(message)
  }

  socket.on('open', () => {
    const opening = {
      MessageSchemaVersion: '1.0',
      RequestId: randomUUID(),
      TokenValue: tokenValue,
      ClientId: randomUUID(),
    }
    socket.send(JSON.stringify({ ...opening, ClientVersion: '1.2.677.0' }))
    if (isReady) becomeReady()
  })
  socket.on('message', (data: Buffer) => {
    const message = decodeMessage(data)
    if (!message || !digestMatches(data, message)) closed.reject(new Error('a broken message arrived'))
    else receive(message)
  })
  // A message keeps the time of its first sending, as in the plugin, so it is sent again at each check.
  const resending = setInterval(() => {
    const [oldest] = unacknowledged.values()
    if (oldest && Date.now() - oldest.sentAt > RESEND_AFTER_MS && socket.readyState === socket.OPEN)
      socket.send(oldest.message)
  }, CHECK_EVERY_MS)
  socket.on('close', (code, reason) => {
    clearInterval(resending)
    closed.reject(new Error(`closed without channel_closed: ${code} ${reason}`))
  })
  socket.on('error', (error) => closed.reject(error))
  closed.promise.catch(() => {})

  return {
    typeText: (text) => void ready.promise.then(() => send(payloadTypes.bytes, Buffer.from(text))),
    resize: (cols, rows) => void ready.promise.then(() => send(payloadTypes.size, { cols, rows })),
    printedOutput: () => shown,
    droppedMessageCount: () => dropped,
    waitForOutput: (text) =>
      Promise.race([
        new Promise<void>((resolve) => {
          onShown = () => shown.includes(text) && resolve()
          onShown()
        }),
        closed.promise.then((output) => {
          if (!shown.includes(text)) throw new Error(`the session ended (${output}) after printing only: ${shown}`)
        }),
      ]),
    closeSocket: () => socket.close(),
    cutConnection: () => socket.terminate(),
    closed: closed.promise,
  }
}
