/** Bounds on the cost of one token, or of one address without a token: the key `limits` of the configuration. */
import Type from 'typebox'

export interface Limits {
  /** Event streams that are open at once, of one token. */
  streamsPerToken: number
  /** Changes and waits that are under way at once, of one token. */
  changesPerToken: number
  /** Rejected changes of one token in a minute that get an audit entry each; the others are counted together. */
  auditedRejectionsPerMinute: number
  /** Responses kept for Idempotency-Keys of one token within 24 hours, in MiB. */
  keptResponsesMiB: number
  /** Requests without a token in ten seconds, of one address. */
  publicRequests: number
  /** Requests with a token that is not known in a minute, of one address. */
  failedLogins: number
}

export const usualLimits: Limits = {
  streamsPerToken: 1000,
  changesPerToken: 500,
  auditedRejectionsPerMinute: 60,
  keptResponsesMiB: 64,
  publicRequests: 1000,
  failedLogins: 60,
}

const most = (maximum: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum, expected: `a whole number from 1 to ${maximum}` }))

export const limitsSchema = Type.Object(
  {
    streamsPerToken: most(10_000),
    changesPerToken: most(10_000),
    auditedRejectionsPerMinute: most(10_000),
    keptResponsesMiB: most(65_536),
    publicRequests: most(10_000_000),
    failedLogins: most(10_000_000),
  },
  { additionalProperties: false, expected: `a map of ${Object.keys(usualLimits).join(', ')}` },
)
