/** Looks up the caller of a token, a JWT or the first admin that was authenticated earlier. */
import { type FencedCaller, newCaller, type SignedInWith } from './caller.ts'
import type { Tokens } from './tokens.ts'

/**
 * The caller with its present rights; undefined when its token was revoked, rotated or has expired.
 * @param now milliseconds since 1970
 */
export async function signedInCaller(
  credential: SignedInWith,
  tokens: Tokens,
  now: number,
): Promise<FencedCaller | undefined> {
  switch (credential.kind) {
    case 'admin':
      return tokens.admin
    case 'token':
      return tokens.withId(credential.id)
    case 'jwt': {
      if (credential.expiresAt <= now) return undefined
      const { name, role, permissions, fence, expiresAt } = credential
      return newCaller(name, role, fence, { permissions, credential, expiresAt })
    }
  }
}
