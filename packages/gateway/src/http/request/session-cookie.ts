/**
 * Cookies of browser sessions. Browsers send a cookie to every port of a host, so the name contains the listening port.
 * Another program on the host can add cookies of the same name, so all values are tried.
 */
import type { IncomingHttpHeaders } from 'node:http'

/** How a browser has reached this process. */
export interface ReachedPort {
  /** The port on which this process listens. */
  port: number
  /** By its own TLS, or by a trusted proxy's `X-Forwarded-Proto`. */
  isHttps: boolean
}

/** 32 random bytes in base64url. Other values are not cookies of the gateway. */
const secret = /^[\w-]{43}$/

const sessionName = (reachedPort: ReachedPort) => nameOf('ecs-api-session', reachedPort)
const oidcName = (reachedPort: ReachedPort) => nameOf('ecs-api-oidc', reachedPort)

/**
 * Browsers accept a cookie with the prefix `__Host-` only over TLS. They send it to this host only, and no subdomain
 * can set it.
 */
function nameOf(name: string, { port, isHttps }: ReachedPort): string {
  return `${isHttps ? '__Host-' : ''}${name}-${port}`
}

export function sessionCookies(headers: IncomingHttpHeaders, reachedPort: ReachedPort): string[] {
  return valuesOf(headers, sessionName(reachedPort))
}

export function oidcCookies(headers: IncomingHttpHeaders, reachedPort: ReachedPort): string[] {
  return valuesOf(headers, oidcName(reachedPort))
}

function valuesOf({ cookie = '' }: IncomingHttpHeaders, name: string): string[] {
  // The number of values is limited, because the size of a request's headers is limited.
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .filter((value) => secret.test(value))
}

/** `Set-Cookie` of a session. @param seconds 0 removes it */
export function setSessionCookie(value: string, seconds: number, reachedPort: ReachedPort): string {
  return setCookie(sessionName(reachedPort), value, seconds, reachedPort)
}

/**
 * `Set-Cookie` of a sign-in with the OpenID Connect issuer. The issuer redirects to a page of the console, and the page
 * itself then sends the cookie. So the cookie can be `SameSite=Strict`.
 */
export function setOidcCookie(value: string, seconds: number, reachedPort: ReachedPort): string {
  return setCookie(oidcName(reachedPort), value, seconds, reachedPort)
}

function setCookie(name: string, value: string, seconds: number, { isHttps }: ReachedPort): string {
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isHttps ? '; Secure' : ''}`
}
