/** Clusters as they are now: AWS's answer with our own writes laid over. */
import type { Cluster } from '@aws-sdk/client-ecs'
import { canReferTo, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { clusterFields } from '../aws/reads/describe.ts'
import { everyPage, inBatches } from '../aws/reads/paging.ts'
import type { ResourceKind } from '../cache/resource-kind.ts'
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
  return canReferTo('cluster', ref) ? account.describes.cluster(ref) : { value: undefined, at: performance.now() }
}

function withOwnWrites(account: Account, ref: string, seen: Cluster | undefined): Cluster | undefined {
  return canReferTo('cluster', ref) ? alive(account.ownWrites.over('cluster', shortName(ref), seen)) : undefined
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
    return batch.map((name) => alive(account.ownWrites.over('cluster', name, byName.get(name))))
  })
  return found.filter((cluster) => cluster !== undefined)
}

/** The names of all clusters, also of those that AWS doesn't list yet. */
export async function clusterNames(account: Account): Promise<string[]> {
  const arns = await everyPage(async (nextToken) => {
    const page = await account.ecs().listClusters({ maxResults: 100, nextToken })
    return { items: page.clusterArns, nextToken: page.nextToken }
  })
  return [...new Set([...arns.map(shortName), ...account.ownWrites.arns('cluster')])]
}

/** @throws NotFound `ClusterNotFound` for a reference that no cluster can have */
export function requireClusterReference(account: Account, cluster: string): void {
  if (!canReferTo('cluster', cluster)) notFound(account, cluster)
}

/**
 * For `catch` behind a call about something inside a cluster: a cluster that was created here and that AWS does not know yet is empty.
 * @throws the error in every other case
 */
export function emptyIfNew<T>(account: Account, cluster: string, empty: T): (error: unknown) => T {
  return (error) => {
    const isUnknown = error instanceof NotFound && error.code === 'ClusterNotFound'
    if (isUnknown && alive(account.ownWrites.over<Cluster>('cluster', shortName(cluster), undefined))) return empty
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
