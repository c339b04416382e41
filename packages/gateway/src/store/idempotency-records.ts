/** Idempotency keys in the store: all SQL of the table `idempotency_keys`. */
import { sql } from 'kysely'
import type { Store } from './store.ts'
import type { IdempotencyRow } from './tables.ts'

export type { IdempotencyRow }
export type KeyOf = Pick<IdempotencyRow, 'caller' | 'key'>

/** @returns false when the key is there already */
export async function addKey(
  { db }: Store,
  row: KeyOf & Pick<IdempotencyRow, 'request_hash' | 'owner' | 'begun_at'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency_keys')
    .values({ ...row, is_open: 0 })
    .onConflict((conflict) => conflict.columns(['caller', 'key']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function findKey({ db }: Store, { caller, key }: KeyOf): Promise<IdempotencyRow | undefined> {
  return db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('caller', '=', caller)
    .where('key', '=', key)
    .executeTakeFirst()
}

/** Bytes of all responses that are kept for the caller. */
export async function keptBytes({ db }: Store, caller: string): Promise<number> {
  const { bytes } = await db
    .selectFrom('idempotency_keys')
    .select(({ fn }) => fn.sum<number | string | null>(sql<number>`length(body)`).as('bytes'))
    .where('caller', '=', caller)
    .executeTakeFirstOrThrow()
  // PostgreSQL sums to a bigint, which its driver gives as text.
  return Number(bytes ?? 0)
}

/** Takes over a try that has ended without an answer. @returns false when another process was faster */
export async function takeKey(
  { db }: Store,
  { caller, key, owner, is_open }: IdempotencyRow,
  me: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('idempotency_keys')
    .set({ owner: me, is_open: 0 })
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('owner', '=', owner)
    .where('is_open', '=', is_open)
    .where('status', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The first answer is the answer: also where another process has taken the try over meanwhile. */
export async function keepAnswer(
  { db }: Store,
  { caller, key }: KeyOf,
  answer: { status: number; headers: string; body: string },
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set(answer)
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('status', 'is', null)
    .execute()
}

/** This process's try has ended, and whether it took effect is not known. */
export async function openKey({ db, process }: Store, { caller, key }: KeyOf): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ is_open: 1 })
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('owner', '=', process)
    .where('status', 'is', null)
    .execute()
}

/** This process's try has ended, and has changed nothing. */
export async function removeKey({ db, process }: Store, { caller, key }: KeyOf): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('owner', '=', process)
    .where('status', 'is', null)
    .execute()
}

/** Removes what is too old, as it was found: another process may have begun anew under the key. */
export async function removeOldKey({ db }: Store, { caller, key, begun_at, owner }: IdempotencyRow): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('begun_at', '=', begun_at)
    .where('owner', '=', owner)
    .execute()
}

export async function removeKeysBefore({ upkeep }: Store, begunAt: string): Promise<void> {
  await upkeep.deleteFrom('idempotency_keys').where('begun_at', '<', begunAt).execute()
}
