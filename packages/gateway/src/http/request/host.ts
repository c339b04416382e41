/** Checks the Host header of a request. */
import type { IncomingMessage } from 'node:http'
import { BadRequest, Forbidden } from '../../problems/problem.ts'

/**
 * @param isForLoopbackOnly the host must be loopback
 * @throws BadRequest `MalformedRequest`, also for two hosts, because a proxy may have used the other one (RFC 9112,
 *   3.2)
 * @throws Forbidden `HostNotAllowed`
 */
export function requireAllowedHost(
  { headers, rawHeaders, httpVersion }: IncomingMessage,
  { isForLoopbackOnly }: { isForLoopbackOnly: boolean },
): void {
  if (headers.host === undefined && httpVersion === '1.1')
    throw new BadRequest('MalformedRequest', 'The request has no Host header.')
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host') hosts++
  if (hosts > 1) throw new BadRequest('MalformedRequest', 'The request has more than one Host header.')
  if (!isForLoopbackOnly || namesLoopback(headers.host)) return
  throw new Forbidden('HostNotAllowed', 'The Host header does not name loopback, so a web page may have sent this.', {
    next: 'Use http://127.0.0.1 or http://localhost, or configure an admin token of at least 16 characters.',
  })
}

/**
 * Whether a request is for loopback by its Host header, so that no web page of another host can have sent it, even when
 * the name of that host leads here. Browsers resolve `localhost` and the names below it to loopback only (RFC 6761).
 */
export function namesLoopback(host = 'localhost'): boolean {
  const name = host.replace(/:\d*$/, '')
  return name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || /^([^.]+\.)*localhost$/i.test(name)
}
