import type { ServiceEvent } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import { type Page, type PageQuery, page, placeIn } from '../http/list.ts'
import { type JsonObject, present } from '../shapes/present.ts'
import { clusterOf, lookAtService } from './look.ts'

export interface EventQuery extends PageQuery {
  /** ISO 8601, inclusive. */
  since?: string
  /** ISO 8601, exclusive. */
  until?: string
}

/** The service's events, newest first: as many as ECS keeps, and those of before that were seen in time. */
export async function listEvents(account: Account, cluster: string, ref: string, query: EventQuery, history: History): Promise<Page<JsonObject>> {
  const service = await lookAtService(account, cluster, ref)
  const { serviceName = '', createdAt = new Date(0), events = [] } = service
  // One of the same name may have been there before.
  const since = new Date(Math.max(createdAt.getTime(), query.since === undefined ? 0 : Date.parse(query.since))).toISOString()
  const until = query.until === undefined ? undefined : new Date(query.until).toISOString()
  const kept = await history.events(
    { account: account.name, cluster: clusterOf(service), service: serviceName, since, until },
    query.limit + 1,
    query.cursor === undefined ? undefined : placeIn(query.cursor),
  )
  const isWanted = (event: ServiceEvent) => timeOf(event) >= Date.parse(since) && (until === undefined || timeOf(event) < Date.parse(until))
  const all = new Map<string, ServiceEvent>()
  for (const { id, at, message } of kept) all.set(id, { id, createdAt: new Date(at), message })
  for (const event of events.filter(isWanted)) all.set(event.id ?? '', event)
  const { items, nextCursor } = page([...all.values()], { key: (event) => [timeOf(event), event.id ?? ''], directions: ['descending'] }, query)
  return { items: items.map((event) => present('ServiceEvent', event)), nextCursor }
}

function timeOf({ createdAt }: ServiceEvent): number {
  return createdAt?.getTime() ?? 0
}
