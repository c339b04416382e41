/** Token and request id from a request's headers. */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The token that the request shows, valid or not. */
export function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-auth-token']
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? (typeof own === 'string' ? own : undefined)
}

/** The client's own request id where it is safe for a log, else a new one. */
export function requestIdFor(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID()
}
