/** How good the admin's token is, and who may read the file that it is in. */
import { statSync } from 'node:fs'
import type { Address } from './settings.ts'

/** A token that this program makes has 43 characters; one of fewer random letters and digits than this can be guessed over the network. */
export const shortestToken = 16

/** Why the token is too weak to start with; undefined where it is not. On loopback a short one is only warned of. */
export function weakTokenFault(token: string | undefined, listen: Address): string | undefined {
  if (token === undefined || token.length >= shortestToken || isLoopback(listen.host)) return undefined
  return `has ${token.length} characters; a service that others can reach needs at least ${shortestToken}`
}

export function weakTokenWarning(token: string | undefined): string | undefined {
  if (token === undefined || token.length >= shortestToken) return undefined
  return `the admin's token has ${token.length} characters: it can be guessed; take one of at least ${shortestToken}`
}

/** A warning where others than the file's owner may read it. */
export function readableFileWarning(file: string): string | undefined {
  // Windows has no such modes.
  if (process.platform === 'win32') return undefined
  const { mode } = statSync(file)
  if ((mode & 0o077) === 0) return undefined
  return `the token file ${file} has mode ${(mode & 0o777).toString(8).padStart(4, '0')}: others may read it; chmod 600 it`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
