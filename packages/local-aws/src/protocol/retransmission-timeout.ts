/** How long a side of a session's data channel waits for an acknowledgement: AWS's figures and formulas (aws/amazon-ssm-agent, agent/session/datachannel). */
export interface RetransmissionTimeout {
  readonly ms: number
  /** Takes in how long the acknowledgement of a message took since the message was last sent. */
  measured(ms: number): void
}

const FIRST_MS = 200
const LONGEST_MS = 1000
const SHORTEST_MARGIN_MS = 10

export function retransmissionTimeout(): RetransmissionTimeout {
  let timeout = FIRST_MS
  let roundTrip = 100
  let variation = 0
  return {
    get ms() {
      return timeout
    },
    measured(ms) {
      variation = (3 * variation + Math.abs(roundTrip - ms)) / 4
      roundTrip = (7 * roundTrip + ms) / 8
      timeout = Math.min(LONGEST_MS, roundTrip + Math.max(SHORTEST_MARGIN_MS, 4 * variation))
    },
  }
}
