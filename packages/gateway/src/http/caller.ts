/**
 * The caller of a request, and the checks before a handler is called: permission, account, cluster, task definition
 * family.
 */
import { canReferTo, familyAndRevision, shortName } from '@ecs-api/ecs-model'
import { Forbidden } from '../problems/problem.ts'

/** The permission that a request needs: to read, to change, to administer, or to run commands in containers. */
export type Permission = 'read' | 'change' | 'administer' | 'exec'

export interface Caller {
  /** The token's name. */
  name: string
  /**
   * The token's name, and its creation time if the gateway created the token, because a later token may get the same
   * name. Rotating a token keeps it. Idempotency keys and sessions belong to this name.
   */
  uniqueName: string
  role: string
  /** Names or globs of what the token may use. `["*"]` allows everything. */
  fence: { accounts: readonly string[]; clusters: readonly string[]; taskDefinitions: readonly string[] }
  hasPermission: (permission: Permission) => boolean
  /**
   * The token or session that authenticated the caller. `findCurrentCaller` checks it again later. Undefined on a
   * public route.
   */
  credential: object | undefined
  /** Milliseconds since 1970; undefined when the token does not expire. */
  expiresAt: number | undefined
  /** @param account its name @returns true for every account when the token has no fence of accounts */
  mayUseAccount: (account: string) => boolean
  /** @param cluster its name, in any account @returns true for every cluster when the token has no fence of clusters */
  mayUseCluster: (cluster: string) => boolean
  /** @param family its name, in any account @returns true for every family when the token has no fence of families */
  mayUseFamily: (family: string) => boolean
  /** The token has a fence of accounts. */
  isFencedToAccounts: boolean
  /** The token has a fence of clusters: it may not delete resources that all clusters of the account share. */
  isFencedToClusters: boolean
}

/** The caller of a public route. */
export const nobody: Caller = {
  name: '',
  uniqueName: '',
  role: '',
  fence: { accounts: [], clusters: [], taskDefinitions: [] },
  hasPermission: () => false,
  credential: undefined,
  expiresAt: undefined,
  mayUseAccount: () => false,
  mayUseCluster: () => false,
  mayUseFamily: () => false,
  isFencedToAccounts: true,
  isFencedToClusters: true,
}

/**
 * The cache key of a response that has only resources within the caller's fence. Callers with the same fence share the
 * response.
 */
export function cacheKeyOf({ isFencedToClusters, fence }: Caller, url: string): string {
  return isFencedToClusters ? `${url} ${JSON.stringify(fence.clusters)}` : url
}

interface RequestedAccess {
  permission: Permission
  /** As the path names them. */
  account: string | undefined
  cluster: string | undefined
  taskDefinition: string | undefined
  /** The request deletes something that all clusters of the account share. */
  concernsAllClusters: boolean
}

/** @throws Forbidden `PermissionMissing`, `OutsideFence`: the same problem whether the resource exists or not */
export function checkPermission(
  caller: Caller,
  { permission, account, cluster, taskDefinition, concernsAllClusters }: RequestedAccess,
): void {
  if (!caller.hasPermission(permission)) {
    throw new Forbidden(
      'PermissionMissing',
      `This request needs the permission ${permission}, which the role ${caller.role} does not have.`,
      {
        next:
          permission === 'exec'
            ? 'Ask an admin of the gateway for a token with `"permissions": ["exec"]`.'
            : 'Ask an admin of the gateway for a token with another role.',
      },
    )
  }
  if (account !== undefined && !caller.mayUseAccount(account)) throw outsideFence(`the account ${account}`)
  // Compare an invalid cluster reference as written: its last segment could look like an allowed cluster name.
  if (cluster !== undefined)
    requireClusterInFence(caller, canReferTo('cluster', cluster) ? shortName(cluster) : cluster)
  if (taskDefinition !== undefined) requireFamilyInFence(caller, taskDefinition)
  if (concernsAllClusters) requireNoClusterFence(caller)
}

/**
 * @param taskDefinition family, `family:revision` or ARN
 * @throws Forbidden `OutsideFence` when the caller may not use the family
 */
export function requireFamilyInFence(caller: Pick<Caller, 'mayUseFamily'>, taskDefinition: string): void {
  // Compare an invalid reference as written: its last segment could look like an allowed family.
  const family = canReferTo('task-definition', taskDefinition)
    ? familyAndRevision(taskDefinition).family
    : taskDefinition
  if (!caller.mayUseFamily(family)) throw outsideFence(`the task definition family ${family}`)
}

/** @throws Forbidden `OutsideFence` when the caller may not use all accounts */
export function requireNoAccountFence(caller: Caller): void {
  if (caller.isFencedToAccounts) throw outsideFence('what concerns all accounts')
}

/** @throws Forbidden `OutsideFence` when the caller may not use all clusters of an account */
export function requireNoClusterFence(caller: Caller): void {
  if (caller.isFencedToClusters) throw outsideFence('what concerns all clusters of an account')
}

/** @throws Forbidden `OutsideFence` when the caller may not use the cluster */
export function requireClusterInFence(caller: Pick<Caller, 'mayUseCluster'>, cluster: string): void {
  if (!caller.mayUseCluster(cluster)) throw outsideFence(`the cluster ${cluster}`)
}

function outsideFence(what: string): Forbidden {
  return new Forbidden('OutsideFence', `The fence of this token excludes ${what}.`, {
    next: 'Ask an admin of the gateway for a token that includes it.',
  })
}
