/** Idempotency keys in the store: all SQL of the table `idempotency_keys`. */
import { loadKysely } from './kysely.ts'
import type { Store } from './store.ts'
import type { IdempotencyRow } from './tables.ts'

export type { IdempotencyRow }
export type CallerKey = Pick<IdempotencyRow, 'caller' | 'key'>

/** @returns false when the key exists */
export async function addIdempotencyKey(
  { db }: Store,
  row: CallerKey & Pick<IdempotencyRow, 'request_hash' | 'owner' | 'begun_at'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency_keys')
    .values({ ...row, is_open: 0 })
    .onConflict((conflict) => conflict.columns(['caller', 'key']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function findIdempotencyKey(
  { db }: Store,
  { caller, key }: CallerKey,
): Promise<IdempotencyRow | undefined> {
  return db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('caller', '=', caller)
    .where('key', '=', key)
    .executeTakeFirst()
}

/** The size of the bodies of all stored responses of the caller. */
export async function sumStoredResponseBytes({ db }: Store, caller: string): Promise<number> {
  const { bytes } = await db
    .selectFrom('idempotency_keys')
    .select(({ fn }) => fn.sum<number | string | null>(loadKysely().sql<number>`length(body)`).as('bytes'))
    .where('caller', '=', caller)
    .executeTakeFirstOrThrow()
  // PostgreSQL's sum is a bigint, which its driver returns as text.
  return Number(bytes ?? 0)
}

/**
 * Makes this process the owner of a request whose last attempt ended without a response.
 * @param processId the id of this process
 * @returns false when another process was faster
 */
export async function takeOverKey(
  { db }: Store,
  { caller, key, owner, is_open }: IdempotencyRow,
  processId: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('idempotency_keys')
    .set({ owner: processId, is_open: 0 })
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('owner', '=', owner)
    .where('is_open', '=', is_open)
    .where('status', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Stores the response, unless one is stored: the first response stays, also after another process took over. */
export async function storeResponse(
  { db }: Store,
  { caller, key }: CallerKey,
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

/** Records that the attempt of this process has ended, and that nobody knows whether the attempt took effect. */
export async function recordUnknownOutcome({ db, processId }: Store, { caller, key }: CallerKey): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ is_open: 1 })
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('owner', '=', processId)
    .where('status', 'is', null)
    .execute()
}

/** Removes the key after an attempt of this process that changed nothing. */
export async function removeIdempotencyKey({ db, processId }: Store, { caller, key }: CallerKey): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('owner', '=', processId)
    .where('status', 'is', null)
    .execute()
}

/**
 * Removes the row of a key that is too old. A newer row stays, because another process may have reused the key
 * meanwhile.
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

export async function removeKeysBefore({ backgroundDb }: Store, begunAt: string): Promise<void> {
  await backgroundDb.deleteFrom('idempotency_keys').where('begun_at', '<', begunAt).execute()
}
