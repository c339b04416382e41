/** The problems that an operation can have. */
import { problemCodes } from '../../problems/codes.ts'
import type { Route } from '../route.ts'

export type Code = keyof typeof problemCodes

/** The problems that all routes of a kind can have, by kind. */
const problemsOfKinds = {
  body: ['MalformedJson', 'InvalidBody', 'BodyTooLarge', 'UnsupportedMediaType'],
  stream: ['CursorTooOld', 'TooManyStreams', 'TokenLimitExceeded'],
  token: ['Unauthorized', 'PermissionMissing', 'OutsideFence', 'RateLimitExceeded', 'StoreUnavailable'],
  change: ['InvalidHeader', 'IdempotencyConflict', 'RequestInProgress', 'OutcomeUnknown', 'TokenLimitExceeded'],
  aws: [
    'TooManyRequests',
    'AwsAccessDenied',
    'AwsError',
    'AwsCredentialsRefused',
    'AwsUnreachable',
    'AwsTimeout',
    'NotOfferedByAws',
  ],
} as const satisfies Record<string, readonly Code[]>

/** The route's own problems and those of its kinds, ordered by status. */
export function problemsOf({ method, path, schema, hasStream }: Route): Code[] {
  const codes = new Set<Code>(['InvalidQuery', 'NotAcceptable', ...(schema.problems ?? [])])
  const add = (...more: readonly Code[]) => {
    for (const code of more) codes.add(code)
  }
  const isOfAccount = path.includes('/:account/')
  if (schema.body) add(...problemsOfKinds.body)
  if (schema.body && !schema.isBodyOptional) add('BodyMissing')
  if (schema.query?.cursor) add('InvalidCursor')
  if (hasStream) add(...problemsOfKinds.stream)
  if (schema.ifMatch) add('PreconditionFailed')
  if (schema.notYetAvailable) add('NotYetAvailable')
  if (!schema.isPublic) add(...problemsOfKinds.token)
  if (method !== 'GET') add(...problemsOfKinds.change)
  if (isOfAccount) add('AccountNotFound')
  if (isOfAccount && schema.readsFrom !== 'store') add(...problemsOfKinds.aws)
  if (isOfAccount && method !== 'GET') add('GuardrailBroken')
  return [...codes].sort((a, b) => problemCodes[a].status - problemCodes[b].status)
}
