/** What this service remembers beside AWS: on SQLite under its data folder, or on PostgreSQL. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Dialect, Kysely, type LogEvent, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { causeOf } from '../problems/problem.ts'
import { migrations } from './migrations.ts'
import { patiently, postgresDialect, promptly } from './postgres.ts'
import { type Reserve, reserveIn } from './reserve.ts'
import { type Seal, sealWith } from './seal.ts'
import { sqliteDialect } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { isStoreUnavailable } from './unavailable.ts'

export interface StoreSettings {
  /** `postgres://…`; without it SQLite in the data folder. */
  url: string | undefined
  /** For keyed hashes; without it the data folder keeps one. With `url` it must be given: all processes need the same. */
  key: string | undefined
  /** The folder, or `:memory:`. */
  data: string
}

export interface Store {
  /** @throws Unavailable `StoreUnavailable`, whatever is asked, within seconds */
  db: Kysely<Tables>
  /** For what goes through whole tables and may take its time; nobody waits for it. */
  upkeep: Kysely<Tables>
  kind: 'sqlite' | 'postgres'
  /** Whether other processes may work on it at the same time. */
  isShared: boolean
  /** This process, among all that work on the store. */
  process: string
  /** A hash that tells nothing to whoever has the store but not its key. */
  keyedHash: (text: string) => string
  /** For content that those shall not read who have the database but not its key. */
  seal: Seal
  /** Undefined where the room is not this process's: on PostgreSQL, and in memory. */
  reserve: Reserve | undefined
  close: () => Promise<void>
}

/** One question to the store, once it is answered or has failed. */
interface StoreQuery {
  operation: 'select' | 'insert' | 'update' | 'delete' | 'other'
  ms: number
  failed: boolean
}

interface Listeners {
  /** Told of what a person should know, such as a lost connection. */
  onNotice: (text: string) => void
  onQuery: (query: StoreQuery) => void
}

/**
 * @throws Error when it can't be reached, is in use by another process, or was written by a newer version
 */
export async function openStore(settings: StoreSettings, listeners: Partial<Listeners> = {}): Promise<Store> {
  const { url, key, data } = settings
  const { db, upkeep } = await opened(settings, listeners)
  const close = async () => {
    await db.destroy()
    if (upkeep !== db) await upkeep.destroy()
  }
  try {
    const secret = key ?? (await keptKey(data))
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

async function opened(
  { url, data }: StoreSettings,
  { onNotice = () => {}, onQuery = () => {} }: Partial<Listeners>,
): Promise<Pick<Store, 'db' | 'upkeep'>> {
  const onLost = (error: Error) => onNotice(`a connection to the store was lost: ${error.message}`)
  const on = (dialect: Dialect) => new Kysely<Tables>({ dialect, log: (event) => onQuery(queryIn(event)) })
  if (url)
    return {
      db: on(await postgresDialect(url, promptly, onLost)),
      upkeep: on(await postgresDialect(url, patiently, onLost)),
    }
  const db = on(sqliteDialect(data))
  return { db, upkeep: db }
}

const operations: Readonly<Record<string, StoreQuery['operation']>> = {
  SelectQueryNode: 'select',
  InsertQueryNode: 'insert',
  UpdateQueryNode: 'update',
  DeleteQueryNode: 'delete',
}

function queryIn({ level, query, queryDurationMillis }: LogEvent): StoreQuery {
  return { operation: operations[query.query.kind] ?? 'other', ms: queryDurationMillis, failed: level === 'error' }
}

async function migrate(db: Kysely<Tables>, seal: Seal): Promise<void> {
  const known = migrations(seal)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => known } })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  const newer = await stepsUnknown(db, known)
  if (newer.length === 0) throw error
  throw new Error(
    `The store was written by a newer version of this program (${newer.join(', ')}). Start that version.`,
    { cause: error },
  )
}

async function stepsUnknown(db: Kysely<Tables>, known: object): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(known, name))
  } catch {
    return []
  }
}

async function keptKey(data: string): Promise<string> {
  const made = randomBytes(32).toString('base64url')
  if (data === ':memory:') return made
  const file = join(data, 'store.key')
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (kept.trim()) return kept.trim()
  // Whole or not at all: what a crash left of a key would be one that can be guessed.
  await writeFile(`${file}.new`, `${made}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return made
}
