/** Who is asking, and the checks that come before a call is heard: permission, accounts, clusters. */
import { canReferTo, familyAndRevision, shortName } from '@ecs-api/ecs-model'
import { Forbidden } from '../problems/problem.ts'

/** What a call needs: to look, to change, or to say who may. */
export type Permission = 'read' | 'change' | 'administer'

export interface Caller {
  /** The token's name. */
  name: string
  /** The token's name and, of one that was made here, when: its idempotency keys belong to it. Rotation keeps it. */
  keyOwner: string
  role: string
  /** Names or globs of what it is for; `["*"]` is no fence. */
  fence: { accounts: readonly string[]; clusters: readonly string[]; taskDefinitions: readonly string[] }
  has: (permission: Permission) => boolean
  /** By name; true for each account where the token has no fence. */
  mayUseAccount: (account: string) => boolean
  /** By name, in whichever account; true for each cluster where the token has no fence. */
  mayUseCluster: (cluster: string) => boolean
  /** Of task definitions, by name, in whichever account; true for each family where the token has no fence. */
  mayUseFamily: (family: string) => boolean
  /** For some accounts, not for all. */
  isFencedToAccounts: boolean
  /** For some clusters, not for all: what belongs to the account as a whole is not its to take away. */
  isFencedToClusters: boolean
}

/** Who asks for what is public. */
export const nobody: Caller = {
  name: '',
  keyOwner: '',
  role: '',
  fence: { accounts: [], clusters: [], taskDefinitions: [] },
  has: () => false,
  mayUseAccount: () => false,
  mayUseCluster: () => false,
  mayUseFamily: () => false,
  isFencedToAccounts: true,
  isFencedToClusters: true,
}

/** The key of an answer that shows only what lies within the caller's fence: those with the same fence share it. */
export function keyFor({ isFencedToClusters, fence }: Caller, url: string): string {
  return isFencedToClusters ? `${url} ${JSON.stringify(fence.clusters)}` : url
}

interface Asked {
  permission: Permission
  /** As the path names them. */
  account: string | undefined
  cluster: string | undefined
  taskDefinition: string | undefined
  /** Takes away what all clusters of the account share. */
  concernsAllClusters: boolean
}

/** @throws Forbidden `PermissionMissing`, `OutsideFence`: the same whether what is named exists or not */
export function checkPermission(
  caller: Caller,
  { permission, account, cluster, taskDefinition, concernsAllClusters }: Asked,
): void {
  if (!caller.has(permission)) {
    throw new Forbidden(
      'PermissionMissing',
      `This call needs the permission ${permission}, which the role ${caller.role} does not have.`,
      {
        next: 'Ask an admin of this service for a token with another role.',
      },
    )
  }
  if (account !== undefined && !caller.mayUseAccount(account)) throw outsideFence(`the account ${account}`)
  // What is no reference to a cluster has no short name that could be within a fence.
  if (cluster !== undefined) requireCluster(caller, canReferTo('cluster', cluster) ? shortName(cluster) : cluster)
  if (taskDefinition !== undefined) requireFamily(caller, taskDefinition)
  if (concernsAllClusters) requireAllClusters(caller)
}

/** @param taskDefinition family, `family:revision` or ARN @throws Forbidden `OutsideFence` */
export function requireFamily(caller: Pick<Caller, 'mayUseFamily'>, taskDefinition: string): void {
  // An invalid reference is compared as written: its last segment could look like an allowed family.
  const family = canReferTo('task-definition', taskDefinition)
    ? familyAndRevision(taskDefinition).family
    : taskDefinition
  if (!caller.mayUseFamily(family)) throw outsideFence(`the task definition family ${family}`)
}

/** @throws Forbidden `OutsideFence` */
export function requireAllAccounts(caller: Caller): void {
  if (caller.isFencedToAccounts) throw outsideFence('what concerns all accounts')
}

/** @throws Forbidden `OutsideFence` */
export function requireAllClusters(caller: Caller): void {
  if (caller.isFencedToClusters) throw outsideFence('what concerns all clusters of an account')
}

/** @throws Forbidden `OutsideFence` */
export function requireCluster(caller: Pick<Caller, 'mayUseCluster'>, cluster: string): void {
  if (!caller.mayUseCluster(cluster)) throw outsideFence(`the cluster ${cluster}`)
}

function outsideFence(what: string): Forbidden {
  return new Forbidden('OutsideFence', `This token is not for ${what}.`, {
    next: 'Ask an admin of this service for a token that is.',
  })
}
