/** Limits for each token, or for each address without a token: the key `limits` of the configuration. */
import { Type } from '../typebox/type.ts'

export interface Limits {
  /** Open event streams of one token. */
  streamsPerToken: number
  /** Concurrent changes and waits of one token. */
  changesPerToken: number
  /** Rejected changes of one token in a minute that get an audit entry each. Further ones share one entry. */
  auditedRejectionsPerMinute: number
  /** Responses stored for the Idempotency-Keys of one token in 24 hours, in MiB. */
  keptResponsesMiB: number
  /** Requests without a token from one address in ten seconds. */
  publicRequests: number
  /** Requests with an unknown token from one address in a minute. */
  failedLogins: number
}

export const defaultLimits: Limits = {
  streamsPerToken: 1000,
  changesPerToken: 500,
  auditedRejectionsPerMinute: 60,
  keptResponsesMiB: 64,
  publicRequests: 1000,
  failedLogins: 60,
}

const integerUpTo = (maximum: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum, expected: `a whole number from 1 to ${maximum}` }))

export const limitsSchema = Type.Object(
  {
    streamsPerToken: integerUpTo(10_000),
    changesPerToken: integerUpTo(10_000),
    auditedRejectionsPerMinute: integerUpTo(10_000),
    keptResponsesMiB: integerUpTo(65_536),
    publicRequests: integerUpTo(10_000_000),
    failedLogins: integerUpTo(10_000_000),
  },
  { additionalProperties: false, expected: `a map of ${Object.keys(defaultLimits).join(', ')}` },
)
