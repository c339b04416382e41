/**
 * The agent at the other end of a session's data channel, as a model for tests: what aws/amazon-ssm-agent does
 * (agent/session/datachannel), with nothing of the gateway's own code. Time is a number that the test advances.
 */
import { randomUUID } from 'node:crypto'
import type { Message } from '../exec/channel/message.ts'

export interface AgentOptions {
  /** When its command has a terminal: earlier input is dropped without an acknowledgement. */
  readyAt: number
  /** What the command prints, a message each, from `readyAt` on. */
  output: readonly string[]
  /** The agent begins with a handshake without encryption, and ignores input until it is complete. */
  hasHandshake: boolean
  send: (message: Message) => void
}

const checkEveryMs = 100
const timeoutMs = 200
const types = { output: 1, size: 3, handshakeRequest: 5, handshakeResponse: 6, handshakeComplete: 7 }

export class AgentModel {
  readonly #options: AgentOptions
  /** What the command has received. */
  input = ''
  sizes: { cols: number; rows: number }[] = []
  #isHandshakeComplete: boolean
  #hasPrinted = false
  #next = 0
  #expected = 0
  readonly #early = new Map<number, Message>()
  readonly #unacknowledged = new Map<number, { message: Message; at: number }>()

  constructor(options: AgentOptions) {
    this.#options = options
    this.#isHandshakeComplete = !options.hasHandshake
  }

  get isDone(): boolean {
    return this.#hasPrinted && this.#unacknowledged.size === 0
  }

  start(now: number): void {
    if (!this.#options.hasHandshake) return
    const actions = [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands' } }]
    this.#emit(types.handshakeRequest, JSON.stringify({ RequestedClientActions: actions }), now)
  }

  pass(now: number): void {
    if (this.#isHandshakeComplete && now >= this.#options.readyAt && !this.#hasPrinted) {
      this.#hasPrinted = true
      for (const text of this.#options.output) this.#emit(types.output, text, now)
    }
    if (now % checkEveryMs !== 0) return
    const [oldest] = this.#unacknowledged.values()
    if (!oldest || now - oldest.at <= timeoutMs) return
    oldest.at = now
    this.#options.send(oldest.message)
  }

  receive(message: Message, now: number): void {
    if (message.type === 'acknowledge') {
      this.#unacknowledged.delete(JSON.parse(String(message.payload)).AcknowledgedMessageSequenceNumber)
      return
    }
    if (message.sequence > this.#expected) this.#early.set(message.sequence, message)
    if (message.sequence === this.#expected) {
      if (!this.#process(message, now)) return
      this.#expected++
    }
    this.#acknowledge(message, now)
    for (let next = this.#early.get(this.#expected); next; next = this.#early.get(this.#expected)) {
      if (!this.#process(next, now)) return
      this.#early.delete(this.#expected++)
    }
  }

  /** Whether the message is acknowledged. */
  #process({ payloadType, payload }: Message, now: number): boolean {
    if (payloadType === types.handshakeResponse) {
      this.#isHandshakeComplete = true
      this.#emit(types.handshakeComplete, JSON.stringify({ HandshakeTimeToComplete: 1, CustomerMessage: '' }), now)
      return true
    }
    // Acknowledged, but lost.
    if (!this.#isHandshakeComplete) return true
    if (now < this.#options.readyAt) return false
    if (payloadType === types.output) this.input += String(payload)
    if (payloadType === types.size) this.sizes.push(JSON.parse(String(payload)))
    return true
  }

  #acknowledge({ type, id, sequence }: Message, now: number): void {
    const payload = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }
    this.#options.send(this.#messageOf('acknowledge', 0, 0, JSON.stringify(payload), now))
  }

  #emit(payloadType: number, text: string, now: number): void {
    const sequence = this.#next++
    const message = this.#messageOf('output_stream_data', sequence, payloadType, text, now)
    this.#unacknowledged.set(sequence, { message, at: now })
    this.#options.send(message)
  }

  #messageOf(type: string, sequence: number, payloadType: number, text: string, now: number): Message {
    const payload = Buffer.from(text)
    return { type, sequence, flags: 0, id: randomUUID(), createdAt: now, payloadType, payload }
  }
}
