/**
 * The sending half of a channel: numbers what is sent, keeps it until it is acknowledged, and sends the oldest again
 * when that takes too long. All stream data has one count, so this is the only place that numbers.
 */
import type { Message } from './message.ts'
import { RetransmissionTimeout } from './retransmission-timeout.ts'

/** Stream data without a number. */
export interface Unsent {
  payloadType: number
  payload: Uint8Array
}

interface Sent {
  message: Message
  /** When it was last sent. */
  at: number
}

/** Messages that are sent but not acknowledged. It bounds what a resumed connection must send again. */
const maxInFlight = 256
/** How often the oldest message is sent while the agent is not connected. */
const probeEveryMs = 1000

export class SendWindow {
  readonly #newMessage: (unsent: Unsent & { sequence: number }, now: number) => Message
  readonly #timeout = new RetransmissionTimeout()
  readonly #waiting: Unsent[] = []
  /** Sent messages by number, the oldest first. */
  readonly #inFlight = new Map<number, Sent>()
  #nextNumber = 0

  constructor(newMessage: (unsent: Unsent & { sequence: number }, now: number) => Message) {
    this.#newMessage = newMessage
  }

  /** The number of the next message that gets one. */
  get nextNumber(): number {
    return this.#nextNumber
  }

  get hasInFlight(): boolean {
    return this.#inFlight.size > 0
  }

  /** Adds what is sent next; in place of the last one, where that waits and `replaces` says so. */
  add(unsent: Unsent, replaces: (last: Unsent) => boolean = () => false): void {
    const last = this.#waiting.at(-1)
    if (last && replaces(last)) this.#waiting.pop()
    this.#waiting.push(unsent)
  }

  /** Numbers what waits, as far as there is room. @returns the messages to send */
  send(now: number): Message[] {
    const room = Math.max(0, maxInFlight - this.#inFlight.size)
    return this.#waiting.splice(0, room).map((unsent) => {
      const sequence = this.#nextNumber++
      const message = this.#newMessage({ ...unsent, sequence }, now)
      this.#inFlight.set(sequence, { message, at: now })
      return message
    })
  }

  /** @returns the acknowledged message; undefined when it was acknowledged before, or never sent */
  acknowledge(number: number, now: number): Message | undefined {
    const sent = this.#inFlight.get(number)
    if (!sent) return undefined
    this.#inFlight.delete(number)
    this.#timeout.addRoundTrip(now - sent.at)
    return sent.message
  }

  /** @returns the oldest message, when it must be sent again */
  overdue(now: number, isPaused: boolean): Message | undefined {
    const [oldest] = this.#inFlight.values()
    if (!oldest || now - oldest.at <= (isPaused ? probeEveryMs : this.#timeout.ms)) return undefined
    oldest.at = now
    return oldest.message
  }

  /** @returns all messages in flight: what was sent on a lost connection may never have arrived */
  sendAllAgain(now: number): Message[] {
    return Array.from(this.#inFlight.values(), (sent) => {
      sent.at = now
      return sent.message
    })
  }
}
