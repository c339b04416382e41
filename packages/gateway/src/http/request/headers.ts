/** Token and request id from a request's headers. */
import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The token in the request's headers, valid or not. */
export function tokenInHeaders(headers: IncomingHttpHeaders): string | undefined {
  const authToken = headers['x-auth-token']
  const bearerToken = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return bearerToken ?? (typeof authToken === 'string' ? authToken : undefined)
}

/** Makes ids unique among processes. A random id for each request would cost more than the rest of its head. */
const processPrefix = randomBytes(9).toString('base64url').replaceAll('_', '.')
let requestCount = 0

/** The client's own request id if it is safe for a log, else a new one. */
export function requestIdFor(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given)
    ? given
    : `${processPrefix}-${(++requestCount).toString(36)}`
}
