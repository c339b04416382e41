/**
 * The store: the database of the gateway, for data that AWS does not keep (tokens, audit log, idempotency keys,
 * history, feeds). It is SQLite in the data folder, or PostgreSQL for several processes. Only the files of `store/`
 * contain SQL.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Dialect, Kysely, LogEvent } from 'kysely'
import { causeText, errorText } from '../problems/problem.ts'
import { type Cipher, createCipher } from './cipher.ts'
import { createDiskReserve, type DiskReserve } from './disk-reserve.ts'
import { groupedSqlite } from './grouped-sqlite.ts'
import { loadKysely } from './kysely.ts'
import { createTables, migrate } from './migrate.ts'
import { backgroundPool, postgresDialect, requestPool } from './postgres.ts'
import { readOrCreateSecret } from './secret-file.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { isStoreUnavailable } from './unavailable.ts'

export interface StoreSettings {
  /** `postgres://…`; undefined for SQLite in the data folder. */
  url: string | undefined
  /**
   * The secret for hashes and encryption. Without it, the gateway creates one in the data folder. With `url` it is
   * required, because all processes need the same secret.
   */
  key: string | undefined
  /** The data folder, or `:memory:`. */
  data: string
}

export interface Store {
  /**
   * Each query throws Unavailable `StoreUnavailable` within seconds when the store does not respond. On SQLite, the
   * first use of this property loads Kysely.
   */
  db: Kysely<Tables>
  /** For background statements that go through whole tables and may take long. */
  backgroundDb: Kysely<Tables>
  kind: 'sqlite' | 'postgres'
  /** Whether other processes may use the store at the same time. */
  isShared: boolean
  /** The id of this process, unique among all processes on the store. */
  processId: string
  /** An HMAC. It reveals nothing about the text to a reader of the database who does not have the store's key. */
  keyedHash: (text: string) => string
  /** Encrypts content that a reader of the database must not see without the store's key. */
  cipher: Cipher
  /** Disk space for revoking tokens on a full disk; undefined on PostgreSQL and in memory. */
  diskReserve: DiskReserve | undefined
  close: () => Promise<void>
}

/** A finished query, successful or not. */
interface StoreQuery {
  operation: 'select' | 'insert' | 'update' | 'delete' | 'other'
  ms: number
  failed: boolean
}

interface Listeners {
  /** Called with messages for the operator, such as a lost connection. */
  onNotice: (text: string) => void
  onQuery: (query: StoreQuery) => void
}

/**
 * Opens the store and migrates it to this version.
 * @throws Error when it cannot be reached, is in use by another process, or was written by a newer version
 */
export async function openStore(settings: StoreSettings, listeners: Partial<Listeners> = {}): Promise<Store> {
  const { url, key, data } = settings
  const databases = url ? await openPostgres(url, listeners) : openOnSqlite(data, listeners)
  const { close } = databases
  try {
    const secret = key ?? (await readKeyInFolder(data))
    const cipher = createCipher(secret)
    if (!(await databases.createTables())) await migrate(databases.backgroundDb(), cipher)
    return {
      get db() {
        return databases.db()
      },
      get backgroundDb() {
        return databases.backgroundDb()
      },
      kind: url ? 'postgres' : 'sqlite',
      isShared: url !== undefined,
      processId: randomUUID(),
      keyedHash: (text) => createHmac('sha256', secret).update(text).digest('hex'),
      cipher,
      diskReserve: url || data === ':memory:' ? undefined : createDiskReserve(data),
      close,
    }
  } catch (error) {
    await close()
    throw isStoreUnavailable(error)
      ? new Error(`${error.message} ${causeText(error) ?? ''}`, { cause: error.cause })
      : error
  }
}

interface Databases {
  db: () => Kysely<Tables>
  backgroundDb: () => Kysely<Tables>
  /** Creates the tables of a new SQLite database. @returns false when the migrations have to run */
  createTables: () => Promise<boolean>
  close: () => Promise<void>
}

async function openPostgres(
  url: string,
  { onNotice = () => {}, onQuery = () => {} }: Partial<Listeners>,
): Promise<Databases> {
  const onLost = (error: Error) => onNotice(`a connection to the store was lost: ${errorText(error)}`)
  const db = kyselyOn(await postgresDialect(url, requestPool, onLost), onQuery)
  const backgroundDb = kyselyOn(await postgresDialect(url, backgroundPool, onLost), onQuery)
  return {
    db: () => db,
    backgroundDb: () => backgroundDb,
    createTables: async () => false,
    close: async () => {
      await db.destroy()
      await backgroundDb.destroy()
    },
  }
}

/** Opens the database in the data folder. Kysely is loaded when the database is first used. */
function openOnSqlite(data: string, { onQuery = () => {} }: Partial<Listeners>): Databases {
  const { database, unlock } = openSqlite(data)
  let opened: Kysely<Tables> | undefined
  const db = () => {
    opened ??= kyselyOn(groupedSqlite(database, unlock), onQuery)
    return opened
  }
  return {
    db,
    backgroundDb: db,
    createTables: () => createTables(database),
    close: async () => {
      await opened?.destroy()
      // Kysely closes only a database on which it has run a query.
      if (!database.isOpen) return
      database.close()
      unlock()
    },
  }
}

function kyselyOn(dialect: Dialect, onQuery: Listeners['onQuery']): Kysely<Tables> {
  return new (loadKysely().Kysely)<Tables>({ dialect, log: (event) => onQuery(toStoreQuery(event)) })
}

const operations: Readonly<Record<string, StoreQuery['operation']>> = {
  SelectQueryNode: 'select',
  InsertQueryNode: 'insert',
  UpdateQueryNode: 'update',
  DeleteQueryNode: 'delete',
}

function toStoreQuery({ level, query, queryDurationMillis }: LogEvent): StoreQuery {
  return { operation: operations[query.query.kind] ?? 'other', ms: queryDurationMillis, failed: level === 'error' }
}

/** The key in the data folder; the first start creates it. */
async function readKeyInFolder(data: string): Promise<string> {
  return data === ':memory:' ? randomBytes(32).toString('base64url') : readOrCreateSecret(join(data, 'store.key'))
}
