import type { ServiceEvent } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { type Page, type PageQuery, page } from '../http/list.ts'
import { type JsonObject, present } from '../shapes/present.ts'
import { lookAtService } from './look.ts'

export interface EventQuery extends PageQuery {
  /** ISO 8601, inclusive. */
  since?: string
  /** ISO 8601, exclusive. */
  until?: string
}

/** The service's events, newest first: as many as ECS keeps. */
export async function listEvents(account: Account, cluster: string, service: string, query: EventQuery): Promise<Page<JsonObject>> {
  const { events = [] } = await lookAtService(account, cluster, service)
  const from = query.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(query.since)
  const to = query.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(query.until)
  const time = (event: ServiceEvent) => event.createdAt?.getTime() ?? 0
  const wanted = events.filter((event) => time(event) >= from && time(event) < to)
  const { items, nextCursor } = page(wanted, { key: (event) => [time(event), event.id ?? ''], directions: ['descending'] }, query)
  return { items: items.map((event) => present('ServiceEvent', event)), nextCursor }
}
