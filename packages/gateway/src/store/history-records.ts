/**
 * History that ECS no longer returns: all SQL of the tables `stopped_tasks` and `service_events`. A row is never
 * changed. It is removed when it is too old, or when its group has too many rows.
 */
import { loadKysely } from './kysely.ts'
import type { Store } from './store.ts'
import type { ServiceEventRow, StoppedTaskRow } from './tables.ts'

export type { ServiceEventRow, StoppedTaskRow }

export interface StoppedTaskFilter {
  account: string
  cluster: string
  /** Undefined matches any family. The same is true of `group` and `startedBy`. */
  family: string | undefined
  group: string | undefined
  startedBy: string | undefined
  /** The earliest creation, ISO 8601 in UTC, with milliseconds. */
  createdSince: string | undefined
}

export interface ServiceEventFilter {
  account: string
  cluster: string
  /** Undefined matches all services of the cluster, also deleted ones. */
  service: string | undefined
  /** ISO 8601 in UTC, with milliseconds; inclusive. */
  since: string
  /** Exclusive. */
  until: string | undefined
}

/** PostgreSQL accepts at most 65,535 parameters in one statement. */
const rowsPerStatement = 500

/** Tasks that are already stored stay as they are. */
export async function addStoppedTasks({ db }: Store, rows: readonly StoppedTaskRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement)
    await db
      .insertInto('stopped_tasks')
      .values(rows.slice(start, start + rowsPerStatement))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

/** Events that are already stored stay as they are. */
export async function addServiceEvents({ db }: Store, rows: readonly ServiceEventRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement)
    await db
      .insertInto('service_events')
      .values(rows.slice(start, start + rowsPerStatement))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

export async function findStoppedTask(
  { db }: Store,
  { account, cluster, id }: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>,
) {
  const query = db.selectFrom('stopped_tasks').selectAll().where('account', '=', account)
  return query.where('cluster', '=', cluster).where('id', '=', id).executeTakeFirst()
}

/**
 * Lists stopped tasks, newest first.
 * @param after the last row of the previous page
 */
export async function listStoppedTasks(
  { db }: Store,
  { account, cluster, family, group, startedBy, createdSince }: StoppedTaskFilter,
  limit: number,
  after?: { at: string; id: string },
): Promise<StoppedTaskRow[]> {
  let query = db.selectFrom('stopped_tasks').selectAll().where('account', '=', account).where('cluster', '=', cluster)
  if (family !== undefined) query = query.where('family', '=', family)
  if (group !== undefined) query = query.where('task_group', '=', group)
  if (startedBy !== undefined) query = query.where('started_by', '=', startedBy)
  if (createdSince !== undefined) query = query.where('created_at', '>=', createdSince)
  if (after)
    query = query.where(({ or, and, eb }) =>
      or([eb('created_at', '<', after.at), and([eb('created_at', '=', after.at), eb('id', '>', after.id)])]),
    )
  return query.orderBy('created_at', 'desc').orderBy('id').limit(limit).execute()
}

/**
 * Lists service events, newest first.
 * @param after the last row of the previous page
 */
export async function listServiceEvents(
  { db }: Store,
  { account, cluster, service, since, until }: ServiceEventFilter,
  limit: number,
  after?: { at: string; id: string },
): Promise<ServiceEventRow[]> {
  let query = db.selectFrom('service_events').selectAll().where('account', '=', account).where('cluster', '=', cluster)
  query = query.where('at', '>=', since)
  if (service !== undefined) query = query.where('service', '=', service)
  if (until !== undefined) query = query.where('at', '<', until)
  if (after)
    query = query.where(({ or, and, eb }) =>
      or([eb('at', '<', after.at), and([eb('at', '=', after.at), eb('id', '>', after.id)])]),
    )
  return query.orderBy('at', 'desc').orderBy('id').limit(limit).execute()
}

/**
 * Removes old rows, and the oldest rows of a service or of a group of tasks that has too many.
 * @param before ISO 8601 in UTC
 * @param maxPerGroup the rows that each service, and each `task_group` of a cluster, may keep
 */
export async function trimHistory({ backgroundDb }: Store, before: string, maxPerGroup: number): Promise<void> {
  const { sql } = loadKysely()
  await backgroundDb.deleteFrom('stopped_tasks').where('stopped_at', '<', before).execute()
  await backgroundDb.deleteFrom('service_events').where('at', '<', before).execute()
  await sql`
    delete from stopped_tasks where (account, cluster, id) in (
      select account, cluster, id from (
        select account, cluster, id,
          row_number() over (partition by account, cluster, task_group order by created_at desc) as rank
        from stopped_tasks
      ) as ranked where rank > ${maxPerGroup})`.execute(backgroundDb)
  await sql`
    delete from service_events where (account, cluster, service, id) in (
      select account, cluster, service, id from (
        select account, cluster, service, id,
          row_number() over (partition by account, cluster, service order by at desc) as rank
        from service_events
      ) as ranked where rank > ${maxPerGroup})`.execute(backgroundDb)
}
