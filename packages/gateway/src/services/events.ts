import type { Service, ServiceEvent } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import { type Order, type Page, type PageQuery, pageOf, positionInCursor, writeCursor } from '../http/list.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import type { ServiceEventFilter, ServiceEventRow } from '../store/history-records.ts'
import { getHistoryScope } from '../tasks/archive.ts'
import { historyScopeOf } from './archive.ts'
import { clusterOf, collectServiceNames, describeServices, getService } from './get.ts'

export interface EventQuery extends PageQuery {
  /** ISO 8601, inclusive. */
  since?: string
  /** ISO 8601, exclusive. */
  until?: string
}

/** An event and the name of its service. */
interface NamedEvent {
  service: string
  event: ServiceEvent
}

const newestFirst: Order<NamedEvent> = {
  key: ({ event }) => [createdMs(event), event.id ?? ''],
  directions: ['descending'],
}

/**
 * Lists the service's events, newest first: the events that ECS returns, and older ones from the history.
 * @throws NotFound `ServiceNotFound`
 * @throws Unavailable `StoreUnavailable` when the store does not respond and ECS has no event for the page
 */
export async function listEvents(
  account: Account,
  cluster: string,
  ref: string,
  query: EventQuery,
  history: History,
): Promise<Page<JsonObject>> {
  const service = await getService(account, cluster, ref)
  const filter = {
    account: historyScopeOf(account, service),
    cluster: clusterOf(service),
    service: service.serviceName,
    since: earliestEventTime(service, query),
  }
  const { items, nextCursor } = await pageOfEvents([service], filter, query, history)
  return { items: items.map(({ event }) => toApiShape('ServiceEvent', event)), nextCursor }
}

/**
 * Lists the events of all services of the cluster, newest first, also of services that were deleted since. Each item
 * names its service.
 * @throws NotFound `ClusterNotFound`
 * @throws Unavailable `StoreUnavailable` when the store does not respond and ECS has no event for the page
 */
export async function listClusterEvents(
  account: Account,
  cluster: string,
  query: EventQuery,
  history: History,
): Promise<Page<JsonObject>> {
  const described = await describeServices(account, cluster, await collectServiceNames(account, cluster))
  const services = described.filter(({ status }) => status !== 'INACTIVE')
  const filter = {
    account: await getHistoryScope(account, cluster),
    cluster: shortName(cluster),
    service: undefined,
    since: earliestEventTime({}, query),
  }
  const { items, nextCursor } = await pageOfEvents(services, filter, query, history)
  return { items: items.map(({ service, event }) => ({ service, ...toApiShape('ServiceEvent', event) })), nextCursor }
}

/** The events of the services, and those of the history that match the filter. */
async function pageOfEvents(
  services: readonly Service[],
  filter: Omit<ServiceEventFilter, 'until'>,
  query: EventQuery,
  history: History,
): Promise<Page<NamedEvent>> {
  const until = query.until === undefined ? undefined : new Date(query.until).toISOString()
  const after = query.cursor === undefined ? undefined : positionInCursor(query.cursor)
  let storeProblem: unknown
  const archived = await history
    .listEvents({ ...filter, until }, query.limit + 1, after)
    .catch((error: unknown): ServiceEventRow[] => {
      storeProblem = error
      return []
    })
  const byId = new Map<string, NamedEvent>()
  for (const { service, id, at, message } of archived)
    byId.set(id, { service, event: { id, createdAt: new Date(at), message } })
  for (const service of services) {
    const since = Date.parse(earliestEventTime(service, query))
    for (const event of service.events ?? [])
      if (createdMs(event) >= since && (until === undefined || createdMs(event) < Date.parse(until)))
        byId.set(event.id ?? '', { service: service.serviceName ?? '', event })
  }
  const { items, nextCursor } = pageOf([...byId.values()], newestFirst, query)
  const last = items.at(-1)
  if (storeProblem && !last) throw storeProblem
  // Without the store the page has ECS's events only. It then always has a cursor, because older events may exist.
  return { items, nextCursor: storeProblem && last ? writeCursor(newestFirst.key(last)) : nextCursor }
}

/**
 * The later of `?since=` and the service's creation. Events before the creation belong to a deleted service of the same
 * name.
 */
function earliestEventTime({ createdAt = new Date(0) }: Service, { since }: EventQuery): string {
  return new Date(Math.max(createdAt.getTime(), since === undefined ? 0 : Date.parse(since))).toISOString()
}

function createdMs({ createdAt }: ServiceEvent): number {
  return createdAt?.getTime() ?? 0
}
