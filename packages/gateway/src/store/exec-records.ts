/** Sessions in containers: all SQL of the tables `exec_sessions` and `exec_urls`. Times are of the database's clock. */
import { secondsFromNow } from './clock.ts'
import type { Store } from './store.ts'
import type { ExecSessionRow, ExecUrlRow } from './tables.ts'

export type { ExecSessionRow }

/**
 * Adds a session that this process owns, unless the caller already has `maxPerCaller` sessions in the account.
 * @returns false when it was not added
 */
export async function addExecSession(
  { db, kind, processId }: Store,
  { id, account, caller, key_hash }: Pick<ExecSessionRow, 'id' | 'account' | 'caller' | 'key_hash'>,
  maxPerCaller: number,
): Promise<boolean> {
  const now = secondsFromNow[kind](0)
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('exec_sessions')
    .columns(['id', 'account', 'session_id', 'caller', 'key_hash', 'owner', 'created_at', 'expires_at'])
    .expression(
      db
        .selectNoFrom(({ val }) => [
          val(id).as('id'),
          val(account).as('account'),
          val('').as('session_id'),
          val(caller).as('caller'),
          val(key_hash).as('key_hash'),
          val(processId).as('owner'),
          now.as('created_at'),
          now.as('expires_at'),
        ])
        .where(
          ({ selectFrom, fn }) =>
            selectFrom('exec_sessions')
              .select(fn.countAll<number>().as('count'))
              .where('account', '=', account)
              .where('caller', '=', caller),
          '<',
          maxPerCaller,
        ),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Records the id that ECS gave to a session. */
export async function recordSessionId({ db }: Store, id: string, sessionId: string): Promise<void> {
  await db.updateTable('exec_sessions').set({ session_id: sessionId }).where('id', '=', id).execute()
}

/**
 * Offers a session to all processes: one connection to any of them may take it within `seconds`.
 * @returns the end of that time, ISO 8601; undefined when the session was ended meanwhile
 */
export async function offerExecSession(
  { db, kind }: Store,
  url: Pick<ExecUrlRow, 'hash' | 'session' | 'content'>,
  seconds: number,
): Promise<string | undefined> {
  const expires_at = secondsFromNow[kind](seconds)
  await db
    .insertInto('exec_urls')
    .values({ ...url, expires_at })
    .execute()
  const row = await db
    .updateTable('exec_sessions')
    .set({ owner: null, expires_at })
    .where('id', '=', url.session)
    .returning('expires_at')
    .executeTakeFirst()
  return row?.expires_at
}

/** Removes and returns the URL, so that only one connection gets it. Undefined when it is unknown, used or too old. */
export async function takeExecUrl({ db, kind }: Store, hash: string): Promise<ExecUrlRow | undefined> {
  return db
    .deleteFrom('exec_urls')
    .where('hash', '=', hash)
    .where('expires_at', '>', secondsFromNow[kind](0))
    .returningAll()
    .executeTakeFirst()
}

/** Makes this process the owner of an offered session. @returns false when the session was ended meanwhile */
export async function takeExecSession({ db, processId }: Store, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('exec_sessions')
    .set({ owner: processId })
    .where('id', '=', id)
    .where('owner', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The caller's sessions with an idempotency key: those that began before the session `id`, or all without `id`. */
export async function listSessionsUnderKey(
  { db }: Store,
  { account, caller, key_hash }: Pick<ExecSessionRow, 'account' | 'caller'> & { key_hash: string },
  id: string | undefined,
): Promise<ExecSessionRow[]> {
  const rows = await db
    .selectFrom('exec_sessions')
    .selectAll()
    .where('account', '=', account)
    .where('caller', '=', caller)
    .where('key_hash', '=', key_hash)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return id === undefined
    ? rows
    : rows.slice(
        0,
        Math.max(
          0,
          rows.findIndex((row) => row.id === id),
        ),
      )
}

/** Removes a session that has ended, with its URL. */
export async function removeExecSession({ db }: Store, id: string): Promise<void> {
  await db.deleteFrom('exec_urls').where('session', '=', id).execute()
  await db.deleteFrom('exec_sessions').where('id', '=', id).execute()
}

/** The sessions that may have to end: nobody connected in time, or another process owns them and may be dead. */
export async function listSessionsToCheck({ db, kind, processId }: Store): Promise<ExecSessionRow[]> {
  const before = secondsFromNow[kind](-graceSeconds)
  return db
    .selectFrom('exec_sessions')
    .selectAll()
    .where(({ or, and, eb }) =>
      or([and([eb('owner', 'is', null), eb('expires_at', '<', before)]), eb('owner', '!=', processId)]),
    )
    .execute()
}

/** A connection that arrives at the last moment becomes the owner of its session within this time. */
const graceSeconds = 2
