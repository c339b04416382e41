/** Tokens in the store: all SQL of the table `tokens`. */
import type { Store } from './store.ts'
import type { TokenRow } from './tables.ts'

export type { TokenRow }

export async function findTokenById({ db }: Store, id: string): Promise<TokenRow | undefined> {
  return db.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function findTokenByName({ db }: Store, name: string): Promise<TokenRow | undefined> {
  return db.selectFrom('tokens').selectAll().where('name', '=', name).executeTakeFirst()
}

export async function listTokenRows({ db }: Store): Promise<TokenRow[]> {
  return db.selectFrom('tokens').selectAll().orderBy('name').execute()
}

/** @returns false when the name is in use */
export async function addToken({ db }: Store, row: TokenRow): Promise<boolean> {
  const added = await db
    .insertInto('tokens')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst()
  return added.numInsertedOrUpdatedRows === 1n
}

/**
 * Gives a token a new value under its name; the old value is invalid from now on.
 * @returns false when no token has the id
 */
export async function replaceToken(
  { db }: Store,
  id: string,
  newValue: Pick<TokenRow, 'id' | 'hash' | 'expires_at'>,
): Promise<boolean> {
  const changed = await db
    .updateTable('tokens')
    .set({ ...newValue, last_used_at: null })
    .where('id', '=', id)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** @returns false when no token has the id */
export async function removeToken({ db }: Store, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('tokens').where('id', '=', id).executeTakeFirst()
  return numDeletedRows === 1n
}

export async function recordTokenUse({ db }: Store, id: string, at: string): Promise<void> {
  await db.updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute()
}
