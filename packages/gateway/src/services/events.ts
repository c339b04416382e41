import type { ServiceEvent } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import { type Page, type PageQuery, page, placeIn, writeCursor } from '../http/list.ts'
import { type JsonObject, present } from '../shapes/present.ts'
import { keptAs } from './archive.ts'
import { clusterOf, getService } from './get.ts'

export interface EventQuery extends PageQuery {
  /** ISO 8601, inclusive. */
  since?: string
  /** ISO 8601, exclusive. */
  until?: string
}

/** The service's events, newest first: as many as ECS keeps, and those of before that were seen in time. */
export async function listEvents(
  account: Account,
  cluster: string,
  ref: string,
  query: EventQuery,
  history: History,
): Promise<Page<JsonObject>> {
  const service = await getService(account, cluster, ref)
  const { serviceName = '', createdAt = new Date(0), events = [] } = service
  // One of the same name may have been there before.
  const since = new Date(
    Math.max(createdAt.getTime(), query.since === undefined ? 0 : Date.parse(query.since)),
  ).toISOString()
  const until = query.until === undefined ? undefined : new Date(query.until).toISOString()
  const after = query.cursor === undefined ? undefined : placeIn(query.cursor)
  let problem: unknown
  const kept = await history
    .events(
      { account: keptAs(account, service), cluster: clusterOf(service), service: serviceName, since, until },
      query.limit + 1,
      after,
    )
    .catch((error: unknown) => {
      problem = error
      return []
    })
  const isWanted = (event: ServiceEvent) =>
    timeOf(event) >= Date.parse(since) && (until === undefined || timeOf(event) < Date.parse(until))
  const all = new Map<string, ServiceEvent>()
  for (const { id, at, message } of kept) all.set(id, { id, createdAt: new Date(at), message })
  for (const event of events.filter(isWanted)) all.set(event.id ?? '', event)
  const order = {
    key: (event: ServiceEvent) => [timeOf(event), event.id ?? ''] as const,
    directions: ['descending'] as const,
  }
  const { items, nextCursor } = page([...all.values()], order, query)
  const last = items.at(-1)
  if (problem && !last) throw problem
  return {
    items: items.map((event) => present('ServiceEvent', event)),
    // What ECS tells needs no store; that there may be more before it is told all the same.
    nextCursor: problem && last ? writeCursor(order.key(last)) : nextCursor,
  }
}

function timeOf({ createdAt }: ServiceEvent): number {
  return createdAt?.getTime() ?? 0
}
