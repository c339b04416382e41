/** The caller of a request: a token, or a person of an identity provider, with its role and its fence. */
import { type Fence, globMatcher, isFenced } from './fence.ts'
import { type ExtraPermission, type Role, roleIncludes } from './roles.ts'

/**
 * How a caller was authenticated, without the secret. `access/credential.ts` checks later whether the credential is
 * still valid.
 */
export type Credential =
  | SignInCredential
  /** A browser that has signed in. `hash` is the hash of the browser's cookie. */
  | { kind: 'session'; hash: string }

/** The credential that a browser signed in with. */
export type SignInCredential =
  | { kind: 'admin' }
  | { kind: 'token'; id: string }
  /** The text of a JWT is not kept, so the JWT is valid until it expires. `expiresAt`: milliseconds since 1970. */
  | { kind: 'jwt'; expiresAt: number; name: string; role: Role; permissions: ExtraPermission[]; fence: Fence }

interface CallerOptions {
  /**
   * A name that no other token has ever had, unlike `name`. Idempotency keys and sessions are stored under it, so that
   * a later token with the same `name` gets none of them. Default: `name`.
   */
  uniqueName?: string
  /** Permissions beside those of the role. */
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
  { uniqueName = name, permissions = [], credential, expiresAt }: CallerOptions,
) {
  return {
    name,
    uniqueName,
    role,
    fence,
    credential,
    expiresAt,
    hasPermission: (permission: string) =>
      roleIncludes(role, permission) || (permissions as readonly string[]).includes(permission),
    mayUseAccount: globMatcher(fence.accounts),
    mayUseCluster: globMatcher(fence.clusters),
    mayUseFamily: globMatcher(fence.taskDefinitions),
    isFencedToAccounts: isFenced(fence.accounts),
    isFencedToClusters: isFenced(fence.clusters),
  }
}

export type FencedCaller = ReturnType<typeof newCaller>
