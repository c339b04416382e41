/** The caller of a request: a token, or a person of an identity provider, with its role and its fence. */
import { type Fence, globMatcher, isFenced } from './fence.ts'
import { type ExtraPermission, permits, type Role } from './roles.ts'

/**
 * How a caller was authenticated, without the secret. `access/credential.ts` checks later whether that is still valid.
 */
export type Credential =
  | SignedInWith
  /** A browser that has signed in. `hash` is that of its cookie. */
  | { kind: 'session'; hash: string }

/** The credential that a session of a browser stands for. */
export type SignedInWith =
  | { kind: 'admin' }
  | { kind: 'token'; id: string }
  /** A JWT cannot be checked without its text, so it counts until it expires. `expiresAt` is in ms since 1970. */
  | { kind: 'jwt'; expiresAt: number; name: string; role: Role; permissions: ExtraPermission[]; fence: Fence }

interface CallerOptions {
  /** The owner of the caller's idempotency keys: a later token of the same name must not get its responses. */
  keyOwner?: string
  /** Beside those of the role. */
  permissions?: readonly ExtraPermission[]
  credential: Credential
  /** Milliseconds since 1970; by default the token does not expire. */
  expiresAt?: number | undefined
}

/** Creates a caller, with its fence compiled for the checks of each request. */
export function newCaller(
  name: string,
  role: Role,
  fence: Fence,
  { keyOwner = name, permissions = [], credential, expiresAt }: CallerOptions,
) {
  return {
    name,
    keyOwner,
    role,
    fence,
    credential,
    expiresAt,
    hasPermission: (permission: string) =>
      permits(role, permission) || (permissions as readonly string[]).includes(permission),
    mayUseAccount: globMatcher(fence.accounts),
    mayUseCluster: globMatcher(fence.clusters),
    mayUseFamily: globMatcher(fence.taskDefinitions),
    isFencedToAccounts: isFenced(fence.accounts),
    isFencedToClusters: isFenced(fence.clusters),
  }
}

export type FencedCaller = ReturnType<typeof newCaller>
