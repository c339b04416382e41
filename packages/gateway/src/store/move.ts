/** Taking a store elsewhere, and keeping it: everything in it as JSON lines, the first of which says what they are. */
import { type Kysely, sql } from 'kysely'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

const format = 1
/** With what orders their rows; the processes of a store are none of its memory. */
const kept = {
  tokens: ['id'],
  audit: ['at', 'id'],
  idempotency_keys: ['caller', 'key'],
  stopped_tasks: ['account', 'cluster', 'id'],
  service_events: ['account', 'cluster', 'service', 'id'],
} as const
type Kept = keyof typeof kept
const names = Object.keys(kept) as Kept[]
type Row = Readonly<Record<string, unknown>>
const rowsAtOnce = 500
/** What is of no use under another store's key. */
const ofKey: ReadonlySet<Kept> = new Set<Kept>(['idempotency_keys', 'stopped_tasks'])
/** Tells whether two stores have the same key. */
const sameKey = 'store key'

export async function* exported({ upkeep, keyedHash }: Store): AsyncGenerator<string> {
  yield `${JSON.stringify({ format, key: keyedHash(sameKey) })}\n`
  for (const table of names) {
    for (let last: Row | undefined; ; ) {
      const rows: Row[] = await rowsAfter(upkeep, table, last)
      for (const row of rows) yield `${JSON.stringify({ table, row })}\n`
      last = rows.at(-1)
      if (rows.length < rowsAtOnce) break
    }
  }
}

/** By where the last one stands: how many come before it changes while others work on the store. */
async function rowsAfter(db: Kysely<Tables>, table: Kept, last: Row | undefined): Promise<Row[]> {
  const columns = kept[table]
  let query = db.selectFrom(table).selectAll().limit(rowsAtOnce)
  for (const column of columns) query = query.orderBy(column as never)
  if (last) {
    const [places, values] = [columns.map((column) => sql.ref(column)), columns.map((column) => last[column])]
    query = query.where(sql<boolean>`(${sql.join(places)}) > (${sql.join(values)})`)
  }
  return query.execute() as Promise<Row[]>
}

export interface Imported {
  rows: number
  /** Rows that were left out: they were hashed or sealed with another store's key, and would match nothing. */
  leftOut: number
}

/**
 * Puts what was exported into an empty store, all of it or nothing.
 * @throws Error when the store is not empty, or the lines are not what `exported` makes
 */
export async function imported({ upkeep, keyedHash }: Store, lines: AsyncIterable<string>): Promise<Imported> {
  return upkeep.transaction().execute(async (transaction) => {
    await requireEmpty(transaction)
    const result: Imported = { rows: 0, leftOut: 0 }
    let header: { key?: unknown } | undefined
    let number = 0
    for await (const line of lines) {
      number++
      if (line.trim() === '') continue
      const value = parsed(line, number)
      if (!header) {
        if (value.format !== format)
          throw new Error(`This is not an export that this version reads (format ${format}).`)
        header = value
        continue
      }
      const table = value.table as Kept
      if (!names.includes(table) || typeof value.row !== 'object' || value.row === null)
        throw new Error(`Line ${number} is no row of the store.`)
      if (ofKey.has(table) && header.key !== keyedHash(sameKey)) {
        result.leftOut++
        continue
      }
      await transaction
        .insertInto(table)
        .values(value.row as never)
        .execute()
      result.rows++
    }
    if (!header) throw new Error('There is nothing to import.')
    return result
  })
}

async function requireEmpty(db: Kysely<Tables>): Promise<void> {
  for (const table of names) {
    if (
      await db
        .selectFrom(table)
        .select(kept[table][0] as never)
        .limit(1)
        .executeTakeFirst()
    )
      throw new Error(`The store is not empty: ${table} has rows. Import into a new one.`)
  }
}

function parsed(line: string, number: number): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    throw new Error(`Line ${number} is not JSON.`)
  }
}
