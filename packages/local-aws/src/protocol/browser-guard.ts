/**
 * Keeps web pages out of an engine that does not verify signatures.
 *
 * A page can send requests to loopback, and by DNS rebinding it can even read the responses. A page's request has an
 * Origin header, or a Host header that names neither loopback nor the listener. Requests of AWS clients have neither.
 */
import { AwsError } from './aws-error.ts'

type Headers = Record<string, string | undefined>

/** @throws AwsError 403 for a request that a web page may have sent. */
export function rejectWebPages({ origin, host }: Headers, listenerHost: string): void {
  if (origin !== undefined)
    throw forbidden(`A request with an Origin header is rejected: web pages have no access to this engine.`)
  const name = hostName(host)
  if (name === undefined || isLoopbackName(name) || name === listenerHost) return
  throw forbidden(
    'The Host header names neither loopback nor this listener, so the request may come from a web page. ' +
      'Use http://127.0.0.1 or http://localhost as the endpoint, or start the engine with --verify.',
  )
}

/**
 * Whether the name is a loopback address, `localhost` or a name below it, which browsers resolve to loopback (RFC
 * 6761).
 */
export function isLoopbackName(name: string): boolean {
  return name === '::1' || /^127(\.\d{1,3}){3}$/.test(name) || /^([^.]+\.)*localhost$/i.test(name)
}

/** The host without port and brackets; undefined without a Host header (HTTP/1.0). */
function hostName(host: string | undefined): string | undefined {
  if (host === undefined) return undefined
  return host
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
}

function forbidden(message: string): AwsError {
  return new AwsError('AccessDeniedException', message, { status: 403 })
}
