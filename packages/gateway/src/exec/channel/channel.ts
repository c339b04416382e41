/**
 * The client's side of a session's data channel, as a computation: events and the time go in, actions come out. This
 * code reads no clock and sends nothing itself; `connection.ts` executes the actions.
 *
 * Guarantees on a connection that drops, duplicates and reorders frames:
 * - Output is emitted once and in order (`receive-order.ts`).
 * - Input and sizes get consecutive numbers, and are sent again until they are acknowledged (`send-window.ts`).
 * - No input is sent before the agent accepts it.
 *

 * The rules are those of the plugin (aws/session-manager-plugin, src/datachannel) and of the agent
 * (aws/amazon-ssm-agent, agent/session/datachannel). Both drop messages that arrive too early without acknowledging
 * them, also on an intact connection, so retransmission is part of a normal start.
 */
import { Handshake, type KeyRequest, NotEncrypted } from './handshake.ts'
import { acknowledgedSequence, acknowledgementOf, closingText, jsonBytes } from './json-payloads.ts'
import { type ChannelMessage, onlyMessageFlags, payloadTypes } from './message.ts'
import { ReceiveOrder } from './receive-order.ts'
import { SendWindow } from './send-window.ts'

export interface TerminalSize {
  columns: number
  rows: number
}

export type ChannelEvent =
  /** A connection was opened or resumed, and has sent its token. */
  | { kind: 'opened' }
  | { kind: 'received'; message: ChannelMessage }
  | { kind: 'input'; bytes: Uint8Array }
  | { kind: 'resize'; size: TerminalSize }
  /** The answer to a `request-key`: the data key, or the reason why there is none. */
  | { kind: 'key'; plaintext: Uint8Array; ciphertext: Uint8Array }
  | { kind: 'no-key'; failure: string }
  /** The time of `nextCheckAt` has come. */
  | { kind: 'time' }

export type ChannelAction =
  | { kind: 'send'; message: ChannelMessage }
  | { kind: 'output'; bytes: Uint8Array }
  /** The agent accepts input from now on. */
  | { kind: 'ready' }
  | { kind: 'request-key'; request: KeyRequest }
  /** A text of the agent for the person at the terminal. */
  | { kind: 'notice'; text: string }
  /** The agent is not connected. */
  | { kind: 'paused' }
  /** The agent is connected again. */
  | { kind: 'resumed' }
  /** The session has ended. `text` is AWS's reason; empty for a command that ended. */
  | { kind: 'closed'; text: string }

export interface ChannelOptions {
  size: TerminalSize
  newId: () => string
}

/** Bytes of input in a message: the plugin reads that many at a time. */
const maxPayloadBytes = 1024
/** A message takes about this much memory beside its payload. */
const messageOverheadBytes = 256
/** How often to check whether the oldest message in flight must be sent again. */
const checkEveryMs = 100
/**
 * A command that prints nothing gives no sign that it has started. After this silence the size is sent as a probe: the
 * agent acknowledges it once the command has its terminal.
 */
const silenceMs = 2000

const outputTypes: ReadonlySet<number> = new Set([payloadTypes.bytes, payloadTypes.error, payloadTypes.stderr])

/**
 * - `starting`: neither output nor a handshake has arrived
 * - `probing`: nothing has arrived for `silenceMs`, and the size has been sent
 * - `handshake`: the agent has requested a handshake that is not complete
 * - `open`: input is accepted
 */
type Phase = 'starting' | 'probing' | 'handshake' | 'open' | 'closed'

export class Channel {
  readonly #newId: () => string
  readonly #handshake = new Handshake()
  readonly #sendWindow = new SendWindow((unsent, now) => this.#newMessage('input_stream_data', unsent, now))
  readonly #receiveOrder = new ReceiveOrder()
  #phase: Phase = 'starting'
  #openedAt: number | undefined
  #isPaused = false
  #size: TerminalSize
  /** The number of the message with the size that was sent while `probing`. */
  #probeNumber: number | undefined
  /** Input before the agent accepts it. */
  readonly #typedAhead: Uint8Array[] = []
  #unacknowledgedBytes = 0
  #unacknowledgedMessages = 0

  constructor({ size, newId }: ChannelOptions) {
    this.#size = size
    this.#newId = newId
  }

  /** Bytes of input that the agent has not acknowledged, sent or not. */
  get unacknowledgedBytes(): number {
    return this.#unacknowledgedBytes
  }

  /** The memory of the input that the agent has not acknowledged, in bytes, with the overhead of each message. */
  get inputBacklogBytes(): number {
    return this.#unacknowledgedBytes + this.#unacknowledgedMessages * messageOverheadBytes
  }

  /** When to call `handle` with the event `time`; undefined while only an event can change something. */
  nextCheckAt(now: number): number | undefined {
    if (this.#phase === 'closed') return undefined
    if (this.#sendWindow.hasInFlight) return now + checkEveryMs
    return this.#phase === 'starting' && this.#openedAt !== undefined ? this.#openedAt + silenceMs : undefined
  }

  /** Applies an event. @param now milliseconds since 1970 */
  handle(event: ChannelEvent, now: number): ChannelAction[] {
    if (this.#phase === 'closed') return []
    const actions: ChannelAction[] = []
    this.#apply(event, now, actions)
    if (this.#openedAt !== undefined && !this.#isPaused)
      for (const message of this.#sendWindow.takeMessages(now)) actions.push({ kind: 'send', message })
    return actions
  }

  #apply(event: ChannelEvent, now: number, actions: ChannelAction[]): void {
    switch (event.kind) {
      case 'opened':
        this.#openedAt ??= now
        for (const message of this.#sendWindow.sendAllAgain(now)) actions.push({ kind: 'send', message })
        return
      case 'received':
        this.#receive(event.message, now, actions)
        return
      case 'input':
        this.#unacknowledgedBytes += event.bytes.byteLength
        this.#unacknowledgedMessages += Math.ceil(event.bytes.byteLength / maxPayloadBytes)
        if (this.#phase === 'open') this.#enqueueInput(event.bytes)
        else if (event.bytes.byteLength > 0) this.#typedAhead.push(event.bytes)
        return
      case 'resize':
        this.#size = event.size
        if (this.#phase === 'open' || this.#phase === 'probing') this.#enqueueSize()
        return
      case 'key':
        this.#respond(this.#handshake.responseWithKey(event))
        return
      case 'no-key':
        this.#respond(this.#handshake.responseWithFailure(event.failure))
        return
      case 'time':
        this.#checkTime(now, actions)
        return
    }
  }

  #checkTime(now: number, actions: ChannelAction[]): void {
    if (this.#phase === 'starting' && this.#openedAt !== undefined && now - this.#openedAt >= silenceMs) {
      this.#phase = 'probing'
      this.#probeNumber = this.#sendWindow.nextNumber
      this.#enqueueSize()
    }
    const message = this.#sendWindow.takeOverdue(now, { isAgentConnected: !this.#isPaused })
    if (message) actions.push({ kind: 'send', message })
  }

  #receive(message: ChannelMessage, now: number, actions: ChannelAction[]): void {
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
        this.#close(closingText(message.payload), actions)
    }
  }

  #resume(actions: ChannelAction[]): void {
    if (this.#isPaused) actions.push({ kind: 'resumed' })
    this.#isPaused = false
  }

  #receiveOutput(message: ChannelMessage, now: number, actions: ChannelAction[]): void {
    if (!this.#receiveOrder.accept(message)) return
    actions.push({ kind: 'send', message: this.#acknowledgement(message, now) })
    for (const next of this.#receiveOrder.takeInOrder()) {
      try {
        this.#process(next, actions)
      } catch (error) {
        if (!(error instanceof NotEncrypted)) throw error
        this.#close(error.message, actions)
        return
      }
    }
  }

  #close(text: string, actions: ChannelAction[]): void {
    this.#phase = 'closed'
    actions.push({ kind: 'closed', text })
  }

  /** @throws NotEncrypted */
  #process({ payloadType, payload }: ChannelMessage, actions: ChannelAction[]): void {
    if (outputTypes.has(payloadType)) {
      actions.push({ kind: 'output', bytes: this.#handshake.decrypt(payload) })
      if (this.#phase === 'starting' || this.#phase === 'probing') this.#open(actions)
      return
    }
    switch (payloadType) {
      case payloadTypes.handshakeRequest: {
        // A repeated request is ignored, because each request would make KMS generate another key.
        if (this.#phase !== 'starting' && this.#phase !== 'probing') return
        this.#phase = 'handshake'
        const request = this.#handshake.begin(payload)
        if (request) actions.push({ kind: 'request-key', request })
        else this.#respond(this.#handshake.responseWithoutEncryption())
        return
      }
      case payloadTypes.challengeRequest:
        this.#sendWindow.add({
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

  #open(actions: ChannelAction[]): void {
    const hasSize = this.#phase === 'probing'
    this.#phase = 'open'
    actions.push({ kind: 'ready' })
    // A size that was sent while `probing` applies only in a session without a handshake: before a handshake, the agent
    // acknowledges a size but ignores it.
    if (!hasSize) this.#enqueueSize()
    for (const bytes of this.#typedAhead.splice(0)) this.#enqueueInput(bytes)
  }

  #receiveAcknowledgement({ payload }: ChannelMessage, now: number, actions: ChannelAction[]): void {
    const number = acknowledgedSequence(payload)
    const message = number === undefined ? undefined : this.#sendWindow.acknowledge(number, now)
    if (!message) return
    if (message.payloadType === payloadTypes.bytes) {
      this.#unacknowledgedBytes -= this.#handshake.plainLength(message.payload)
      this.#unacknowledgedMessages--
    }
    // Without a handshake the agent acknowledges the size once the command has its terminal.
    if (number === this.#probeNumber && this.#phase === 'probing') this.#open(actions)
  }

  #respond(payload: Uint8Array): void {
    this.#sendWindow.add({ payloadType: payloadTypes.handshakeResponse, payload })
  }

  #enqueueInput(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.byteLength; start += maxPayloadBytes) {
      const payload = this.#handshake.encrypt(bytes.subarray(start, start + maxPayloadBytes))
      this.#sendWindow.add({ payloadType: payloadTypes.bytes, payload })
    }
  }

  #enqueueSize(): void {
    const { columns, rows } = this.#size
    const size = { payloadType: payloadTypes.size, payload: jsonBytes({ cols: columns, rows }) }
    // A person who drags the border of a window causes many sizes. Only the last size is sent.
    this.#sendWindow.add(size, ({ payloadType }) => payloadType === payloadTypes.size)
  }

  #acknowledgement(received: ChannelMessage, now: number): ChannelMessage {
    const content = { sequence: 0, payloadType: 0, payload: acknowledgementOf(received) }
    return { ...this.#newMessage('acknowledge', content, now), flags: onlyMessageFlags }
  }

  #newMessage(
    type: string,
    content: Pick<ChannelMessage, 'sequence' | 'payloadType' | 'payload'>,
    createdAt: number,
  ): ChannelMessage {
    return { type, flags: 0, id: this.#newId(), createdAt, ...content }
  }
}
