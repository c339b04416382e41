/**
 * The gateway's clock, estimated from its responses. Pages compute ages with it, because the clock of this computer may
 * be wrong.
 */

/** Smaller differences are ignored: the header `Date` has whole seconds, and the response takes some time. */
const toleratedMs = 3_000

/** How far the clock of this computer is ahead, in milliseconds; negative when it is behind. */
let aheadMs = 0

/** Compares the clock of this computer with the header `Date` of a response. */
export function compareClocks(response: Response): void {
  const sentAt = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(sentAt)) return
  const difference = Date.now() - sentAt
  aheadMs = Math.abs(difference) > toleratedMs ? difference : 0
}

export const clockAheadMs = () => aheadMs

/** In milliseconds since 1970. */
export const gatewayNow = () => Date.now() - aheadMs
