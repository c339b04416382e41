/**
 * Exports a store as JSON lines and imports them into another store. The first line is the header: the version of the
 * format, and a hash that tells the importing store whether both stores have the same key.
 */
import { type Kysely, sql } from 'kysely'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

const formatVersion = 1
/**
 * The exported tables, with the columns that order their rows. Processes, feeds and claims belong to the running store
 * only.
 */
const orderColumns = {
  tokens: ['id'],
  audit: ['at', 'id'],
  idempotency_keys: ['caller', 'key'],
  stopped_tasks: ['account', 'cluster', 'id'],
  service_events: ['account', 'cluster', 'service', 'id'],
  releases: ['account', 'revision'],
} as const
type ExportedTable = keyof typeof orderColumns
const tables = Object.keys(orderColumns) as ExportedTable[]
type Row = Readonly<Record<string, unknown>>
const pageSize = 500
/** Tables whose rows are hashed or encrypted with the store's key, so a store with another key cannot use them. */
const keyedTables: ReadonlySet<ExportedTable> = new Set<ExportedTable>(['idempotency_keys', 'stopped_tasks'])
/** Two stores have the same key when their hashes of this text are equal. */
const textToCompareKeys = 'store key'

/** Yields the lines of an export. */
export async function* exportStore({ backgroundDb, keyedHash }: Store): AsyncGenerator<string> {
  yield `${JSON.stringify({ format: formatVersion, key: keyedHash(textToCompareKeys) })}\n`
  for (const table of tables) {
    for (let last: Row | undefined; ; ) {
      const rows: Row[] = await rowsAfter(backgroundDb, table, last)
      for (const row of rows) yield `${JSON.stringify({ table, row })}\n`
      last = rows.at(-1)
      if (rows.length < pageSize) break
    }
  }
}

/** Pages by the last row and not by an offset, because other processes may change the store meanwhile. */
async function rowsAfter(db: Kysely<Tables>, table: ExportedTable, last: Row | undefined): Promise<Row[]> {
  const columns = orderColumns[table]
  let query = db.selectFrom(table).selectAll().limit(pageSize)
  for (const column of columns) query = query.orderBy(column as never)
  if (last) {
    const [refs, values] = [columns.map((column) => sql.ref(column)), columns.map((column) => last[column])]
    query = query.where(sql<boolean>`(${sql.join(refs)}) > (${sql.join(values)})`)
  }
  return query.execute() as Promise<Row[]>
}

export interface ImportResult {
  importedRows: number
  /** Rows that were not imported, because they are hashed or encrypted with another store's key. */
  skippedRows: number
}

/**
 * Imports an export into an empty store, in one transaction.
 * @throws Error when the store is not empty, or the lines are not an export
 */
export async function importStore(
  { backgroundDb, keyedHash }: Store,
  lines: AsyncIterable<string>,
): Promise<ImportResult> {
  return backgroundDb.transaction().execute(async (transaction) => {
    await requireEmpty(transaction)
    const result: ImportResult = { importedRows: 0, skippedRows: 0 }
    let header: { key?: unknown } | undefined
    let lineNumber = 0
    for await (const line of lines) {
      lineNumber++
      if (line.trim() === '') continue
      const value = parseLine(line, lineNumber)
      if (!header) {
        if (value.format !== formatVersion)
          throw new Error(`This is not an export that this version reads (format ${formatVersion}).`)
        header = value
        continue
      }
      const table = value.table as ExportedTable
      if (!tables.includes(table) || typeof value.row !== 'object' || value.row === null)
        throw new Error(`Line ${lineNumber} is no row of the store.`)
      if (keyedTables.has(table) && header.key !== keyedHash(textToCompareKeys)) {
        result.skippedRows++
        continue
      }
      const row =
        table === 'releases' && header.key !== keyedHash(textToCompareKeys) ? withoutRevision(value.row) : value.row
      await transaction
        .insertInto(table)
        .values(row as never)
        .execute()
      result.importedRows++
    }
    if (!header) throw new Error('There is nothing to import.')
    return result
  })
}

/**
 * A release without its revision, which was encrypted with another key. The release keeps its number, token and
 * outcome. The revision is read from ECS again, as long as ECS describes it.
 */
function withoutRevision(row: object): object {
  return { ...row, revision_data: '', is_final: 0 }
}

async function requireEmpty(db: Kysely<Tables>): Promise<void> {
  for (const table of tables) {
    if (
      await db
        .selectFrom(table)
        .select(orderColumns[table][0] as never)
        .limit(1)
        .executeTakeFirst()
    )
      throw new Error(`The store is not empty: ${table} has rows. Import into a new store.`)
  }
}

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    throw new Error(`Line ${number} is not JSON.`)
  }
}
