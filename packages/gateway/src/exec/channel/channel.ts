/**
 * The client's side of a session's data channel, as a computation: events and the time go in, actions come out. It reads
 * no clock and sends nothing itself; `connection.ts` carries the actions out.
 *
 * Guarantees, on a connection that drops, doubles and reorders frames: output is emitted once and in order; input and
 * sizes get consecutive numbers, are sent at most `maxInFlight` ahead, and are sent again until they are acknowledged;
 * no input is sent before the agent accepts it.
 *
 * The rules are those of the plugin (aws/session-manager-plugin, src/datachannel) and of the agent (aws/amazon-ssm-agent,
 * agent/session/datachannel). Both drop messages that arrive too early without acknowledging them, also on an intact
 * connection, so retransmission is part of a normal start.
 */
import { Handshake, type KeyRequest } from './handshake.ts'
import { type Message, payloadTypes } from './message.ts'
import { RetransmissionTimeout } from './retransmission-timeout.ts'

export interface TerminalSize {
  columns: number
  rows: number
}

export type ChannelEvent =
  /** The connection is open and has sent its token; also after it was resumed. */
  | { kind: 'opened' }
  | { kind: 'received'; message: Message }
  | { kind: 'input'; bytes: Uint8Array }
  | { kind: 'resize'; size: TerminalSize }
  /** The data key that a `request-key` asked for; `failure` where there is none. */
  | { kind: 'key'; plaintext: Uint8Array; ciphertext: Uint8Array }
  | { kind: 'no-key'; failure: string }
  /** Time has passed. */
  | { kind: 'time' }

export type ChannelAction =
  | { kind: 'send'; message: Message }
  | { kind: 'output'; bytes: Uint8Array }
  /** The agent accepts input from now on. */
  | { kind: 'ready' }
  | { kind: 'request-key'; request: KeyRequest }
  /** A text of the agent for the person at the terminal. */
  | { kind: 'notice'; text: string }
  /** The agent is not connected, or is connected again. */
  | { kind: 'paused' }
  | { kind: 'resumed' }
  /** The session has ended. `text` is AWS's reason; empty for a command that ended. */
  | { kind: 'closed'; text: string }

export interface ChannelOptions {
  size: TerminalSize
  newId: () => string
}

/** Bytes of input in a message: the plugin reads that many at a time. */
const maxPayloadBytes = 1024
/** Messages that are sent but not acknowledged. It bounds what a resumed connection must send again. */
const maxInFlight = 256
/** Output that is kept until its turn (the plugin's limit), and our own limit in bytes. */
const maxEarly = { messages: 10_000, bytes: 16_777_216 }
/** How often the oldest message in flight is looked at. */
const checkEveryMs = 100
/** How often the oldest message is sent while the agent is not connected. */
const probeEveryMs = 1000
/**
 * A command that prints nothing does not announce itself. After this silence the size is sent all the same; the agent
 * acknowledges it once the command has its terminal.
 */
const silenceMs = 2000

const outputTypes: ReadonlySet<number> = new Set([payloadTypes.output, payloadTypes.error, payloadTypes.stderr])

interface Sent {
  message: Message
  /** When it was last sent. */
  at: number
}

interface Waiting {
  payloadType: number
  payload: Uint8Array
}

/**
 * - `starting`: neither output nor a handshake has arrived
 * - `probing`: still so after a silence; the size has been sent
 * - `handshake`: the agent has requested a handshake that is not complete
 * - `open`: input is accepted
 */
type Phase = 'starting' | 'probing' | 'handshake' | 'open' | 'closed'

export class Channel {
  readonly #newId: () => string
  readonly #handshake = new Handshake()
  readonly #timeout = new RetransmissionTimeout()
  #phase: Phase = 'starting'
  #openedAt: number | undefined
  #isPaused = false
  #size: TerminalSize
  /** The number of the size that was sent while `probing`. */
  #probe: number | undefined
  /** Input, sizes and the handshake's responses that have no number yet. */
  readonly #waiting: Waiting[] = []
  /** Sent messages by number, the oldest first. */
  readonly #inFlight = new Map<number, Sent>()
  #nextNumber = 0
  /** Output ahead of its turn, by number. */
  readonly #early = new Map<number, Message>()
  #earlyBytes = 0
  #expected = 0
  /** Input before the agent accepts it. */
  readonly #typedAhead: Uint8Array[] = []
  #unacknowledgedBytes = 0

  constructor({ size, newId }: ChannelOptions) {
    this.#size = size
    this.#newId = newId
  }

  /** Bytes of input that the agent has not acknowledged, sent or not. */
  get unacknowledgedBytes(): number {
    return this.#unacknowledgedBytes
  }

  /** When to call `handle` with the event `time`; undefined while only an event can change something. */
  nextCheckAt(now: number): number | undefined {
    if (this.#phase === 'closed') return undefined
    if (this.#inFlight.size > 0) return now + checkEveryMs
    return this.#phase === 'starting' && this.#openedAt !== undefined ? this.#openedAt + silenceMs : undefined
  }

  /** Applies an event. @param now milliseconds since 1970 */
  handle(event: ChannelEvent, now: number): ChannelAction[] {
    if (this.#phase === 'closed') return []
    const actions: ChannelAction[] = []
    this.#apply(event, now, actions)
    this.#sendWaiting(now, actions)
    return actions
  }

  #apply(event: ChannelEvent, now: number, actions: ChannelAction[]): void {
    switch (event.kind) {
      case 'opened':
        this.#openedAt ??= now
        // What was sent on a lost connection may never have arrived.
        for (const sent of this.#inFlight.values()) this.#sendAgain(sent, now, actions)
        return
      case 'received':
        this.#receive(event.message, now, actions)
        return
      case 'input':
        this.#unacknowledgedBytes += event.bytes.byteLength
        if (this.#phase === 'open') this.#enqueueInput(event.bytes)
        else if (event.bytes.byteLength > 0) this.#typedAhead.push(event.bytes)
        return
      case 'resize':
        this.#size = event.size
        if (this.#phase === 'open' || this.#phase === 'probing') this.#enqueueSize()
        return
      case 'key':
        this.#respond(this.#handshake.responseWith(event))
        return
      case 'no-key':
        this.#respond(this.#handshake.responseWithout(event.failure))
        return
      case 'time':
        this.#pass(now, actions)
        return
    }
  }

  #pass(now: number, actions: ChannelAction[]): void {
    if (this.#phase === 'starting' && this.#openedAt !== undefined && now - this.#openedAt >= silenceMs) {
      this.#phase = 'probing'
      this.#probe = this.#nextNumber
      this.#enqueueSize()
    }
    const [oldest] = this.#inFlight.values()
    const timeoutMs = this.#isPaused ? probeEveryMs : this.#timeout.ms
    if (oldest && now - oldest.at > timeoutMs) this.#sendAgain(oldest, now, actions)
  }

  #receive(message: Message, now: number, actions: ChannelAction[]): void {
    switch (message.type) {
      case 'output_stream_data':
        this.#resume(actions)
        this.#receiveOutput(message, now, actions)
        return
      case 'acknowledge':
        this.#resume(actions)
        this.#receiveAcknowledgement(message, now, actions)
        return
      case 'start_publication':
        this.#resume(actions)
        return
      case 'pause_publication':
        if (!this.#isPaused) actions.push({ kind: 'paused' })
        this.#isPaused = true
        return
      case 'channel_closed':
        this.#phase = 'closed'
        actions.push({ kind: 'closed', text: textIn(message.payload) })
    }
  }

  #resume(actions: ChannelAction[]): void {
    if (this.#isPaused) actions.push({ kind: 'resumed' })
    this.#isPaused = false
  }

  #receiveOutput(message: Message, now: number, actions: ChannelAction[]): void {
    const { sequence } = message
    if (sequence > this.#expected && !this.#keepEarly(message)) return
    if (sequence === this.#expected) {
      this.#expected++
      this.#process(message, actions)
    }
    // A message that was processed before is acknowledged again: its acknowledgement may be lost.
    actions.push({ kind: 'send', message: this.#acknowledgementOf(message, now) })
    for (let next = this.#early.get(this.#expected); next; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected++)
      this.#earlyBytes -= next.payload.byteLength
      this.#process(next, actions)
    }
  }

  /** @returns false when there is no room: the agent sends the message again if it is not acknowledged */
  #keepEarly(message: Message): boolean {
    if (this.#early.has(message.sequence)) return true
    const bytes = this.#earlyBytes + message.payload.byteLength
    if (this.#early.size >= maxEarly.messages || bytes > maxEarly.bytes) return false
    this.#early.set(message.sequence, message)
    this.#earlyBytes = bytes
    return true
  }

  #process({ payloadType, payload }: Message, actions: ChannelAction[]): void {
    if (outputTypes.has(payloadType)) {
      this.#emitOutput(payload, actions)
      return
    }
    switch (payloadType) {
      case payloadTypes.handshakeRequest: {
        if (this.#phase === 'open') return
        this.#phase = 'handshake'
        const request = this.#handshake.begin(payload)
        if (request) actions.push({ kind: 'request-key', request })
        else this.#respond(this.#handshake.response())
        return
      }
      case payloadTypes.challengeRequest:
        this.#enqueue({
          payloadType: payloadTypes.challengeResponse,
          payload: this.#handshake.answerChallenge(payload),
        })
        return
      case payloadTypes.handshakeComplete: {
        const text = this.#handshake.complete(payload)
        if (text) actions.push({ kind: 'notice', text })
        if (this.#phase !== 'open') this.#open(actions)
      }
    }
  }

  #emitOutput(payload: Uint8Array, actions: ChannelAction[]): void {
    try {
      actions.push({ kind: 'output', bytes: this.#handshake.decrypt(payload) })
    } catch {
      this.#phase = 'closed'
      actions.push({ kind: 'closed', text: 'A message of the session is not encrypted with the key of the session.' })
    }
    if (this.#phase === 'starting' || this.#phase === 'probing') this.#open(actions)
  }

  #open(actions: ChannelAction[]): void {
    const hasSize = this.#phase === 'probing'
    this.#phase = 'open'
    actions.push({ kind: 'ready' })
    // A size that was sent before a handshake is acknowledged and ignored; one before the first output counts.
    if (!hasSize) this.#enqueueSize()
    for (const bytes of this.#typedAhead.splice(0)) this.#enqueueInput(bytes)
  }

  #receiveAcknowledgement({ payload }: Message, now: number, actions: ChannelAction[]): void {
    const number = acknowledgedNumber(payload)
    const sent = number === undefined ? undefined : this.#inFlight.get(number)
    if (!sent || number === undefined) return
    this.#inFlight.delete(number)
    this.#timeout.addRoundTrip(now - sent.at)
    if (sent.message.payloadType === payloadTypes.output)
      this.#unacknowledgedBytes -= this.#handshake.plainLength(sent.message.payload)
    // Without a handshake the agent acknowledges the size once the command has its terminal.
    if (number === this.#probe && this.#phase === 'probing') this.#open(actions)
  }

  #respond(payload: Uint8Array): void {
    this.#enqueue({ payloadType: payloadTypes.handshakeResponse, payload })
  }

  #enqueueInput(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.byteLength; start += maxPayloadBytes) {
      const payload = this.#handshake.encrypt(bytes.subarray(start, start + maxPayloadBytes))
      this.#enqueue({ payloadType: payloadTypes.output, payload })
    }
  }

  #enqueueSize(): void {
    const { columns, rows } = this.#size
    const size = { payloadType: payloadTypes.size, payload: jsonBytes({ cols: columns, rows }) }
    // A person who drags the border of a window makes many sizes, of which only the last counts.
    if (this.#waiting.at(-1)?.payloadType === payloadTypes.size) this.#waiting.pop()
    this.#enqueue(size)
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting)
  }

  /** Numbers and sends what waits, in order. All stream data has one count, so this is the only place that numbers. */
  #sendWaiting(now: number, actions: ChannelAction[]): void {
    if (this.#openedAt === undefined) return
    const count = this.#isPaused ? 0 : Math.max(0, maxInFlight - this.#inFlight.size)
    for (const { payloadType, payload } of this.#waiting.splice(0, count)) {
      const sequence = this.#nextNumber++
      const message = this.#newMessage('input_stream_data', { sequence, payloadType, payload }, now)
      this.#inFlight.set(sequence, { message, at: now })
      actions.push({ kind: 'send', message })
    }
  }

  #sendAgain(sent: Sent, now: number, actions: ChannelAction[]): void {
    sent.at = now
    actions.push({ kind: 'send', message: sent.message })
  }

  #acknowledgementOf({ type, id, sequence }: Message, now: number): Message {
    const payload = jsonBytes({
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    })
    return { ...this.#newMessage('acknowledge', { sequence: 0, payloadType: 0, payload }, now), flags: 3 }
  }

  #newMessage(type: string, stream: Pick<Message, 'sequence' | 'payloadType' | 'payload'>, createdAt: number): Message {
    return { type, flags: 0, id: this.#newId(), createdAt, ...stream }
  }
}

function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** Undefined for a payload without a number. */
function acknowledgedNumber(payload: Uint8Array): number | undefined {
  const number = parsed(payload)?.AcknowledgedMessageSequenceNumber
  return typeof number === 'number' ? number : undefined
}

/** AWS's reason for the end of a session, without the line that introduces an error. */
function textIn(payload: Uint8Array): string {
  const text = parsed(payload)?.Output
  return typeof text === 'string' ? text.replace(/-{3,}ERROR-{3,}/, '').trim() : ''
}

function parsed(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
