/** The receiving half of a channel: returns each message once, in the order of their numbers. */
import type { ChannelMessage } from './message.ts'

/** Limits of the kept messages whose predecessor is missing: their number, as in the plugin, and their bytes. */
const maxEarly = { messages: 10_000, bytes: 16_777_216 }

export class ReceiveOrder {
  #expected = 0
  /** Messages that arrived before an earlier message, by number. */
  readonly #early = new Map<number, ChannelMessage>()
  #earlyBytes = 0

  /**
   * Takes a message. A repeated message is accepted again, because its acknowledgement may have been lost.
   * @returns false when there is no room. Do not acknowledge the message then, so that the agent sends it again
   */
  accept(message: ChannelMessage): boolean {
    if (message.sequence < this.#expected || this.#early.has(message.sequence)) return true
    const bytes = this.#earlyBytes + message.payload.byteLength
    const isNext = message.sequence === this.#expected
    if (!isNext && (this.#early.size >= maxEarly.messages || bytes > maxEarly.bytes)) return false
    this.#early.set(message.sequence, message)
    this.#earlyBytes = bytes
    return true
  }

  /** Yields and removes the messages before the next missing one, in the order of their numbers. */
  *takeInOrder(): Generator<ChannelMessage> {
    for (let next = this.#early.get(this.#expected); next; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected++)
      this.#earlyBytes -= next.payload.byteLength
      yield next
    }
  }
}
