/** Reads of clusters: AWS's answer, with the writes of this gateway that AWS does not show yet ("recent writes"). */
import type { Cluster } from '@aws-sdk/client-ecs'
import { canReferTo, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { clusterFields } from '../aws/reads/describe.ts'
import { itemsOfAllPages, mapInBatches } from '../aws/reads/paging.ts'
import type { ResourceKind } from '../cache/resource-kind.ts'
import { NotFound } from '../problems/problem.ts'
import { toClusterResource } from './schema.ts'

/**
 * Describes a cluster with a call to AWS.
 * @param ref name or ARN
 * @throws NotFound `ClusterNotFound`, also for a deleted cluster (INACTIVE)
 */
export async function getCluster(account: Account, ref: string): Promise<Cluster> {
  return (await findCluster(account, ref)) ?? throwNotFound(account, ref)
}

/** Describes a cluster with a call to AWS; undefined when it does not exist or was deleted (INACTIVE). */
export async function findCluster(account: Account, ref: string): Promise<Cluster | undefined> {
  return withRecentWrites(account, ref, (await describeOne(account, ref)).value)
}

/** Returns AWS's answer without recent writes. An invalid cluster reference is not sent to AWS. */
async function describeOne(account: Account, ref: string): Promise<Described<Cluster>> {
  return canReferTo('cluster', ref)
    ? account.batchedDescribes.cluster(ref)
    : { value: undefined, requestedAt: performance.now() }
}

function withRecentWrites(account: Account, ref: string, answer: Cluster | undefined): Cluster | undefined {
  return canReferTo('cluster', ref)
    ? unlessInactive(account.recentWrites.overlay('cluster', shortName(ref), answer))
    : undefined
}

/** How the cache describes, converts and polls clusters. */
export const clusterKind: ResourceKind<Cluster> = {
  topic: 'clusters',
  action: 'DescribeClusters',
  maxPerCall: 100,
  describe: (account, { ref }) => describeOne(account, ref),
  applyRecentWrites: (account, { ref }, answer) =>
    withRecentWrites(account, ref, answer) ?? throwNotFound(account, ref),
  toApiResource: toClusterResource,
  pace: ({ status, pendingTasksCount }) => (status !== 'ACTIVE' || pendingTasksCount ? 'changing' : 'resting'),
}

/** Describes the named clusters that exist, in the order of the names. */
export async function describeClusters(account: Account, names: readonly string[]): Promise<Cluster[]> {
  const found = await mapInBatches(names, 100, async (batch) => {
    const { clusters } = await account.ecs().describeClusters({ clusters: batch, include: clusterFields })
    const byName = new Map(clusters?.map((cluster) => [cluster.clusterName, cluster]))
    return batch.map((name) => unlessInactive(account.recentWrites.overlay('cluster', name, byName.get(name))))
  })
  return found.filter((cluster) => cluster !== undefined)
}

/** Collects the names of all clusters, unordered, with those of new clusters that ListClusters does not return yet. */
export async function collectClusterNames(account: Account): Promise<string[]> {
  const arns = await itemsOfAllPages(async (nextToken) => {
    const page = await account.ecs().listClusters({ maxResults: 100, nextToken })
    return { items: page.clusterArns, nextToken: page.nextToken }
  })
  return [...new Set([...arns.map(shortName), ...account.recentWrites.namesWithUnshownWrites('cluster')])]
}

/** @throws NotFound `ClusterNotFound` for an invalid cluster reference */
export function requireWellFormedClusterReference(account: Account, cluster: string): void {
  if (!canReferTo('cluster', cluster)) throwNotFound(account, cluster)
}

/**
 * For `catch` on a call about the contents of a cluster: a cluster that this gateway has just created is empty,
 * although AWS does not know it yet.
 * @throws the error in every other case
 */
export function emptyIfClusterIsNew<T>(account: Account, cluster: string, empty: T): (error: unknown) => T {
  return (error) => {
    const isUnknown = error instanceof NotFound && error.code === 'ClusterNotFound'
    const noDescription = undefined
    if (
      isUnknown &&
      unlessInactive(account.recentWrites.overlay<Cluster>('cluster', shortName(cluster), noDescription))
    )
      return empty
    throw error
  }
}

function unlessInactive(cluster: Cluster | undefined): Cluster | undefined {
  return cluster?.status === 'INACTIVE' ? undefined : cluster
}

function throwNotFound(account: Account, ref: string): never {
  throw new NotFound('ClusterNotFound', `The account ${account.name} has no cluster "${shortName(ref)}".`, {
    next: `GET /v1/ecs/${account.name}/clusters lists its clusters.`,
  })
}
