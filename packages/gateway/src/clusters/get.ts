/** Clusters as they are now: AWS's answer with our own writes laid over. */
import type { Cluster } from '@aws-sdk/client-ecs'
import { canReferTo, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { clusterFields, describeCluster } from '../aws/reads/describe.ts'
import { everyPage, inBatches } from '../aws/reads/paging.ts'
import type { ResourceKind } from '../cache/cache.ts'
import { ownWrites } from '../own-writes/of-account.ts'
import { NotFound } from '../problems/problem.ts'
import { presentCluster } from './schema.ts'

/**
 * @param ref name or ARN
 * @throws NotFound `ClusterNotFound`, also for one that was deleted (INACTIVE)
 */
export async function getCluster(account: Account, ref: string): Promise<Cluster> {
  return (await findCluster(account, ref)) ?? notFound(account, ref)
}

export async function findCluster(account: Account, ref: string): Promise<Cluster | undefined> {
  return withOwnWrites(account, ref, (await describeOne(account, ref)).value)
}

/** AWS's answer, without own writes. */
async function describeOne(account: Account, ref: string): Promise<Described<Cluster>> {
  return canReferTo('cluster', ref) ? describeCluster(account, ref) : { value: undefined, at: performance.now() }
}

function withOwnWrites(account: Account, ref: string, seen: Cluster | undefined): Cluster | undefined {
  return canReferTo('cluster', ref) ? alive(ownWrites(account).over('cluster', shortName(ref), seen)) : undefined
}

/** Clusters as views see them. */
export const clusterKind: ResourceKind<Cluster> = {
  topic: 'clusters',
  action: 'DescribeClusters',
  maxPerCall: 100,
  describe: (account, { ref }) => describeOne(account, ref),
  find: (account, { ref }, seen) => withOwnWrites(account, ref, seen) ?? notFound(account, ref),
  present: presentCluster,
  pace: ({ status, pendingTasksCount }) => (status !== 'ACTIVE' || pendingTasksCount ? 'changing' : 'resting'),
}

/** Those of the clusters that are there, in the order of the names. */
export async function describeClusters(account: Account, names: readonly string[]): Promise<Cluster[]> {
  const found = await inBatches(names, 100, async (batch) => {
    const { clusters } = await account.ecs().describeClusters({ clusters: batch, include: clusterFields })
    const byName = new Map(clusters?.map((cluster) => [cluster.clusterName, cluster]))
    return batch.map((name) => alive(ownWrites(account).over('cluster', name, byName.get(name))))
  })
  return found.filter((cluster) => cluster !== undefined)
}

/** The names of all clusters, also of those that AWS doesn't list yet. */
export async function clusterNames(account: Account): Promise<string[]> {
  const arns = await everyPage(async (nextToken) => {
    const page = await account.ecs().listClusters({ maxResults: 100, nextToken })
    return { items: page.clusterArns, nextToken: page.nextToken }
  })
  return [...new Set([...arns.map(shortName), ...ownWrites(account).arns('cluster')])]
}

/**
 * What `ask` finds inside a cluster. Of one that was made here and that AWS doesn't know yet it is `nothing`.
 * @throws NotFound `ClusterNotFound`
 */
export async function insideCluster<T>(
  account: Account,
  cluster: string,
  nothing: T,
  ask: () => Promise<T>,
): Promise<T> {
  if (!canReferTo('cluster', cluster)) notFound(account, cluster)
  try {
    return await ask()
  } catch (error) {
    const isUnseen = error instanceof NotFound && error.code === 'ClusterNotFound'
    if (isUnseen && alive(ownWrites(account).over<Cluster>('cluster', shortName(cluster), undefined))) return nothing
    throw error
  }
}

function alive(cluster: Cluster | undefined): Cluster | undefined {
  return cluster?.status === 'INACTIVE' ? undefined : cluster
}

function notFound(account: Account, ref: string): never {
  throw new NotFound('ClusterNotFound', `There is no cluster ${shortName(ref)} in ${account.name}.`, {
    next: `GET /v1/ecs/${account.name}/clusters lists those that are there.`,
  })
}
