/**
 * The audit log in the store: all SQL of the table `audit`. An entry is added before its request runs and completed
 * afterwards. When the request made a deployment, its outcome is added once, after the deployment has ended. An entry
 * is removed only when it is too old.
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
  /** The id of the deployment that the request made. */
  deployment?: string | undefined
}

/** An entry whose deployment has not ended, as far as the store knows. */
export type OpenDeployment = { [Name in (typeof openColumns)[number]]: NonNullable<AuditRow[Name]> }

const openColumns = ['id', 'at', 'account', 'cluster', 'service', 'revision', 'check_at'] as const

/** The end of a deployment. */
export interface DeploymentEnd extends Pick<AuditRow, 'outcome_reason' | 'ended_at'> {
  revision: string
  outcome: string
  /** Undefined when it is not known; a stored id stays. */
  deployment?: string | undefined
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
    deployment,
  }: Pick<AuditRow, 'id' | 'status' | 'code' | 'aws_request_ids' | 'finished_at' | 'input' | 'deployment'>,
): Promise<void> {
  await db
    .updateTable('audit')
    .set({ status, code, aws_request_ids, finished_at, input, ...(deployment !== null && { deployment }) })
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
  if (kind === 'change') query = query.where(({ or, eb }) => or([eb('is_plan', 'is', null), eb('is_plan', '=', 0)]))
  if (since !== undefined) query = query.where('at', '>=', since)
  if (until !== undefined) query = query.where('at', '<', until)
  if (after)
    query = query.where(({ or, and, eb }) =>
      or([eb('at', '<', after.at), and([eb('at', '=', after.at), eb('id', '<', after.id)])]),
    )
  return query.execute()
}

/** Adds the revision that the request of an entry deployed. The deployment is then open until its end is stored. */
export async function addAuditedDeployment(
  { db }: Store,
  id: string,
  { revision, check_at }: Record<'revision' | 'check_at', string>,
): Promise<void> {
  await db.updateTable('audit').set({ revision, check_at }).where('id', '=', id).execute()
}

/** Stores the end of deployments. An end that is stored already stays, whichever process has stored it. */
export async function endAuditedDeployments({ db }: Store, ends: readonly DeploymentEnd[]): Promise<void> {
  for (const { revision, deployment, ...end } of ends)
    await db
      .updateTable('audit')
      .set({ ...end, ...(deployment !== undefined && { deployment }), check_at: null })
      .where('revision', '=', revision)
      .where('outcome', 'is', null)
      .execute()
}

/** The open deployments of a service, oldest first. */
export async function listOpenDeployments(
  { db }: Store,
  { account, cluster, service }: Record<'account' | 'cluster' | 'service', string>,
): Promise<OpenDeployment[]> {
  const query = selectOpen(db).where('account', '=', account).where('cluster', '=', cluster)
  return query.where('service', '=', service).orderBy('at').execute()
}

/**
 * The open deployments of all services, the longest due first.
 * @param dueAt leaves out those that are due later
 */
export async function listDueDeployments(
  { db }: Store,
  { dueAt, limit }: { dueAt: string | undefined; limit: number },
): Promise<OpenDeployment[]> {
  const query = selectOpen(db).orderBy('check_at').limit(limit)
  return (dueAt === undefined ? query : query.where('check_at', '<=', dueAt)).execute()
}

/**
 * Moves the time of the next check of a deployment. Of several processes that do so at once, one succeeds.
 * @returns whether this process is the one that checks now
 */
export async function claimCheck({ db }: Store, { id, check_at }: OpenDeployment, next: string): Promise<boolean> {
  const update = db.updateTable('audit').set({ check_at: next }).where('id', '=', id).where('check_at', '=', check_at)
  const { numUpdatedRows } = await update.executeTakeFirst()
  return numUpdatedRows > 0n
}

function selectOpen(db: Store['db']) {
  return db.selectFrom('audit').select(openColumns).where('check_at', 'is not', null).$castTo<OpenDeployment>()
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
