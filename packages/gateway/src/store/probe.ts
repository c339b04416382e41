/** Checks whether a store can be used, without creating or changing anything: for `ecs-api check`. */
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, sql } from 'kysely'
import { postgresDialect, requestPool } from './postgres.ts'
import { databaseFile, withFileInErrors } from './sqlite.ts'
import type { StoreSettings } from './store.ts'

/** @throws Error, or Unavailable `StoreUnavailable`, with the reason */
export async function probeStore({ url, data }: Pick<StoreSettings, 'url' | 'data'>): Promise<void> {
  if (url) return probePostgres(url)
  if (data !== ':memory:') probeFolder(data)
}

async function probePostgres(url: string): Promise<void> {
  const db = new Kysely({ dialect: await postgresDialect(url, requestPool, () => {}) })
  try {
    await sql`select 1`.execute(db)
  } finally {
    await db.destroy()
  }
}

function probeFolder(data: string): void {
  let folder = resolve(data)
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  accessSync(folder, constants.W_OK)
  const file = join(data, databaseFile)
  if (!existsSync(file)) return
  withFileInErrors(file, () => {
    const db = new DatabaseSync(file, { readOnly: true })
    try {
      db.prepare('SELECT count(*) FROM sqlite_master').get()
    } finally {
      db.close()
    }
  })
}
