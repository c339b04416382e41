/**
 * The audit log in the store: all SQL of the table `audit`. An entry is added before its request runs and completed
 * afterwards. Then it does not change, and is removed only when it is too old.
 */
import type { Store } from './store.ts'
import type { AuditRow } from './tables.ts'

export type { AuditRow }

/** A request that the audit log records. */
export interface AuditedRequest {
  requestId: string
  caller: string
  role: string
  /** The client's address. */
  source: string
  /** Method and the route's pattern: `PATCH /v1/ecs/:account/clusters/:cluster`. */
  action: string
  /** The path as the client sent it. */
  path: string
  account: string | undefined
  cluster: string | undefined
  /** The service that the request names in its path or creates. */
  service: string | undefined
  /** The checked query; before it is checked, the list of its names. */
  query: unknown
  body: unknown
}

export interface AuditedResult {
  status: number
  code: string | undefined
  awsRequestIds: readonly string[]
  /** The outcome of a request whose status does not show it. It is stored with the input. */
  outcome?: object
}

export interface AuditFilter {
  /** Undefined matches all accounts; an undefined value of the other members matches everything, too. */
  account: string | undefined
  caller: string | undefined
  cluster: string | undefined
  service: string | undefined
  kind: 'change' | 'plan' | undefined
  /** ISO 8601 in UTC, with milliseconds. */
  since: string | undefined
  until: string | undefined
}

export async function addAuditEntry({ db }: Store, row: AuditRow): Promise<void> {
  await db.insertInto('audit').values(row).execute()
}

export async function finishAuditEntry(
  { db }: Store,
  {
    id,
    status,
    code,
    aws_request_ids,
    finished_at,
    input,
  }: Pick<AuditRow, 'id' | 'status' | 'code' | 'aws_request_ids' | 'finished_at' | 'input'>,
): Promise<void> {
  await db
    .updateTable('audit')
    .set({ status, code, aws_request_ids, finished_at, input })
    .where('id', '=', id)
    .execute()
}

/**
 * Lists entries, newest first.
 * @param after the last entry of the previous page
 */
export async function listAuditEntries(
  { db }: Store,
  { account, caller, cluster, service, kind, since, until }: AuditFilter,
  limit: number,
  after?: { at: string; id: string },
): Promise<AuditRow[]> {
  let query = db.selectFrom('audit').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit)
  if (account !== undefined) query = query.where('account', '=', account)
  if (caller !== undefined) query = query.where('caller', '=', caller)
  if (cluster !== undefined) query = query.where('cluster', '=', cluster)
  if (service !== undefined) query = query.where('service', '=', service)
  if (kind === 'plan') query = query.where('is_plan', '=', 1)
  if (kind === 'change') query = query.where((is) => is.or([is('is_plan', 'is', null), is('is_plan', '=', 0)]))
  if (since !== undefined) query = query.where('at', '>=', since)
  if (until !== undefined) query = query.where('at', '<', until)
  if (after)
    query = query.where((is) =>
      is.or([is('at', '<', after.at), is.and([is('at', '=', after.at), is('id', '<', after.id)])]),
    )
  return query.execute()
}

const dayMs = 86_400_000

/**
 * Removes entries from before a time, but at most those of the oldest day, because a clock that jumps forward must not
 * delete the audit log. Hourly calls remove entries faster than they age: a backlog of weeks is removed within days.
 */
export async function removeOldAuditEntries({ backgroundDb }: Store, before: Date): Promise<void> {
  const oldest = await backgroundDb.selectFrom('audit').select('at').orderBy('at').limit(1).executeTakeFirst()
  if (!oldest) return
  const dayAfterOldest = Date.parse(oldest.at) + dayMs
  const until = new Date(Math.min(before.getTime(), dayAfterOldest)).toISOString()
  await backgroundDb.deleteFrom('audit').where('at', '<', until).execute()
}
