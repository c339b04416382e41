/**
 * Events that wait until the client has read the events before them, so that a burst of lines does not end its stream.
 */
import type { EventSink, StreamEvent } from '../../http/streams/event-source.ts'

/** The bytes that may wait. With more, events are sent at once, and a slow client's stream ends (`http/streams`). */
const maxBytes = 8 * 2 ** 20

export class Outbox {
  /** The client's event stream. */
  readonly #client: EventSink
  readonly #waiting: StreamEvent[] = []
  #bytes = 0
  #sending: Promise<void> | undefined

  constructor(client: EventSink) {
    this.#client = client
  }

  /** @returns a promise that resolves when the client has read most of the added events */
  add(events: readonly StreamEvent[]): Promise<void> {
    for (const event of events) {
      this.#waiting.push(event)
      this.#bytes += event.data.length
    }
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #send(): Promise<void> {
    for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) {
      this.#bytes -= event.data.length
      this.#client.sendEvent(event)
      if (this.#bytes <= maxBytes) await this.#client.waitUntilRead()
    }
  }
}
