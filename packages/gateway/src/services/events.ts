import type { ServiceEvent } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import { type Page, type PageQuery, page, placeIn, writeCursor } from '../http/list.ts'
import { type JsonObject, present } from '../shapes/present.ts'
import { historyScope } from './archive.ts'
import { clusterOf, getService } from './get.ts'

export interface EventQuery extends PageQuery {
  /** ISO 8601, inclusive. */
  since?: string
  /** ISO 8601, exclusive. */
  until?: string
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
  const { serviceName = '', createdAt = new Date(0), events = [] } = service
  // Events before the service's creation belong to a deleted service of the same name.
  const since = new Date(
    Math.max(createdAt.getTime(), query.since === undefined ? 0 : Date.parse(query.since)),
  ).toISOString()
  const until = query.until === undefined ? undefined : new Date(query.until).toISOString()
  const after = query.cursor === undefined ? undefined : placeIn(query.cursor)
  let storeProblem: unknown
  const archived = await history
    .events(
      { account: historyScope(account, service), cluster: clusterOf(service), service: serviceName, since, until },
      query.limit + 1,
      after,
    )
    .catch((error: unknown) => {
      storeProblem = error
      return []
    })
  const isWanted = (event: ServiceEvent) =>
    timeOf(event) >= Date.parse(since) && (until === undefined || timeOf(event) < Date.parse(until))
  const all = new Map<string, ServiceEvent>()
  for (const { id, at, message } of archived) all.set(id, { id, createdAt: new Date(at), message })
  for (const event of events.filter(isWanted)) all.set(event.id ?? '', event)
  const order = {
    key: (event: ServiceEvent) => [timeOf(event), event.id ?? ''] as const,
    directions: ['descending'] as const,
  }
  const { items, nextCursor } = page([...all.values()], order, query)
  const last = items.at(-1)
  if (storeProblem && !last) throw storeProblem
  return {
    items: items.map((event) => present('ServiceEvent', event)),
    // Without the store the page has ECS's events only. The cursor shows that older events may exist.
    nextCursor: storeProblem && last ? writeCursor(order.key(last)) : nextCursor,
  }
}

function timeOf({ createdAt }: ServiceEvent): number {
  return createdAt?.getTime() ?? 0
}
