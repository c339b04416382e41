/** Looks up the caller of a request that was authenticated earlier. */
import type { BrowserSessions } from './browser-sessions.ts'
import type { Credential, FencedCaller } from './caller.ts'
import { findSignedInCaller } from './signed-in-caller.ts'
import type { Tokens } from './tokens.ts'

/**
 * Returns the caller with its present rights; undefined when its session has ended or its token is not valid any more.
 * @param now milliseconds since 1970
 */
export async function findCurrentCaller(
  credential: Credential,
  { tokens, sessions }: { tokens: Tokens; sessions: BrowserSessions },
  now: number,
): Promise<FencedCaller | undefined> {
  return credential.kind === 'session'
    ? sessions.findByCookieHash(credential.hash)
    : findSignedInCaller(credential, tokens, now)
}
