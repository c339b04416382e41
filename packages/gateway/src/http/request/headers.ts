/** What a request's headers say of who asks and what the request is called. */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The token that is shown, be it good or not. */
export function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-auth-token']
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? (typeof own === 'string' ? own : undefined)
}

/** The client's own id for the request where it gave one that can be written into a log, else a new one. */
export function requestIdFor(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID()
}
