/** Headers of every response. */
import type { AwsCalls } from './aws-calls.ts'

interface WithCommonHeaders {
  id: string
  tally: Pick<AwsCalls, 'calls' | 'ms'> | undefined
  isHttps: boolean
  isDraining: boolean
}

/** Adds the headers of every answer, problems too. While the process drains, a connection ends with its answer. */
export function addCommonHeaders(
  headers: Record<string, string>,
  { id, tally, isHttps, isDraining }: WithCommonHeaders,
): Record<string, string> {
  const { calls, ms } = tally ?? { calls: 0, ms: 0 }
  headers['x-request-id'] = id
  headers['server-timing'] = `aws;dur=${ms === 0 ? '0.0' : ms.toFixed(1)};desc="calls=${calls}"`
  // An answer is data: it is not guessed at, not framed, and its address goes nowhere.
  headers['x-content-type-options'] = 'nosniff'
  headers['x-frame-options'] = 'DENY'
  headers['referrer-policy'] = 'no-referrer'
  if (isHttps) headers['strict-transport-security'] = 'max-age=31536000'
  if (isDraining) headers.connection = 'close'
  return headers
}
