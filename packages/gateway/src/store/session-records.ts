/**
 * Sessions of browsers in the store: all SQL of the tables `browser_sessions`, `one_time_codes` and `oidc_sign_ins`.
 * Each row is found by the SHA-256 of a secret that only the browser has.
 */
import type { Store } from './store.ts'
import type { BrowserSessionRow, OidcSignInRow, OneTimeCodeRow } from './tables.ts'

export type { BrowserSessionRow, OidcSignInRow, OneTimeCodeRow }

/** Adds a session and removes the oldest ones of its caller beyond `max`. */
export async function addBrowserSession({ db }: Store, row: BrowserSessionRow, max: number): Promise<void> {
  await db.insertInto('browser_sessions').values(row).execute()
  const surplus = await db
    .selectFrom('browser_sessions')
    .select('hash')
    .where('caller', '=', row.caller)
    .orderBy('created_at', 'desc')
    .orderBy('hash')
    .offset(max)
    .limit(1000)
    .execute()
  if (surplus.length === 0) return
  const hashes = surplus.map(({ hash }) => hash)
  await db.deleteFrom('browser_sessions').where('hash', 'in', hashes).execute()
}

export async function browserSessions({ db }: Store, hashes: readonly string[]): Promise<BrowserSessionRow[]> {
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

/** Adds a code. @returns false when its caller has `max` codes that are still valid at `now` */
export async function addOneTimeCode({ db }: Store, row: OneTimeCodeRow, max: number, now: string): Promise<boolean> {
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
          max,
        ),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Takes a code: of all requests with it, one gets its row. Undefined when it is unknown, used or too old. */
export async function takeOneTimeCode({ db }: Store, hash: string, now: string): Promise<OneTimeCodeRow | undefined> {
  return db
    .deleteFrom('one_time_codes')
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()
}

/** Adds a sign-in, and removes those that have expired. @returns false when `max` others are under way */
export async function addOidcSignIn({ db }: Store, row: OidcSignInRow, max: number, now: string): Promise<boolean> {
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
        .where(({ selectFrom, fn }) => selectFrom('oidc_sign_ins').select(fn.countAll<number>().as('count')), '<', max),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Takes sign-ins that were begun: of all requests with one, one gets its row. None that is unknown, used or too old. */
export async function takeOidcSignIns({ db }: Store, hashes: readonly string[], now: string): Promise<OidcSignInRow[]> {
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
