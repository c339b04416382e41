/** Looks up a caller that signed in earlier with the admin token, with a created token or with a JWT. */
import { type FencedCaller, newCaller, type SignInCredential } from './caller.ts'
import type { Tokens } from './tokens.ts'

/**
 * Returns the caller with its present rights; undefined when its token was revoked, was rotated or has expired.
 * @param now milliseconds since 1970
 */
export async function findSignedInCaller(
  credential: SignInCredential,
  tokens: Tokens,
  now: number,
): Promise<FencedCaller | undefined> {
  switch (credential.kind) {
    case 'admin':
      return tokens.admin
    case 'token':
      return tokens.findById(credential.id)
    case 'jwt': {
      if (credential.expiresAt <= now) return undefined
      const { name, role, permissions, fence, expiresAt } = credential
      return newCaller(name, role, fence, { permissions, credential, expiresAt })
    }
  }
}
