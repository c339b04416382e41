/**
 * The sending half of a channel: numbers messages, keeps each until it is acknowledged, and says when the oldest must
 * be sent again. All stream data has one sequence of numbers, so only this class gives numbers.
 */
import type { ChannelMessage } from './message.ts'
import { RetransmissionTimeout } from './retransmission-timeout.ts'

/** Stream data without a number. */
export interface Unsent {
  payloadType: number
  payload: Uint8Array
}

interface Sent {
  message: ChannelMessage
  /** When the message was first sent on the present connection. */
  firstSentAt: number
  lastSentAt: number
}

/** The most messages that are sent but not acknowledged, and so must be sent again on a resumed connection. */
const maxInFlight = 256
/** How often the oldest message is sent while the agent is not connected. */
const probeEveryMs = 1000

export class SendWindow {
  readonly #newMessage: (unsent: Unsent & { sequence: number }, now: number) => ChannelMessage
  readonly #timeout = new RetransmissionTimeout()
  readonly #waiting: Unsent[] = []
  /** Sent messages by number, the oldest first. */
  readonly #inFlight = new Map<number, Sent>()
  #nextNumber = 0

  constructor(newMessage: (unsent: Unsent & { sequence: number }, now: number) => ChannelMessage) {
    this.#newMessage = newMessage
  }

  /** The number that the next new message gets. */
  get nextNumber(): number {
    return this.#nextNumber
  }

  get hasInFlight(): boolean {
    return this.#inFlight.size > 0
  }

  /** Adds data to send. When `replaces` returns true for the last waiting data, the new data replaces that data. */
  add(unsent: Unsent, replaces: (last: Unsent) => boolean = () => false): void {
    const last = this.#waiting.at(-1)
    if (last && replaces(last)) this.#waiting.pop()
    this.#waiting.push(unsent)
  }

  /** Numbers the waiting data, up to `maxInFlight`. @returns the messages to send */
  takeMessages(now: number): ChannelMessage[] {
    const room = Math.max(0, maxInFlight - this.#inFlight.size)
    return this.#waiting.splice(0, room).map((unsent) => {
      const sequence = this.#nextNumber++
      const message = this.#newMessage({ ...unsent, sequence }, now)
      this.#inFlight.set(sequence, { message, firstSentAt: now, lastSentAt: now })
      return message
    })
  }

  /** @returns the acknowledged message; undefined when it was acknowledged before, or never sent */
  acknowledge(number: number, now: number): ChannelMessage | undefined {
    const sent = this.#inFlight.get(number)
    if (!sent) return undefined
    this.#inFlight.delete(number)
    // The acknowledgement may be that of the first transmission.
    this.#timeout.addRoundTrip(now - sent.firstSentAt)
    return sent.message
  }

  /**
   * Returns the oldest message when it must be sent again, and marks it as sent now; undefined otherwise.
   * @param isAgentConnected while false, the oldest message is due every second
   */
  takeOverdue(now: number, { isAgentConnected }: { isAgentConnected: boolean }): ChannelMessage | undefined {
    const [oldest] = this.#inFlight.values()
    if (!oldest || now - oldest.lastSentAt <= (isAgentConnected ? this.#timeout.ms : probeEveryMs)) return undefined
    oldest.lastSentAt = now
    return oldest.message
  }

  /** Returns all messages in flight, which may not have arrived on the lost connection, and marks them as sent now. */
  sendAllAgain(now: number): ChannelMessage[] {
    return Array.from(this.#inFlight.values(), (sent) => {
      sent.firstSentAt = sent.lastSentAt = now
      return sent.message
    })
  }
}
