import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { inBatches, mapInBatches } from '../aws/reads/paging.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { collectClusterNames } from '../clusters/get.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import type { JsonObject } from '../shapes/to-api-shape.ts'
import { collectServiceNames, describeServices, maxServicesPerCall } from './get.ts'
import { toListedService } from './schema.ts'

export interface ServiceListQuery extends PageQuery {
  include?: 'events'
}

/** Lists the ACTIVE services of a cluster, by name. */
export async function listServices(
  account: Account,
  cluster: string,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const { items, nextCursor } = pageOf(await collectServiceNames(account, cluster), { key: (name) => [name] }, query)
  return { items: toActiveListedServices(await describeServices(account, cluster, items), query), nextCursor }
}

/** Lists the ACTIVE services of all clusters that the caller may use, by cluster, then by name. */
export async function listAllServices(
  account: Account,
  caller: Caller,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const named = await collectAllNames(account, caller)
  const { items, nextCursor } = pageOf(named, { key: ({ cluster, name }) => [cluster, name] }, query)
  return { items: toActiveListedServices(await describeNamed(account, items), query), nextCursor }
}

interface ServiceName {
  cluster: string
  name: string
}

async function collectAllNames(account: Account, { mayUseCluster }: Caller): Promise<ServiceName[]> {
  return mapInBatches((await collectClusterNames(account)).filter(mayUseCluster), 1, async ([cluster]) => {
    const names = await collectServiceNames(account, cluster!).catch(emptyIfDeleted)
    return names.map((name) => ({ cluster: cluster!, name }))
  })
}

async function describeNamed(account: Account, named: readonly ServiceName[]): Promise<Service[]> {
  const batches = [...Map.groupBy(named, ({ cluster }) => cluster)].flatMap(([cluster, ofCluster]) =>
    inBatches(ofCluster, maxServicesPerCall).map((batch) => ({ cluster, names: batch.map(({ name }) => name) })),
  )
  return mapInBatches(batches, 1, async ([batch]) =>
    describeServices(account, batch!.cluster, batch!.names).catch(emptyIfDeleted),
  )
}

function toActiveListedServices(services: readonly Service[], { include }: ServiceListQuery): JsonObject[] {
  return services
    .filter((service) => service.status === 'ACTIVE')
    .map((service) => toListedService(service, { includeEvents: include === 'events' }))
}
