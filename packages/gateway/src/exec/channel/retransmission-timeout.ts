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

  /**
   * Adds a measured round trip: the time from a message's first transmission to its acknowledgement. The plugin
   * measures from the last one, so on a slow network it takes each acknowledgement for a fast one and sends every
   * message again.
   */
  addRoundTrip(ms: number): void {
    this.#variationMs = (3 * this.#variationMs + Math.abs(this.#roundTripMs - ms)) / 4
    this.#roundTripMs = (7 * this.#roundTripMs + ms) / 8
    this.#ms = Math.min(maxMs, this.#roundTripMs + Math.max(minMarginMs, 4 * this.#variationMs))
  }
}
