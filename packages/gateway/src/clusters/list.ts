import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import { collectClusterNames, describeClusters } from './get.ts'
import { type ClusterResource, toClusterResource } from './schema.ts'

/** Lists the account's clusters that the caller may use, by name. */
export async function listClusters(
  account: Account,
  { mayUseCluster }: Caller,
  query: PageQuery,
): Promise<Page<ClusterResource>> {
  const names = (await collectClusterNames(account)).filter(mayUseCluster)
  const { items, nextCursor } = pageOf(names, { key: (name) => [name] }, query)
  return { items: (await describeClusters(account, items)).map(toClusterResource), nextCursor }
}
