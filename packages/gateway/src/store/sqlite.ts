/** SQLite through `node:sqlite`, as Kysely's dialect wants it. One process at a time holds a data folder; its workers share the file. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'

/** Holds the folder. @throws Error when another process does */
export function sqliteDialect(data: string): Dialect {
  if (data === ':memory:') return new SqliteDialect({ database: driven(new DatabaseSync(':memory:')) })
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const lock = held(join(data, 'ecs-api.lock'), data)
  return new SqliteDialect({ database: driven(opened(data), () => lock.close()) })
}

/** In a folder that the process's parent holds. */
export function sharedSqliteDialect(data: string): Dialect {
  return new SqliteDialect({ database: driven(opened(data)) })
}

function opened(data: string): DatabaseSync {
  const db = new DatabaseSync(ownFile(join(data, 'ecs-api.db')))
  // FULL: in WAL mode only that makes a commit survive a power cut (SQLite, "PRAGMA synchronous").
  db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return db
}

/** A database that this process alone may write to, until it ends, however it ends. */
function held(file: string, data: string): DatabaseSync {
  const lock = new DatabaseSync(ownFile(file))
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw new Error(`The data folder ${data} is in use by another process.`, { cause: error })
  }
}

/** For its owner's eyes only, as is what SQLite puts beside it. */
function ownFile(path: string): string {
  closeSync(openSync(path, 'a', 0o600))
  return path
}

const mostStatements = 200

function driven(db: DatabaseSync, closed = () => {}): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>()
  return {
    prepare: (sql) => {
      const known = prepared.get(sql)
      if (known) return known
      const made = statement(db.prepare(sql))
      if (prepared.size < mostStatements) prepared.set(sql, made)
      return made
    },
    close: () => {
      prepared.clear()
      db.close()
      closed()
    },
  }
}

function statement(prepared: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...values(parameters)),
    run: (parameters) => prepared.run(...values(parameters)),
    iterate: (parameters) => prepared.iterate(...values(parameters)),
  }
}
