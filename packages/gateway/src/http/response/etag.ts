/** Entity tags and conditional writes (RFC 9110, "Conditional Requests"). */
import { hash } from 'node:crypto'
import { PreconditionFailed } from '../../problems/problem.ts'

/** The strong entity tag of a response body, quotes included. */
export function etagOf(payload: string | Buffer): string {
  return `"${hash('sha1', payload, 'base64url')}"`
}

/**
 * Whether an `If-None-Match` or `If-Match` header names this tag. Weak and strong tags count as equal, because the
 * gateway sends no partial responses.
 */
export function matchesEtag(header: string, tag: string): boolean {
  if (header.trim() === '*') return true
  const bare = unquoted(tag)
  return header.split(',').some((entry) => unquoted(entry) === bare)
}

function unquoted(tag: string): string {
  return tag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1')
}

/**
 * Checks `If-Match` before a write. It may have the resource's `configVersion`, with or without quotes, or the ETag of
 * a GET.
 * @param current the resource as a GET would return it now
 * @throws PreconditionFailed when the resource has another version
 */
export function checkIfMatch(ifMatch: string | undefined, current: { configVersion: string }): void {
  if (ifMatch === undefined) return
  if (matchesEtag(ifMatch, current.configVersion) || matchesEtag(ifMatch, etagOf(JSON.stringify(current)))) return
  throw new PreconditionFailed(
    'PreconditionFailed',
    `The resource has changed: its configVersion is now ${current.configVersion}.`,
    {
      next: 'GET the resource again, and repeat the request with the new version.',
      errors: [
        { in: 'header', name: 'If-Match', message: 'names neither the present configVersion nor the present ETag' },
      ],
      extensionMembers: { configVersion: current.configVersion },
    },
  )
}
