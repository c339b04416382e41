/**
 * A model of the agent at the other end of a session's data channel, for tests. It behaves like aws/amazon-ssm-agent
 * (agent/session/datachannel) and shares no code with the gateway. Time is a number that the test advances.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ChannelMessage } from '../exec/channel/message.ts'
import { decryptedPayload, encryptedPayload } from './session-payload.ts'

export interface AgentOptions {
  /** The time at which the command has a terminal. Earlier input is dropped without an acknowledgement. */
  readyAt: number
  /** The output of the command, which is sent at `readyAt`. Each text is one message. */
  output: readonly string[]
  /**
   * Whether the agent begins with a handshake. It ignores input until the handshake is complete. With `encrypted` it
   * requests a key from the client.
   */
  handshake: 'none' | 'plain' | 'encrypted'
  send: (message: ChannelMessage) => void
}

const resendCheckIntervalMs = 100
const resendAfterMs = 200
const payloadTypes = {
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
}
/** The data key that KMS generates for the client, and decrypts for the agent. */
export const kmsDataKey = { plaintext: randomBytes(64), ciphertext: randomBytes(100) }

export class AgentModel {
  readonly #options: AgentOptions
  /** The input that the command has received. */
  input = ''
  sizes: { cols: number; rows: number }[] = []
  #isHandshakeComplete: boolean
  #hasPrinted = false
  #nextSequence = 0
  #expectedSequence = 0
  #isEncrypted = false
  readonly #challenge = randomBytes(64)
  readonly #earlyMessages = new Map<number, ChannelMessage>()
  readonly #unacknowledged = new Map<number, { message: ChannelMessage; at: number }>()

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
    this.#emit(payloadTypes.handshakeRequest, JSON.stringify({ RequestedClientActions: actions }), now)
  }

  advanceTo(now: number): void {
    if (this.#isHandshakeComplete && now >= this.#options.readyAt && !this.#hasPrinted) {
      this.#hasPrinted = true
      for (const text of this.#options.output) this.#emit(payloadTypes.output, text, now)
    }
    if (now % resendCheckIntervalMs !== 0) return
    const [oldest] = this.#unacknowledged.values()
    if (!oldest || now - oldest.at <= resendAfterMs) return
    oldest.at = now
    this.#options.send(oldest.message)
  }

  receive(message: ChannelMessage, now: number): void {
    if (message.type === 'acknowledge') {
      this.#unacknowledged.delete(JSON.parse(String(message.payload)).AcknowledgedMessageSequenceNumber)
      return
    }
    if (message.sequence > this.#expectedSequence) this.#earlyMessages.set(message.sequence, message)
    if (message.sequence === this.#expectedSequence) {
      if (!this.#process(message, now)) return
      this.#expectedSequence++
    }
    this.#acknowledge(message, now)
    for (
      let next = this.#earlyMessages.get(this.#expectedSequence);
      next;
      next = this.#earlyMessages.get(this.#expectedSequence)
    ) {
      if (!this.#process(next, now)) return
      this.#earlyMessages.delete(this.#expectedSequence++)
    }
  }

  /** Processes the next message of the client. @returns whether the agent acknowledges it */
  #process({ payloadType, payload }: ChannelMessage, now: number): boolean {
    if (payloadType === payloadTypes.handshakeResponse && !this.#isHandshakeComplete) {
      if (this.#options.handshake === 'encrypted') this.#requestChallenge(payload, now)
      else this.#completeHandshake(now)
      return true
    }
    if (payloadType === payloadTypes.challengeResponse && !this.#isHandshakeComplete) {
      const { Challenge } = JSON.parse(String(payload))
      if (
        !decryptedPayload(kmsDataKey.plaintext.subarray(32), Buffer.from(Challenge, 'base64')).equals(this.#challenge)
      )
        throw new Error('the challenge does not match')
      this.#completeHandshake(now)
      return true
    }
    // Input before the end of the handshake is acknowledged, but lost.
    if (!this.#isHandshakeComplete) return true
    if (now < this.#options.readyAt) return false
    if (payloadType === payloadTypes.output)
      this.input += String(this.#isEncrypted ? decryptedPayload(kmsDataKey.plaintext.subarray(32), payload) : payload)
    if (payloadType === payloadTypes.size) this.sizes.push(JSON.parse(String(payload)))
    return true
  }

  /** @throws Error when the response does not have the key that KMS generated */
  #requestChallenge(payload: Uint8Array, now: number): void {
    const { ProcessedClientActions: actions } = JSON.parse(String(payload))
    const { ActionStatus, ActionResult } = actions[1]
    const key = kmsDataKey.ciphertext.toString('base64')
    if (ActionStatus !== 1 || ActionResult.KMSCipherTextKey !== key || !ActionResult.ChallengeAcknowledgement)
      throw new Error(`a wrong response: ${payload}`)
    const Challenge = encryptedPayload(kmsDataKey.plaintext.subarray(0, 32), this.#challenge).toString('base64')
    this.#emit(payloadTypes.challengeRequest, JSON.stringify({ Challenge }), now)
  }

  #completeHandshake(now: number): void {
    this.#emit(payloadTypes.handshakeComplete, JSON.stringify({ HandshakeTimeToComplete: 1, CustomerMessage: '' }), now)
    this.#isHandshakeComplete = true
    this.#isEncrypted = this.#options.handshake === 'encrypted'
  }

  #acknowledge({ type, id, sequence }: ChannelMessage, now: number): void {
    const payload = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }
    this.#options.send(this.#messageOf('acknowledge', 0, 0, JSON.stringify(payload), now))
  }

  #emit(payloadType: number, text: string, now: number): void {
    const sequence = this.#nextSequence++
    const payload =
      this.#isEncrypted && payloadType === payloadTypes.output
        ? encryptedPayload(kmsDataKey.plaintext.subarray(0, 32), Buffer.from(text))
        : text
    const message = this.#messageOf('output_stream_data', sequence, payloadType, payload, now)
    this.#unacknowledged.set(sequence, { message, at: now })
    this.#options.send(message)
  }

  #messageOf(type: string, sequence: number, payloadType: number, bytes: string | Buffer, now: number): ChannelMessage {
    const payload = Buffer.from(bytes as string)
    return { type, sequence, flags: 0, id: randomUUID(), createdAt: now, payloadType, payload }
  }
}
