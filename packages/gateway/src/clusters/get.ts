/** Reads of clusters: AWS's answer with the own writes of this service over it. */
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
 * The cluster as it is now.
 * @param ref name or ARN
 * @throws NotFound `ClusterNotFound`, also for a deleted cluster (INACTIVE)
 */
export async function getCluster(account: Account, ref: string): Promise<Cluster> {
  return (await findCluster(account, ref)) ?? notFound(account, ref)
}

/** The cluster as it is now; undefined when there is none, or when it was deleted (INACTIVE). */
export async function findCluster(account: Account, ref: string): Promise<Cluster | undefined> {
  return withOwnWrites(account, ref, (await describeOne(account, ref)).value)
}

/** AWS's answer without own writes. A reference that no cluster can have is not sent to AWS. */
async function describeOne(account: Account, ref: string): Promise<Described<Cluster>> {
  return canReferTo('cluster', ref) ? account.describes.cluster(ref) : { value: undefined, at: performance.now() }
}

function withOwnWrites(account: Account, ref: string, answer: Cluster | undefined): Cluster | undefined {
  return canReferTo('cluster', ref)
    ? unlessInactive(account.ownWrites.overlay('cluster', shortName(ref), answer))
    : undefined
}

/** Clusters, for the cache. */
export const clusterKind: ResourceKind<Cluster> = {
  topic: 'clusters',
  action: 'DescribeClusters',
  maxPerCall: 100,
  describe: (account, { ref }) => describeOne(account, ref),
  find: (account, { ref }, answer) => withOwnWrites(account, ref, answer) ?? notFound(account, ref),
  present: presentCluster,
  pace: ({ status, pendingTasksCount }) => (status !== 'ACTIVE' || pendingTasksCount ? 'changing' : 'resting'),
}

/** Describes the named clusters that exist, in the order of the names. */
export async function describeClusters(account: Account, names: readonly string[]): Promise<Cluster[]> {
  const found = await inBatches(names, 100, async (batch) => {
    const { clusters } = await account.ecs().describeClusters({ clusters: batch, include: clusterFields })
    const byName = new Map(clusters?.map((cluster) => [cluster.clusterName, cluster]))
    return batch.map((name) => unlessInactive(account.ownWrites.overlay('cluster', name, byName.get(name))))
  })
  return found.filter((cluster) => cluster !== undefined)
}

/** The names of all clusters, in no order, with clusters created here that ListClusters does not return yet. */
export async function collectClusterNames(account: Account): Promise<string[]> {
  const arns = await everyPage(async (nextToken) => {
    const page = await account.ecs().listClusters({ maxResults: 100, nextToken })
    return { items: page.clusterArns, nextToken: page.nextToken }
  })
  return [...new Set([...arns.map(shortName), ...account.ownWrites.namesWithUnshownWrites('cluster')])]
}

/** @throws NotFound `ClusterNotFound` for a reference that no cluster can have */
export function requireClusterReference(account: Account, cluster: string): void {
  if (!canReferTo('cluster', cluster)) notFound(account, cluster)
}

/**
 * For `catch` on a call about the contents of a cluster: a cluster that was created here and that AWS does not know yet
 * is empty.
 * @throws the error in every other case
 */
export function emptyIfNew<T>(account: Account, cluster: string, empty: T): (error: unknown) => T {
  return (error) => {
    const isUnknown = error instanceof NotFound && error.code === 'ClusterNotFound'
    if (isUnknown && unlessInactive(account.ownWrites.overlay<Cluster>('cluster', shortName(cluster), undefined)))
      return empty
    throw error
  }
}

function unlessInactive(cluster: Cluster | undefined): Cluster | undefined {
  return cluster?.status === 'INACTIVE' ? undefined : cluster
}

function notFound(account: Account, ref: string): never {
  throw new NotFound('ClusterNotFound', `The account ${account.name} has no cluster ${shortName(ref)}.`, {
    next: `GET /v1/ecs/${account.name}/clusters lists its clusters.`,
  })
}
