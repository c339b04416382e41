/** SQLite as the store. One process at a time holds a data folder. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Dialect } from 'kysely'
import { groupedSqlite } from './grouped-sqlite.ts'

export const databaseFile = 'ecs-api.db'

/** Holds the folder. @throws Error when another process does */
export function sqliteDialect(data: string): Dialect {
  if (data === ':memory:') return groupedSqlite(new DatabaseSync(':memory:'))
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const lock = held(join(data, 'ecs-api.lock'), data)
  return groupedSqlite(opened(data), () => lock.close())
}

function opened(data: string): DatabaseSync {
  const file = join(data, databaseFile)
  return namingFile(file, () => {
    const db = new DatabaseSync(ownFile(file))
    // FULL: in WAL mode only that makes a commit survive a power cut (SQLite, "PRAGMA synchronous").
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    return db
  })
}

/** Names the file in SQLite's errors, which do not. */
export function namingFile<T>(file: string, use: () => T): T {
  try {
    return use()
  } catch (error) {
    if (!(error instanceof Error) || error.message.includes(file)) throw error
    throw new Error(`${file}: ${error.message}`, { cause: error })
  }
}

/** A database that this process alone may write to, until it ends, however it ends. */
function held(file: string, data: string): DatabaseSync {
  const lock = new DatabaseSync(ownFile(file))
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw new Error(`The data folder ${data} is in use by another process. Stop that one, or name another folder.`, {
      cause: error,
    })
  }
}

/** For its owner's eyes only, as is what SQLite puts beside it. */
function ownFile(path: string): string {
  closeSync(openSync(path, 'a', 0o600))
  return path
}
