/**
 * Computes how long to wait for an acknowledgement before a message is sent again, with the constants of the plugin
 * (aws/session-manager-plugin, src/config).
 */

const firstMs = 200
const maxMs = 1000
const minMarginMs = 10

export class RetransmissionTimeout {
  #ms = firstMs
  #roundTripMs = 100
  #variationMs = 0

  get ms(): number {
    return this.#ms
  }

  /** Adds a measured round trip: the time between a message's last transmission and its acknowledgement. */
  addRoundTrip(ms: number): void {
    this.#variationMs = (3 * this.#variationMs + Math.abs(this.#roundTripMs - ms)) / 4
    this.#roundTripMs = (7 * this.#roundTripMs + ms) / 8
    this.#ms = Math.min(maxMs, this.#roundTripMs + Math.max(minMarginMs, 4 * this.#variationMs))
  }
}
