/** Checks that the configured admin token is hard to guess, and that other users cannot read its file. */
import { statSync } from 'node:fs'
import type { Address } from './settings.ts'

/**
 * The minimum length of the admin token. A token with fewer random letters and digits can be guessed over the network.
 * A token that this program creates has 43 characters.
 */
export const minTokenLength = 16

/**
 * Returns why the token is too weak to start the gateway; undefined when the gateway may start. On loopback, a short
 * token only causes a warning.
 */
export function weakTokenFault(token: string | undefined, listen: Address): string | undefined {
  if (token === undefined || !isGuessable(token) || isLoopback(listen.host)) return undefined
  return `has ${token.length} characters; a service that other machines can reach needs at least ${minTokenLength}`
}

export function isGuessable(token: string): boolean {
  return token.length < minTokenLength
}

export function weakTokenWarning(token: string | undefined): string | undefined {
  if (token === undefined || !isGuessable(token)) return undefined
  return `the admin token has ${token.length} characters and can be guessed; use at least ${minTokenLength} characters`
}

/** Returns a warning when other users than the owner can read the file. */
export function readableFileWarning(file: string): string | undefined {
  // Windows has no such file modes.
  if (process.platform === 'win32') return undefined
  const { mode } = statSync(file)
  if ((mode & 0o077) === 0) return undefined
  const octalMode = (mode & 0o777).toString(8).padStart(4, '0')
  return `the token file ${file} has mode ${octalMode}, so other users can read it; run chmod 600 ${file}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
