/** The caller of a request: a token, or a person of an identity provider, with its role and its fence. */
import { type Fence, isFenced, matcher } from './fence.ts'
import { permits, type Role } from './roles.ts'

/**
 * Creates a caller, with its fence compiled for the checks of each request.
 * @param keyOwner the owner of the caller's idempotency keys: a later token of the same name must not get its responses
 */
export function callerWith(name: string, role: Role, fence: Fence, keyOwner = name) {
  return {
    name,
    keyOwner,
    role,
    fence,
    has: (permission: string) => permits(role, permission),
    mayUseAccount: matcher(fence.accounts),
    mayUseCluster: matcher(fence.clusters),
    mayUseFamily: matcher(fence.taskDefinitions),
    isFencedToAccounts: isFenced(fence.accounts),
    isFencedToClusters: isFenced(fence.clusters),
  }
}

export type FencedCaller = ReturnType<typeof callerWith>
