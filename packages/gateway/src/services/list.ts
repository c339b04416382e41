import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { inBatches } from '../aws/reads/paging.ts'
import { nothingOfDeletedCluster } from '../clusters/deleted-cluster.ts'
import { clusterNames } from '../clusters/get.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, page } from '../http/list.ts'
import type { JsonObject } from '../shapes/present.ts'
import { describeServices, serviceNames } from './get.ts'
import { presentListed } from './schema.ts'

export interface ServiceListQuery extends PageQuery {
  include?: 'events'
}

/** A cluster's services by name; those that drain are not listed. */
export async function listServices(
  account: Account,
  cluster: string,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const { items, nextCursor } = page(await serviceNames(account, cluster), { key: (name) => [name] }, query)
  return { items: shown(await describeServices(account, cluster, items), query), nextCursor }
}

/** The services of all clusters that the caller may see, by cluster, then name. */
export async function listAllServices(
  account: Account,
  { mayUseCluster }: Caller,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const named = await inBatches((await clusterNames(account)).filter(mayUseCluster), 1, async ([cluster]) => {
    const names = await serviceNames(account, cluster!).catch(nothingOfDeletedCluster)
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
      ).catch(nothingOfDeletedCluster)),
    )
  return { items: shown(services, query), nextCursor }
}

function shown(services: readonly Service[], { include }: ServiceListQuery): JsonObject[] {
  return services
    .filter((service) => service.status === 'ACTIVE')
    .map((service) => presentListed(service, include === 'events'))
}
