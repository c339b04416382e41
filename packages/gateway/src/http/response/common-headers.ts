/** Headers of every response. */
import type { AwsCalls } from '../aws-calls.ts'

interface CommonHeaderFacts {
  id: string
  awsCalls: Pick<AwsCalls, 'calls' | 'ms'> | undefined
  isHttps: boolean
  isDraining: boolean
}

/**
 * Adds the headers of every response, also of problems. While the process drains, the connection closes after the
 * response.
 */
export function addCommonHeaders(
  headers: Record<string, string>,
  { id, awsCalls, isHttps, isDraining }: CommonHeaderFacts,
): Record<string, string> {
  const { calls, ms } = awsCalls ?? { calls: 0, ms: 0 }
  headers['x-request-id'] = id
  headers['server-timing'] = `aws;dur=${ms === 0 ? '0.0' : ms.toFixed(1)};desc="calls=${calls}"`
  // A response is data: browsers must not guess its type, show it in a frame, or send its address to other sites.
  headers['x-content-type-options'] = 'nosniff'
  headers['x-frame-options'] = 'DENY'
  headers['referrer-policy'] = 'no-referrer'
  if (isHttps) headers['strict-transport-security'] = 'max-age=31536000'
  if (isDraining) headers.connection = 'close'
  return headers
}
