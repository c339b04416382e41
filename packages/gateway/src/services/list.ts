import type { Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { inBatches, mapInBatches } from '../aws/reads/paging.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { collectClusterNames } from '../clusters/get.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import type { JsonObject } from '../shapes/to-api-shape.ts'
import { collectServiceNames, describeServices, maxServicesPerCall, withUnshownServiceNames } from './get.ts'
import { toListedService } from './schema.ts'

export interface ServiceListQuery extends PageQuery {
  include?: 'events'
  status: 'ACTIVE' | 'DRAINING' | 'ALL'
}

/** Lists services of a cluster, by name. */
export async function listServices(
  account: Account,
  cluster: string,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const names = await collectNames(account, cluster, query)
  const { items, nextCursor } = pageOf(names, { key: (name) => [name] }, query)
  return { items: toListedServices(await describeServices(account, cluster, items), query), nextCursor }
}

/** Lists services of all clusters that the caller may use, by cluster, then by name. */
export async function listAllServices(
  account: Account,
  caller: Caller,
  query: ServiceListQuery,
): Promise<Page<JsonObject>> {
  const named = await collectAllNames(account, caller, query)
  const { items, nextCursor } = pageOf(named, { key: ({ cluster, name }) => [cluster, name] }, query)
  return { items: toListedServices(await describeNamed(account, items), query), nextCursor }
}

interface ServiceName {
  cluster: string
  name: string
}

async function collectNames(account: Account, cluster: string, { status }: ServiceListQuery): Promise<string[]> {
  if (status === 'ACTIVE') return collectServiceNames(account, cluster)
  const draining = account.drainingServices.namesIn(shortName(cluster))
  const others =
    status === 'ALL' ? await collectServiceNames(account, cluster) : withUnshownServiceNames(account, cluster, [])
  return [...new Set([...others, ...draining])]
}

async function collectAllNames(
  account: Account,
  { mayUseCluster }: Caller,
  query: ServiceListQuery,
): Promise<ServiceName[]> {
  return mapInBatches((await collectClusterNames(account)).filter(mayUseCluster), 1, async ([cluster]) => {
    const names = await collectNames(account, cluster!, query).catch(emptyIfDeleted)
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

function toListedServices(services: readonly Service[], { include, status }: ServiceListQuery): JsonObject[] {
  return services
    .filter((service) => (status === 'ALL' ? service.status !== 'INACTIVE' : service.status === status))
    .map((service) => toListedService(service, { includeEvents: include === 'events' }))
}
