/**
 * Sessions of browsers in the store: all SQL of the tables `browser_sessions`, `one_time_codes` and `oidc_sign_ins`.
 * Each row is found by the SHA-256 of a secret that only the browser has.
 */
import type { Store } from './store.ts'
import type { BrowserSessionRow, OidcSignInRow, OneTimeCodeRow } from './tables.ts'

export type { BrowserSessionRow, OidcSignInRow, OneTimeCodeRow }

/** Adds a session. Its caller keeps the newest `maxPerCaller` sessions; older ones are removed. */
export async function addBrowserSession({ db }: Store, row: BrowserSessionRow, maxPerCaller: number): Promise<void> {
  await db.insertInto('browser_sessions').values(row).execute()
  const surplus = await db
    .selectFrom('browser_sessions')
    .select('hash')
    .where('caller', '=', row.caller)
    .orderBy('created_at', 'desc')
    .orderBy('hash')
    .offset(maxPerCaller)
    .limit(1000)
    .execute()
  if (surplus.length === 0) return
  const hashes = surplus.map(({ hash }) => hash)
  await db.deleteFrom('browser_sessions').where('hash', 'in', hashes).execute()
}

export async function listBrowserSessions({ db }: Store, hashes: readonly string[]): Promise<BrowserSessionRow[]> {
  if (hashes.length === 0) return []
  return db.selectFrom('browser_sessions').selectAll().where('hash', 'in', hashes).execute()
}

export async function recordSessionUse({ db }: Store, hash: string, at: string): Promise<void> {
  await db.updateTable('browser_sessions').set({ used_at: at }).where('hash', '=', hash).execute()
}

/** @returns false when there is no such session */
export async function removeBrowserSession({ db }: Store, hash: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('browser_sessions').where('hash', '=', hash).executeTakeFirst()
  return numDeletedRows === 1n
}

/** Adds a code. @returns false when its caller has `maxPerCaller` codes that are still valid at `now` */
export async function addOneTimeCode(
  { db }: Store,
  row: OneTimeCodeRow,
  maxPerCaller: number,
  now: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('one_time_codes')
    .columns(['hash', 'caller', 'credential', 'expires_at'])
    .expression(
      db
        .selectNoFrom(({ val }) => [
          val(row.hash).as('hash'),
          val(row.caller).as('caller'),
          val(row.credential).as('credential'),
          val(row.expires_at).as('expires_at'),
        ])
        .where(
          ({ selectFrom, fn }) =>
            selectFrom('one_time_codes')
              .select(fn.countAll<number>().as('count'))
              .where('caller', '=', row.caller)
              .where('expires_at', '>', now),
          '<',
          maxPerCaller,
        ),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** @returns the unique name of the caller that made the code; undefined for a code that is unknown, used or expired */
export async function findCallerOfCode({ db }: Store, hash: string, now: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('one_time_codes')
    .select('caller')
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row?.caller
}

/** Removes and returns a code, so that only one request gets it. Undefined when it is unknown, used or too old. */
export async function redeemOneTimeCode({ db }: Store, hash: string, now: string): Promise<OneTimeCodeRow | undefined> {
  return db
    .deleteFrom('one_time_codes')
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()
}

/** Adds a sign-in, and removes expired ones. @returns false when `maxPending` other sign-ins are in progress */
export async function addOidcSignIn(
  { db }: Store,
  row: OidcSignInRow,
  maxPending: number,
  now: string,
): Promise<boolean> {
  await db.deleteFrom('oidc_sign_ins').where('expires_at', '<=', now).execute()
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('oidc_sign_ins')
    .columns(['hash', 'content', 'expires_at'])
    .expression(
      db
        .selectNoFrom(({ val }) => [
          val(row.hash).as('hash'),
          val(row.content).as('content'),
          val(row.expires_at).as('expires_at'),
        ])
        .where(
          ({ selectFrom, fn }) => selectFrom('oidc_sign_ins').select(fn.countAll<number>().as('count')),
          '<',
          maxPending,
        ),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Removes and returns the sign-ins that are known and valid at `now`, so that only one request gets each of them. */
export async function redeemOidcSignIns(
  { db }: Store,
  hashes: readonly string[],
  now: string,
): Promise<OidcSignInRow[]> {
  if (hashes.length === 0) return []
  return db
    .deleteFrom('oidc_sign_ins')
    .where('hash', 'in', hashes)
    .where('expires_at', '>', now)
    .returningAll()
    .execute()
}

/** Removes everything that has expired, and sessions without use since `idleSince`. */
export async function removeExpired({ db }: Store, now: string, idleSince: string): Promise<void> {
  await db
    .deleteFrom('browser_sessions')
    .where(({ or, eb }) => or([eb('expires_at', '<=', now), eb('used_at', '<', idleSince)]))
    .execute()
  await db.deleteFrom('one_time_codes').where('expires_at', '<=', now).execute()
  await db.deleteFrom('oidc_sign_ins').where('expires_at', '<=', now).execute()
}
