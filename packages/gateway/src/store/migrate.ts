/** Runs the migrations that a store still needs. */
import type { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import type { Migration, MigrationProvider } from 'kysely/migration'
import type { Cipher } from './cipher.ts'
import { loadKysely } from './kysely.ts'
import { migrations } from './migrations.ts'
import { translateSqliteErrors } from './sqlite-errors.ts'
import type { Tables } from './tables.ts'

/** @throws Error when the store was written by a newer version */
export async function migrate(db: Kysely<Tables>, cipher: Cipher): Promise<void> {
  const { Migrator } = await import('kysely/migration')
  const { error } = await new Migrator({ db, provider: providerOf(cipher) }).migrateToLatest()
  if (error === undefined) return
  const newer = await unknownMigrations(db)
  if (newer.length === 0) throw error
  throw new Error(
    `The store was written by a newer version of this program (${newer.join(', ')}). Start that version.`,
    { cause: error },
  )
}

function providerOf(cipher: Cipher): MigrationProvider {
  const { sql } = loadKysely()
  const entries = Object.entries(migrations).map(([name, { statements, convert }]): [string, Migration] => [
    name,
    {
      up: async (db: Kysely<Tables>) => {
        for (const statement of statements) await sql.raw(statement).execute(db)
        await convert?.(db, cipher)
      },
    },
  ])
  return { getMigrations: async () => Object.fromEntries(entries) }
}

/** Returns the migrations that a newer version has run on the store. */
async function unknownMigrations(db: Kysely<Tables>): Promise<string[]> {
  try {
    const { rows } = await loadKysely().sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(migrations, name))
  } catch {
    return []
  }
}

/**
 * Creates the tables of a new SQLite database as Kysely's Migrator would, but without Kysely and in one transaction.
 * @returns false when an older or a newer version has created the tables; then `migrate` must run
 * @throws Unavailable `StoreUnavailable` when SQLite cannot do its work
 */
export function createTables(db: DatabaseSync): Promise<boolean> {
  return translateSqliteErrors(async () => {
    const hasTables = db.prepare('select 1 from sqlite_master').get() !== undefined
    if (hasTables) return isLatest(db)
    db.exec('BEGIN IMMEDIATE')
    try {
      createMigratorTables(db)
      for (const { statements } of Object.values(migrations)) for (const statement of statements) db.exec(statement)
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
    return true
  })
}

/** When a later version migrates the database, Kysely's Migrator reads these tables (Kysely, `migrator.ts`). */
function createMigratorTables(db: DatabaseSync): void {
  db.exec(`
    create table kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null);
    create table kysely_migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null);
    insert into kysely_migration_lock (id, is_locked) values ('migration_lock', 0)`)
  const insert = db.prepare('insert into kysely_migration (name, timestamp) values (?, ?)')
  const now = Date.now()
  // The Migrator orders them by their time.
  for (const [i, name] of Object.keys(migrations).entries()) insert.run(name, new Date(now + i).toISOString())
}

function isLatest(db: DatabaseSync): boolean {
  if (!db.prepare("select 1 from sqlite_master where name = 'kysely_migration'").get()) return false
  const names = db.prepare('select name from kysely_migration order by name').all()
  return JSON.stringify(names.map(({ name }) => name)) === JSON.stringify(Object.keys(migrations))
}
