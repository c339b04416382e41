/**
 * The agent at the other end of a session's data channel, as a model for tests: what aws/amazon-ssm-agent does
 * (agent/session/datachannel), with nothing of the gateway's own code. Time is a number that the test advances.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Message } from '../exec/channel/message.ts'
import { openedPayload, sealedPayload } from './session-payload.ts'

export interface AgentOptions {
  /** When its command has a terminal: earlier input is dropped without an acknowledgement. */
  readyAt: number
  /** The output of the command, a message each, from `readyAt` on. */
  output: readonly string[]
  /** The agent begins with a handshake, and ignores input until it is complete. With `encrypted` it requests a key. */
  handshake: 'none' | 'plain' | 'encrypted'
  send: (message: Message) => void
}

const checkEveryMs = 100
const timeoutMs = 200
const types = {
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
}
/** The data key that KMS generates for the client, and decrypts for the agent. */
export const modelKey = { plaintext: randomBytes(64), ciphertext: randomBytes(100) }

export class AgentModel {
  readonly #options: AgentOptions
  /** The input that the command has received. */
  input = ''
  sizes: { cols: number; rows: number }[] = []
  #isHandshakeComplete: boolean
  #hasPrinted = false
  #next = 0
  #expected = 0
  #isEncrypted = false
  readonly #challenge = randomBytes(64)
  readonly #early = new Map<number, Message>()
  readonly #unacknowledged = new Map<number, { message: Message; at: number }>()

  constructor(options: AgentOptions) {
    this.#options = options
    this.#isHandshakeComplete = options.handshake === 'none'
  }

  get isDone(): boolean {
    return this.#hasPrinted && this.#unacknowledged.size === 0
  }

  start(now: number): void {
    const { handshake } = this.#options
    if (handshake === 'none') return
    const actions: object[] = [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands' } }]
    const parameters = { KMSKeyId: 'alias/sessions', Challenge: randomBytes(16).toString('base64') }
    if (handshake === 'encrypted') actions.push({ ActionType: 'KMSEncryption', ActionParameters: parameters })
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
    if (payloadType === types.handshakeResponse && !this.#isHandshakeComplete) {
      if (this.#options.handshake === 'encrypted') this.#requestChallenge(payload, now)
      else this.#completeHandshake(now)
      return true
    }
    if (payloadType === types.challengeResponse && !this.#isHandshakeComplete) {
      const { Challenge } = JSON.parse(String(payload))
      if (!openedPayload(modelKey.plaintext.subarray(32), Buffer.from(Challenge, 'base64')).equals(this.#challenge))
        throw new Error('the challenge does not match')
      this.#completeHandshake(now)
      return true
    }
    // Acknowledged, but lost.
    if (!this.#isHandshakeComplete) return true
    if (now < this.#options.readyAt) return false
    if (payloadType === types.output)
      this.input += String(this.#isEncrypted ? openedPayload(modelKey.plaintext.subarray(32), payload) : payload)
    if (payloadType === types.size) this.sizes.push(JSON.parse(String(payload)))
    return true
  }

  /** @throws Error when the response has not the key that KMS generated */
  #requestChallenge(payload: Uint8Array, now: number): void {
    const { ProcessedClientActions: actions } = JSON.parse(String(payload))
    const { ActionStatus, ActionResult } = actions[1]
    const key = modelKey.ciphertext.toString('base64')
    if (ActionStatus !== 1 || ActionResult.KMSCipherTextKey !== key || !ActionResult.ChallengeAcknowledgement)
      throw new Error(`a wrong response: ${payload}`)
    const Challenge = sealedPayload(modelKey.plaintext.subarray(0, 32), this.#challenge).toString('base64')
    this.#emit(types.challengeRequest, JSON.stringify({ Challenge }), now)
  }

  #completeHandshake(now: number): void {
    this.#emit(types.handshakeComplete, JSON.stringify({ HandshakeTimeToComplete: 1, CustomerMessage: '' }), now)
    this.#isHandshakeComplete = true
    this.#isEncrypted = this.#options.handshake === 'encrypted'
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
    const payload =
      this.#isEncrypted && payloadType === types.output
        ? sealedPayload(modelKey.plaintext.subarray(0, 32), Buffer.from(text))
        : text
    const message = this.#messageOf('output_stream_data', sequence, payloadType, payload, now)
    this.#unacknowledged.set(sequence, { message, at: now })
    this.#options.send(message)
  }

  #messageOf(type: string, sequence: number, payloadType: number, bytes: string | Buffer, now: number): Message {
    const payload = Buffer.from(bytes as string)
    return { type, sequence, flags: 0, id: randomUUID(), createdAt: now, payloadType, payload }
  }
}
