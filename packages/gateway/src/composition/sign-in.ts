/** Opens the parts that authenticate callers: tokens, browser sessions, and the identity provider. */
import { BrowserSessions, type SessionMessage } from '../access/browser-sessions.ts'
import { sha256Hex } from '../access/token-value.ts'
import { Tokens } from '../access/tokens.ts'
import type { CompositionContext, Parts, SignInParts } from './parts.ts'

export function openTokens(
  { store, programDeps, now, onUnexpectedError }: CompositionContext,
  peerProcesses: Parts['peerProcesses'],
): Tokens {
  const { adminToken } = programDeps
  return new Tokens({
    store,
    adminToken,
    now,
    onUnexpectedError,
    broadcast: (message) => peerProcesses?.broadcast(message),
  })
}

export async function openSignIn(
  { store, settings, now, onUnexpectedError }: CompositionContext,
  tokens: Tokens,
  peerProcesses: Parts['peerProcesses'],
): Promise<SignInParts> {
  const broadcast = (message: SessionMessage) => peerProcesses?.broadcast(message)
  const { oidc } = settings
  // These settings decide a person's name and role. When they change, sessions that began at the issuer end.
  const oidcSettingsHash = oidc && sha256Hex(JSON.stringify([oidc.issuer, oidc.audience, oidc.nameClaim, oidc.rules]))
  const sessions = new BrowserSessions({ store, tokens, oidcSettingsHash, now, broadcast, onUnexpectedError })
  if (!oidc) return { authenticate: (token) => tokens.authenticate(token), sessions, oidc: undefined }
  const issuer = new (await import('../access/oidc.ts')).OidcIssuer(oidc)
  const { clientId } = oidc
  return {
    authenticate: async (token) => (await tokens.authenticate(token)) ?? issuer.authenticate(token),
    sessions,
    oidc:
      clientId === undefined
        ? undefined
        : new (await import('../access/oidc-sign-in.ts')).OidcSignIn({
            settings: { ...oidc, clientId },
            issuer,
            store,
            now,
          }),
  }
}
