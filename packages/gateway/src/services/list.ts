import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { inBatches } from '../aws/reads/paging.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { collectClusterNames } from '../clusters/get.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, page } from '../http/list.ts'
import type { JsonObject } from '../shapes/present.ts'
import { collectServiceNames, describeServices } from './get.ts'
import { presentListed } from './schema.ts'

export interface ServiceListQuery extends PageQuery {
  include?: 'events'
}

/** Lists the ACTIVE services of a cluster, by name. */
export async function listServices(
  account: Account,
  cluster: string,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const { items, nextCursor } = page(await collectServiceNames(account, cluster), { key: (name) => [name] }, query)
  return { items: presentActive(await describeServices(account, cluster, items), query), nextCursor }
}

/** Lists the ACTIVE services of all clusters that the caller may use, by cluster, then by name. */
export async function listAllServices(
  account: Account,
  { mayUseCluster }: Caller,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const named = await inBatches((await collectClusterNames(account)).filter(mayUseCluster), 1, async ([cluster]) => {
    const names = await collectServiceNames(account, cluster!).catch(emptyIfDeleted)
    return names.map((name) => ({ cluster: cluster!, name }))
  })
  const { items, nextCursor } = page(named, { key: ({ cluster, name }) => [cluster, name] }, query)
  const ofClusters = Map.groupBy(items, ({ cluster }) => cluster)
  const services: Service[] = []
  for (const [cluster, ofCluster] of ofClusters)
    services.push(
      ...(await describeServices(
        account,
        cluster,
        ofCluster.map(({ name }) => name),
      ).catch(emptyIfDeleted)),
    )
  return { items: presentActive(services, query), nextCursor }
}

function presentActive(services: readonly Service[], { include }: ServiceListQuery): JsonObject[] {
  return services
    .filter((service) => service.status === 'ACTIVE')
    .map((service) => presentListed(service, include === 'events'))
}
