import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, page } from '../http/list.ts'
import { clusterNames, describeClusters } from './get.ts'
import { type ClusterResource, presentCluster } from './schema.ts'

/** The account's clusters by name, those that the caller may see. */
export async function listClusters(
  account: Account,
  { mayUseCluster }: Caller,
  query: PageQuery,
): Promise<Page<ClusterResource>> {
  const { items, nextCursor } = page(
    (await clusterNames(account)).filter(mayUseCluster),
    { key: (name) => [name] },
    query,
  )
  return { items: (await describeClusters(account, items)).map(presentCluster), nextCursor }
}
