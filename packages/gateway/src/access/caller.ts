/** Who a token stands for, with everything that a request asks of it made ready. */
import { type Fence, isFenced, matcher } from './fence.ts'
import { permits, type Role } from './roles.ts'

/**
 * @param fence what the token is for
 * @param keyOwner what its idempotency keys belong to: another token that is given the same name later must not see their responses
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
