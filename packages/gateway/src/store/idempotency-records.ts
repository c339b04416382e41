/** Idempotency keys in the store: all SQL of the table `idempotency_keys`. */
import { kysely } from './kysely.ts'
import type { Store } from './store.ts'
import type { IdempotencyRow } from './tables.ts'

export type { IdempotencyRow }
export type KeyOf = Pick<IdempotencyRow, 'caller' | 'key'>

/** @returns false when the key exists */
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

/** The size of all stored responses of the caller. */
export async function keptBytes({ db }: Store, caller: string): Promise<number> {
  const { bytes } = await db
    .selectFrom('idempotency_keys')
    .select(({ fn }) => fn.sum<number | string | null>(kysely().sql<number>`length(body)`).as('bytes'))
    .where('caller', '=', caller)
    .executeTakeFirstOrThrow()
  // PostgreSQL's sum is a bigint, which its driver returns as text.
  return Number(bytes ?? 0)
}

/**
 * Takes over a request whose attempt ended without a response.
 * @param me the id of this process
 * @returns false when another process was faster
 */
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

/** Stores the response, unless there is one: the first response stays, also when another process has taken over. */
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

/** Records that the attempt of this process has ended and that it is not known whether it took effect. */
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

/** Removes the key after an attempt of this process that has changed nothing. */
export async function removeKey({ db, process }: Store, { caller, key }: KeyOf): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('owner', '=', process)
    .where('status', 'is', null)
    .execute()
}

/**
 * Removes a key that is too old. It removes only this row, because another process may have reused the key meanwhile.
 */
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
