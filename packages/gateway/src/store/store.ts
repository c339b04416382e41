/**
 * The store: the database of this service, for data that AWS does not keep (tokens, audit log, idempotency keys,
 * history, feeds). It is SQLite in the data folder, or PostgreSQL for several processes. Only the files of `store/`
 * contain SQL.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Dialect, Kysely, type LogEvent, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { causeOf } from '../problems/problem.ts'
import { migrations } from './migrations.ts'
import { postgresDialect, requestPool, upkeepPool } from './postgres.ts'
import { type Reserve, reserveIn } from './reserve.ts'
import { type Seal, sealWith } from './seal.ts'
import { sqliteDialect } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { isStoreUnavailable } from './unavailable.ts'

export interface StoreSettings {
  /** `postgres://…`; undefined for SQLite in the data folder. */
  url: string | undefined
  /**
   * The secret for hashes and sealing. Without it, one is created in the data folder. It is required with `url`,
   * because all processes need the same.
   */
  key: string | undefined
  /** The data folder, or `:memory:`. */
  data: string
}

export interface Store {
  /** Each query throws Unavailable `StoreUnavailable` within seconds when the store does not respond. */
  db: Kysely<Tables>
  /** For statements that go through whole tables and may take long. Run them in the background only. */
  upkeep: Kysely<Tables>
  kind: 'sqlite' | 'postgres'
  /** Whether other processes may use the store at the same time. */
  isShared: boolean
  /** The id of this process, unique among all processes on the store. */
  process: string
  /** An HMAC: it reveals nothing about the text to a reader of the database without the store's key. */
  keyedHash: (text: string) => string
  /** Encrypts content that a reader of the database without the store's key must not see. */
  seal: Seal
  /** Disk space for revocations; undefined on PostgreSQL and in memory. */
  reserve: Reserve | undefined
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
  const { db, upkeep } = await openDatabases(settings, listeners)
  const close = async () => {
    await db.destroy()
    if (upkeep !== db) await upkeep.destroy()
  }
  try {
    const secret = key ?? (await keyInFolder(data))
    const seal = sealWith(secret)
    await migrate(upkeep, seal)
    return {
      db,
      upkeep,
      kind: url ? 'postgres' : 'sqlite',
      isShared: url !== undefined,
      process: randomUUID(),
      keyedHash: (text) => createHmac('sha256', secret).update(text).digest('hex'),
      seal,
      reserve: url || data === ':memory:' ? undefined : reserveIn(data),
      close,
    }
  } catch (error) {
    await close()
    throw isStoreUnavailable(error)
      ? new Error(`${error.message} ${causeOf(error) ?? ''}`, { cause: error.cause })
      : error
  }
}

async function openDatabases(
  { url, data }: StoreSettings,
  { onNotice = () => {}, onQuery = () => {} }: Partial<Listeners>,
): Promise<Pick<Store, 'db' | 'upkeep'>> {
  const onLost = (error: Error) => onNotice(`a connection to the store was lost: ${error.message}`)
  const databaseOn = (dialect: Dialect) => new Kysely<Tables>({ dialect, log: (event) => onQuery(queryOf(event)) })
  if (url)
    return {
      db: databaseOn(await postgresDialect(url, requestPool, onLost)),
      upkeep: databaseOn(await postgresDialect(url, upkeepPool, onLost)),
    }
  const db = databaseOn(sqliteDialect(data))
  return { db, upkeep: db }
}

const operations: Readonly<Record<string, StoreQuery['operation']>> = {
  SelectQueryNode: 'select',
  InsertQueryNode: 'insert',
  UpdateQueryNode: 'update',
  DeleteQueryNode: 'delete',
}

function queryOf({ level, query, queryDurationMillis }: LogEvent): StoreQuery {
  return { operation: operations[query.query.kind] ?? 'other', ms: queryDurationMillis, failed: level === 'error' }
}

async function migrate(db: Kysely<Tables>, seal: Seal): Promise<void> {
  const ownMigrations = migrations(seal)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ownMigrations } })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  const newer = await unknownMigrations(db, ownMigrations)
  if (newer.length === 0) throw error
  throw new Error(
    `The store was written by a newer version of this program (${newer.join(', ')}). Start that version.`,
    { cause: error },
  )
}

/** Returns the migrations that a newer version has run on the store. */
async function unknownMigrations(db: Kysely<Tables>, ownMigrations: object): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(ownMigrations, name))
  } catch {
    return []
  }
}

/** Returns the key in the data folder; creates one at the first start. */
async function keyInFolder(data: string): Promise<string> {
  const newKey = randomBytes(32).toString('base64url')
  if (data === ':memory:') return newKey
  const file = join(data, 'store.key')
  const existingKey = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (existingKey.trim()) return existingKey.trim()
  // Renamed when complete: after a crash, a partial key would be short enough to be guessed.
  await writeFile(`${file}.new`, `${newKey}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return newKey
}
