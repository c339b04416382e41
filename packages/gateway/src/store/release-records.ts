/**
 * Releases of services: all SQL of the table `releases`. A release is numbered once, in one transaction, and its number
 * never changes.
 */
import type { Kysely, Transaction } from 'kysely'
import { loadKysely } from './kysely.ts'
import type { Store } from './store.ts'
import type { ReleaseRow, Tables } from './tables.ts'

export type { ReleaseRow }

/** Identifies a service from its creation (`life`) to its deletion. A new service of the same name is another one. */
export type ServiceIdentity = Pick<ReleaseRow, 'account' | 'service' | 'life'>

/** A row without the revision, which is large. */
export type ReleaseSummary = Omit<ReleaseRow, 'revision_data'>

/** The columns of a release that come from ECS. A stored `revision_data` stays when the new one is empty. */
export type SeenRelease = Pick<ReleaseRow, 'revision' | 'created_at' | 'outcome' | 'is_final' | 'revision_data'>

/** The number of releases that a service keeps, not counting those younger than `keepAllForDays`. */
const maxPerService = 1_000
const dayMs = 86_400_000
/** Releases that were not seen for this long are removed. */
const removeUnseenAfterDays = 400
/** ECS returns deployments for 90 days. A release that ECS still returns must stay, or it would get a new number. */
const keepAllForDays = 100
const rowsPerStatement = 100
const summaryColumns = [
  'account',
  'service',
  'life',
  'revision',
  'number',
  'created_at',
  'made_by',
  'restored_from',
  'outcome',
  'is_final',
  'seen_at',
] as const

/** All releases of the service that have a number, the highest number first. */
export async function listNumberedReleases({ db }: Store, service: ServiceIdentity): Promise<ReleaseSummary[]> {
  return selectSummaries(db, service).where('number', 'is not', null).orderBy('number', 'desc').execute()
}

/** Whether the service has releases without a number: those that the gateway has just deployed. */
export async function hasUnnumberedReleases({ db }: Store, service: ServiceIdentity): Promise<boolean> {
  return (await selectSummaries(db, service).where('number', 'is', null).limit(1).executeTakeFirst()) !== undefined
}

/** The encrypted revisions, by ARN. */
export async function getEncryptedRevisions(
  { db }: Store,
  account: string,
  revisions: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let start = 0; start < revisions.length; start += rowsPerStatement) {
    const query = db.selectFrom('releases').select(['revision', 'revision_data']).where('account', '=', account)
    const rows = await query.where('revision', 'in', revisions.slice(start, start + rowsPerStatement)).execute()
    for (const { revision, revision_data } of rows) found.set(revision, revision_data)
  }
  return found
}

/** The release of a service revision; undefined when none was stored. */
export async function findReleaseOfRevision(
  { db }: Store,
  { account, revision }: Pick<ReleaseRow, 'account' | 'revision'>,
): Promise<ReleaseSummary | undefined> {
  const query = db.selectFrom('releases').select(summaryColumns).where('account', '=', account)
  return query.where('revision', '=', revision).executeTakeFirst()
}

/** The newest release that was deployed through the gateway, so with a token; undefined when there is none. */
export async function findNewestGatewayRelease(
  { db }: Store,
  service: ServiceIdentity,
): Promise<ReleaseSummary | undefined> {
  return selectSummaries(db, service)
    .where('made_by', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/**
 * Adds a release without a number, with the token that deployed it. When the release exists without a
 * token, only its token and `restored_from` are set.
 */
export async function addGatewayRelease({ db }: Store, row: Omit<ReleaseRow, 'number'>): Promise<void> {
  const { made_by, restored_from } = row
  await db
    .insertInto('releases')
    .values({ ...row, number: null })
    .onConflict((conflict) =>
      conflict
        .columns(['account', 'revision'])
        .doUpdateSet({ made_by, restored_from })
        .where('releases.made_by', 'is', null),
    )
    .execute()
}

/**
 * Writes releases that are new or have changed. Each release of the service without a number gets the next free one, in
 * the order of their creation.
 * @returns all releases of the service, the highest number first
 */
export async function saveReleases(
  { db, kind }: Store,
  service: ServiceIdentity,
  seen: readonly SeenRelease[],
  now: string,
): Promise<ReleaseSummary[]> {
  return db.transaction().execute(async (transaction) => {
    if (kind === 'postgres') await lockNumbering(transaction, service)
    for (let start = 0; start < seen.length; start += rowsPerStatement)
      await upsert(transaction, service, seen.slice(start, start + rowsPerStatement), now)
    const rows = await selectSummaries(transaction, service).execute()
    let next = Math.max(0, ...rows.map(({ number }) => number ?? 0)) + 1
    for (const row of rows.filter(({ number }) => number === null).sort(byCreation)) {
      row.number = next++
      await transaction
        .updateTable('releases')
        .set({ number: row.number })
        .where('account', '=', service.account)
        .where('revision', '=', row.revision)
        .execute()
    }
    return rows.sort((a, b) => (b.number ?? 0) - (a.number ?? 0))
  })
}

async function upsert(
  db: Kysely<Tables>,
  service: ServiceIdentity,
  seen: readonly SeenRelease[],
  seen_at: string,
): Promise<void> {
  await db
    .insertInto('releases')
    .values(seen.map((row) => ({ ...service, ...row, number: null, made_by: null, restored_from: null, seen_at })))
    .onConflict((conflict) =>
      conflict.columns(['account', 'revision']).doUpdateSet(({ ref }) => ({
        created_at: ref('excluded.created_at'),
        outcome: ref('excluded.outcome'),
        is_final: ref('excluded.is_final'),
        revision_data: loadKysely().sql<string>`
          case when excluded.revision_data = '' then releases.revision_data else excluded.revision_data end`,
        seen_at: ref('excluded.seen_at'),
      })),
    )
    .execute()
}

/** Records that the releases of the service are in use. They are removed when they are unused for long. */
export async function markReleasesUsed(
  { db }: Store,
  { account, service, life }: ServiceIdentity,
  now: string,
): Promise<void> {
  const releases = db.updateTable('releases').set({ seen_at: now }).where('account', '=', account)
  await releases.where('service', '=', service).where('life', '=', life).execute()
}

/** Removes releases that were not used for long, and the oldest ones of a service that has too many. */
export async function trimReleases({ backgroundDb }: Store, now: number): Promise<void> {
  const daysAgo = (days: number) => new Date(now - days * dayMs).toISOString()
  await backgroundDb.deleteFrom('releases').where('seen_at', '<', daysAgo(removeUnseenAfterDays)).execute()
  await loadKysely().sql`
    delete from releases where created_at < ${daysAgo(keepAllForDays)} and (account, revision) in (
      select account, revision from (
        select account, revision,
          row_number() over (partition by account, service, life order by number desc) as rank
        from releases where number is not null
      ) as ranked where rank > ${maxPerService})`.execute(backgroundDb)
}

function selectSummaries(db: Kysely<Tables>, { account, service, life }: ServiceIdentity) {
  const query = db.selectFrom('releases').select(summaryColumns).where('account', '=', account)
  return query.where('service', '=', service).where('life', '=', life)
}

/** Without this lock, two processes that number the releases of a service at once would choose the same numbers. */
async function lockNumbering(
  transaction: Transaction<Tables>,
  { account, service, life }: ServiceIdentity,
): Promise<void> {
  const name = `releases ${account} ${service} ${life}`
  await loadKysely().sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction)
}

function byCreation(a: ReleaseSummary, b: ReleaseSummary): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1
  return a.revision < b.revision ? -1 : 1
}
