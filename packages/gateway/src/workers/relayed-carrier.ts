/** Messages between workers: their parent passes them on, and says when one has ended. */
import type { Carrier, Message, Receiver } from '../peers/carrier.ts'
import type { Passed, Report } from './messages.ts'

export class RelayedCarrier implements Carrier {
  readonly #tell: (report: Report) => void
  #receiver: Receiver | undefined

  constructor(tell: (report: Report) => void) {
    this.#tell = tell
  }

  async open(receiver: Receiver): Promise<void> {
    this.#receiver = receiver
  }

  send(message: Message, to?: string): void {
    this.#tell({ say: 'pass', to, message })
  }

  async close(): Promise<void> {
    this.#receiver = undefined
  }

  take(order: Passed): void {
    if (order.do === 'receive') this.#receiver?.heard(order.from, order.message)
    else this.#receiver?.ended(order.process)
  }
}
