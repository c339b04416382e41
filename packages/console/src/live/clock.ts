/**
 * The gateway's clock. Ages are differences to times of the gateway and of ECS, and the clock of this computer may be
 * wrong.
 */

/** `Date` of a response has whole seconds, and the response takes some time: a smaller difference is none. */
const toleratedMs = 3_000

/** How far the clock of this computer is ahead, in milliseconds; negative when it is behind. */
let aheadMs = 0

/** Compares the clock of this computer with that of a response. */
export function compareClocks(response: Response): void {
  const sentAt = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(sentAt)) return
  const difference = Date.now() - sentAt
  aheadMs = Math.abs(difference) > toleratedMs ? difference : 0
}

export const clockDifference = () => aheadMs

/** Milliseconds since 1970. */
export const gatewayNow = () => Date.now() - aheadMs
