/**
 * How long each side of a session's data channel waits for an acknowledgement before it sends a message again. The
 * constants and formulas are AWS's (aws/amazon-ssm-agent, agent/session/datachannel).
 */
export interface RetransmissionTimeout {
  readonly ms: number
  /** Adds a measured round trip: the time between a message's last transmission and its acknowledgement. */
  addRoundTrip(ms: number): void
}

const FIRST_MS = 200
const MAX_MS = 1000
const MIN_MARGIN_MS = 10

export function createRetransmissionTimeout(): RetransmissionTimeout {
  let timeout = FIRST_MS
  let roundTrip = 100
  let variation = 0
  return {
    get ms() {
      return timeout
    },
    addRoundTrip(ms) {
      variation = (3 * variation + Math.abs(roundTrip - ms)) / 4
      roundTrip = (7 * roundTrip + ms) / 8
      timeout = Math.min(MAX_MS, roundTrip + Math.max(MIN_MARGIN_MS, 4 * variation))
    },
  }
}
